import Foundation
import Tensors

/// Creates a folder for results and makes sure that files can be made in it: asked before the work,
/// so that hours of it do not end without a place for what they gave.
///
/// - Throws: `FolderError`, with the path and the reason.
package func prepareFolder(_ path: String) throws(FolderError) {
  // The system's reason, which Foundation's errors would bury.
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

/// Begins a run whose checkpoint lies at a place, or continues the one that lies there.
///
/// Without `resumes`, a checkpoint in place is an error: a new run would overwrite it.
///
/// - Parameters:
///   - checkpoint: where it lies or will lie; `nil` for a run that keeps none.
///   - epochs: the epochs that are asked for in all.
///   - resume: reads the checkpoint and returns the epochs that it has done.
/// - Throws: `FolderError`, or the error of `resume`.
package func beginRun(
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
  case (false, true): printError("\(checkpoint.path): not there yet; the run starts anew")
  case (false, false): break
  }
}

/// Why a folder cannot take the results.
package enum FolderError: DescribedError, Equatable {
  /// It is missing and cannot be made, or nothing can be written to it.
  case unusable(path: String, reason: String)
  /// It holds the checkpoint of a run, and nothing was said of continuing it.
  case occupied(path: String)
  /// Its run has more epochs than are asked for.
  case finished(path: String, done: Int, epochs: Int)

  /// The path, what is wrong, and what to do.
  package var description: String {
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
