import Foundation
import NeuralNetworks

/// The right to write to the folder of a run, which one trainer at a time has: two would replace each
/// other's checkpoints and metrics.
///
/// The system gives it back when the trainer lets go or its process ends, however it ends; no file is
/// left. Where a file system knows no locks, there is no protection.
final class RunFolderLock {
  private let descriptor: Int32

  /// - Throws: `TrainingError.folderInUse` where another trainer has it.
  init(_ folder: URL) throws {
    descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw TrainingError.folderInUse(folder.path)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing alone would leave the lock to a process that is just being started, which has a copy of
    // the descriptor until its program is loaded.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
