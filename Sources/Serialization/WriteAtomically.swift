import Foundation
import Tensors

/// Replaces the file at `url` atomically by what `body` writes.
///
/// `body` writes to a temporary file in the same folder. That file is synchronized to disk and then
/// renamed to `url`, so that a reader, or a run that resumes after a crash or a power failure,
/// finds either the previous file or the new one. A pipe, a socket or a device at `url` is refused:
/// the file would take its place. If anything fails, the temporary file is removed
/// and the previous file is unchanged. The one exception is the last step: if synchronizing the
/// folder fails, the new file stays in place. A symbolic link at `url` is replaced, not followed. A
/// process that is killed while writing leaves a hidden file `.name.….partial`, which may be
/// deleted.
///
/// - Throws: `FileError`, or the error of `body`.
package func writeAtomically(to url: URL, _ body: (OutputFile) throws -> Void) throws {
  require(url.isFileURL, "A file can be written to a file URL only, not to \(url).")
  try refuseDamagedName(of: url)
  try refuseDevice(url.path)
  let folder = url.deletingLastPathComponent().path
  let tag = String(UInt64.random(in: .min ... .max), radix: 36)
  let partial = "\(folder)/.\(url.lastPathComponent).\(tag).partial"

  let output = try OutputFile(opening: partial, flags: O_CREAT | O_EXCL, for: url.path)
  do {
    try fill(output, body)
    if uninterrupted({ rename(partial, url.path) }) != 0 {
      throw FileError.last("put the new file in its place", url.path)
    }
  } catch {
    unlink(partial)
    throw error
  }
  try synchronize(folder: folder, for: url.path)
}

/// Writes, synchronizes and closes `output`; it is closed after an error too.
private func fill(_ output: OutputFile, _ body: (OutputFile) throws -> Void) throws {
  do {
    try body(output)
    try output.synchronize()
  } catch {
    try? output.close()
    throw error
  }
  try output.close()
}

/// Synchronizes the folder's entry for a renamed file to disk, if the file system supports that.
private func synchronize(folder: String, for path: String) throws(FileError) {
  let descriptor = uninterrupted { open(folder, O_RDONLY | O_CLOEXEC) }
  // A folder may be writable but not readable. The file is in place; nothing more can be done.
  if descriptor < 0 { return }
  defer { close(descriptor) }
  if uninterrupted({ fsync(descriptor) }) != 0, errno != EINVAL, errno != ENOTSUP {
    throw .last("write its folder to disk", path)
  }
}

/// Removes temporary files that killed processes left while they wrote the file at `url`.
package func removeAbandonedPartials(of url: URL) {
  let folder = url.deletingLastPathComponent().path
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  for name in names
  where name.hasPrefix(".\(url.lastPathComponent).") && name.hasSuffix(".partial") {
    unlink("\(folder)/\(name)")
  }
}

/// Creates a folder, including its parent folders, if it does not exist.
///
/// - Throws: `FileError`, with the system's reason.
package func createFolder(_ url: URL) throws(FileError) {
  try refuseDamagedName(of: url)
  if makeFolder(url.path) { return }
  if errno == ENOENT, url.pathComponents.count > 1 {
    try createFolder(url.deletingLastPathComponent())
    if makeFolder(url.path) { return }
  }
  throw FileError.last("create the folder", url.path)
}

/// Refuses a URL whose path was not valid UTF-8. Foundation replaces such a path by an empty one,
/// or the invalid bytes by U+FFFD, which names a different file.
private func refuseDamagedName(of url: URL) throws(FileError) {
  let path = url.path
  if path.isEmpty || path.unicodeScalars.contains("\u{FFFD}") {
    throw FileError(
      path: path.isEmpty ? url.absoluteString : path, operation: "use the name", code: EILSEQ)
  }
}

/// Refuses a path of a pipe, a socket or a device.
private func refuseDevice(_ path: String) throws(FileError) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if [S_IFREG, S_IFLNK, S_IFDIR].contains(status.st_mode & S_IFMT) { return }
  throw FileError(path: path, operation: "replace a pipe, a socket or a device", code: EEXIST)
}

/// Whether a folder exists at a path, after creating it if necessary.
private func makeFolder(_ path: String) -> Bool {
  if mkdir(path, 0o777) == 0 { return true }
  guard errno == EEXIST else { return false }
  var isFolder: ObjCBool = false
  let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  if exists, !isFolder.boolValue { errno = ENOTDIR }
  return exists && isFolder.boolValue
}
