import Foundation
import NeuralNetworks
import Tensors

/// The right to write to the folder of a run, which one trainer at a time has: two would replace each
/// other's checkpoints and metrics.
///
/// The system gives it back when the trainer lets go or its process ends, however it ends; no file is
/// left. Some file systems have no locks, as those of some networks. There the run goes on, since nothing
/// else could be done on such a machine, and standard error says that nothing keeps other runs away.
package final class RunFolderLock {
  private let descriptor: Int32

  /// - Parameter lock: the system's call, which tests replace.
  /// - Throws: `TrainingError.folderInUse` where another trainer has it; `FileError` where the folder
  ///   cannot be opened or locked for another reason than that the file system has no locks.
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
        "\(folder.path): the file system has no locks (\(reason)); see to it that no other run writes "
          + "to this folder\n")
      return descriptor
    case let code:
      close(descriptor)
      throw FileError(path: folder.path, operation: "lock", code: code)
    }
  }

  deinit {
    // Closing alone would leave the lock to a process that is just being started, which has a copy of
    // the descriptor until its program is loaded.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
