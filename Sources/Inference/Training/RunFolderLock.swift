import Foundation
import NeuralNetworks
import Tensors

/// A lock of the folder of a run, which ensures that only one trainer writes to it. Two trainers
/// would overwrite each other's checkpoints and metrics.
///
/// The operating system releases the lock when the trainer releases it or when its process ends for
/// any reason; no lock file is left. Some file systems, for example some network file systems, do
/// not support locks. In this case the run continues without a lock, and a warning is written to
/// standard error.
package final class RunFolderLock {
  private let descriptor: Int32

  /// - Parameter lock: the system call, which tests replace.
  /// - Throws: `TrainingError.folderInUse` if another trainer has the lock; `FileError` if the
  ///   folder cannot be opened, or cannot be locked for another reason than that the file system
  ///   does not support locks.
  package init(_ folder: URL, by lock: (Int32, Int32) -> Int32 = { flock($0, $1) }) throws {
    descriptor = try Self.lockedDescriptor(of: folder, by: lock)
  }

  private static func lockedDescriptor(
    of folder: URL, by lock: (Int32, Int32) -> Int32
  ) throws -> Int32 {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.last("open", folder.path) }
    var result = lock(descriptor, LOCK_EX | LOCK_NB)
    while result != 0, errno == EINTR { result = lock(descriptor, LOCK_EX | LOCK_NB) }
    guard result != 0 else { return descriptor }
    switch errno {
    case EWOULDBLOCK:
      close(descriptor)
      throw TrainingError.folderInUse(folder.path)
    case ENOLCK, EOPNOTSUPP, ENOTSUP, ENOSYS:
      let reason = String(cString: strerror(errno))
      writeToStandardError(
        "\(folder.path): the file system has no locks (\(reason)); ensure that no other run writes "
          + "to this folder\n")
      return descriptor
    case let code:
      close(descriptor)
      throw FileError(path: folder.path, operation: "lock", code: code)
    }
  }

  deinit {
    // Closing the descriptor would not be sufficient: a process that is being started may have a
    // copy of the descriptor, and would keep the lock until its program is loaded.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
