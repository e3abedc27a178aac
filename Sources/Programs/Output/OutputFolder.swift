import Foundation
import Tensors

/// Creates a folder for results and checks that files can be created in it. Call it before the
/// work, so that hours of work do not end with results that cannot be saved.
///
/// - Throws: `FolderError`, with the path and the reason.
public func prepareFolder(_ path: String) throws(FolderError) {
  // The system's reason; Foundation's errors would hide it.
  var reason: String { String(cString: strerror(errno)) }
  var missing: [String] = []
  var next = URL(fileURLWithPath: path).standardizedFileURL
  while !FileManager.default.fileExists(atPath: next.path) {
    missing.append(next.path)
    next.deleteLastPathComponent()
  }
  for folder in missing.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
    throw .unusable(path: path, reason: reason)
  }
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
  else { throw .unusable(path: path, reason: "a file is in its way") }
  guard access(path, W_OK | X_OK) == 0 else { throw .unusable(path: path, reason: reason) }
}

/// Starts a run with a checkpoint at this path, or continues an existing run.
///
/// Unless `resumes` is true, an existing checkpoint is an error, because a new run would overwrite
/// it.
///
/// - Parameters:
///   - checkpoint: The path of the checkpoint; `nil` for a run without one.
///   - epochs: The total number of epochs requested.
///   - resume: Reads the checkpoint and returns the number of epochs that it has completed.
/// - Throws: `FolderError`, or the error of `resume`.
public func beginRun(
  checkpoint: URL?, resumes: Bool, epochs: Int, resume: () throws -> Int
) throws {
  guard let checkpoint else { return }
  let exists = FileManager.default.fileExists(atPath: checkpoint.path)
  switch (exists, resumes) {
  case (true, true):
    let done = try resume()
    if done > epochs {
      throw FolderError.finished(path: checkpoint.path, done: done, epochs: epochs)
    }
  case (true, false): throw FolderError.occupied(path: checkpoint.path)
  case (false, true): printError("\(checkpoint.path): does not exist yet; a new run is started")
  case (false, false): break
  }
}

/// The reason why a folder cannot be used for the results.
public enum FolderError: DescribedError, Equatable {
  /// It is missing and cannot be created, or files cannot be written to it.
  case unusable(path: String, reason: String)
  /// It contains the checkpoint of another run, which was not to be resumed.
  case occupied(path: String)
  /// Its run has more epochs than requested.
  case finished(path: String, done: Int, epochs: Int)

  /// The path, the problem, and what to do.
  public var description: String {
    switch self {
    case .unusable(let path, let reason):
      return "\(path): cannot be used as a folder: \(reason); choose one that you may write to"
    case .occupied(let path):
      return "\(path): is the checkpoint of an earlier run; continue it with --resume, or name "
        + "another folder"
    case .finished(let path, let done, let epochs):
      return
        "\(path): has \(done) epochs done, more than the \(epochs) asked for; ask for at least "
        + "\(done), or name another folder"
    }
  }
}
