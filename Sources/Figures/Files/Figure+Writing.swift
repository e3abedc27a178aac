import Foundation

extension Figure {
  /// Writes the figure to a file, in the format given by the file name extension: `.svg`, `.png`
  /// for a figure that consists of pixels, or `.dot` for a graph.
  ///
  /// Missing folders are created. The picture is written to a temporary file in the same folder,
  /// which is then renamed: a reader sees the old picture or the new one, never a part.
  ///
  /// - Throws: `FigureError`, with the path and the reason.
  public func write(to url: URL) throws {
    let path = url.path
    let content: Data
    let graph = self as? any GraphFigure
    switch (url.pathExtension.lowercased(), bitmap, graph) {
    case ("svg", _, _): content = Data(svg.utf8)
    case ("png", let bitmap?, _): content = Data(bitmap.png)
    case ("dot", _, let graph?): content = Data(graph.dot.utf8)
    default:
      let supported = ["svg"] + (bitmap == nil ? [] : ["png"]) + (graph == nil ? [] : ["dot"])
      throw FigureError.unsupportedFormat(path: path, supported: supported)
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

  /// Writes the figure to the file at this path, as `write(to:)` does for a URL.
  public func write(to path: String) throws {
    try write(to: URL(fileURLWithPath: path))
  }
}

/// The system's reason if there is one: "No space left on device".
private func reason(of error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
  if let system = (underlying ?? error) as? POSIXError {
    return String(cString: strerror(system.code.rawValue))
  }
  return error.localizedDescription
}
