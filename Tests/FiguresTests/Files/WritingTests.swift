import Figures
import Foundation
import TestSupport
import Testing

@Suite("Writing figures")
struct WritingTests {
  private let plot = LinePlot(xAxis: Axis("x"), yAxis: Axis("y"), series: [Series(y: [1.0, 2])])
  private let grid = ImageGrid(values: [0.5], height: 1, width: 1)

  @Test("Folders are created, an old file is replaced, and no other files remain")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let target = folder.appendingPathComponent("a/b")
      try plot.write(to: target.appendingPathComponent("plot.svg"))
      try plot.write(to: target.appendingPathComponent("plot.svg").path)
      try grid.write(to: target.appendingPathComponent("grid.PNG"))
      try grid.write(to: target.appendingPathComponent("grid.svg"))
      let names = try FileManager.default.contentsOfDirectory(atPath: target.path).sorted()
      #expect(names == ["grid.PNG", "grid.svg", "plot.svg"])
      let written = try Data(contentsOf: target.appendingPathComponent("plot.svg"))
      #expect(written == Data(plot.svg.utf8))
      let image = try Data(contentsOf: target.appendingPathComponent("grid.PNG"))
      #expect(Array(image) == grid.bitmap?.png)
    }
  }

  @Test("An unsupported format causes an error that names the supported ones")
  func formats() throws {
    #expect(throws: FigureError.unsupportedFormat(path: "/x/plot.png", supported: ["svg"])) {
      try plot.write(to: "/x/plot.png")
    }
    let error = #expect(throws: FigureError.self) { try grid.write(to: "/x/grid.jpeg") }
    #expect(error?.description.contains("/x/grid.jpeg") == true)
    #expect(error?.description.contains(".svg or .png") == true)
  }

  @Test("A folder that cannot be created and a path that is a folder cause errors with the path")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data("kept".utf8).write(to: file)
      let below = #expect(throws: FigureError.self) {
        try plot.write(to: file.appendingPathComponent("plot.svg"))
      }
      guard case .cannotCreateFolder(file.path, _)? = below else {
        Issue.record("not the expected error: \(String(describing: below))")
        return
      }
      #expect(try Data(contentsOf: file) == Data("kept".utf8))

      let taken = folder.appendingPathComponent("taken.svg")
      try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
      let error = #expect(throws: FigureError.self) { try plot.write(to: taken) }
      guard case .cannotWrite(taken.path, _)? = error else {
        Issue.record("not the expected error: \(String(describing: error))")
        return
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["file", "taken.svg"], "No temporary file may remain.")
    }
  }
}
