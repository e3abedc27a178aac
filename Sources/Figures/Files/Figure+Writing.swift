import Foundation

extension Figure {
  /// Writes the figure to a file, in the format that the end of its name says: `.svg`, or `.png`
  /// for a figure that is made of pixels.
  ///
  /// Missing folders are created. The picture is written to a temporary file beside its place,
  /// which is then renamed: a reader sees the old picture or the new one, never half of one.
  ///
  /// - Throws: `FigureError`, with the path and the reason.
  public func write(to url: URL) throws {
    let path = url.path
    let content: Data
    switch (url.pathExtension.lowercased(), bitmap) {
    case ("svg", _): content = Data(svg.utf8)
    case ("png", let bitmap?): content = Data(bitmap.png)
    case (_, nil): throw FigureError.unsupportedFormat(path: path, supported: ["svg"])
    default: throw FigureError.unsupportedFormat(path: path, supported: ["svg", "png"])
    }
    let folder = url.deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw FigureError.cannotCreateFolder(path: folder.path, reason: reason(of: error))
    }
    do {
      try content.write(to: url, options: .atomic)
    } catch {
      throw FigureError.cannotWrite(path: path, reason: reason(of: error))
    }
  }

  /// Writes the figure to the file at a path; see `write(to:)` for a URL.
  public func write(to path: String) throws {
    try write(to: URL(fileURLWithPath: path))
  }
}

/// The system's own words where it gave any: "No space left on device".
private func reason(of error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
  if let system = (underlying ?? error) as? POSIXError {
    return String(cString: strerror(system.code.rawValue))
  }
  return error.localizedDescription
}
