import Figures
import Foundation
import TestSupport
import Testing

@Suite("Plots of matrices")
struct MatrixPlotTests {
  @Test("A pattern has a cell for each nonzero entry")
  func pattern() throws {
    // The matrix is the precision of a chain of four variables.
    let values = (0..<16).map { abs($0 / 4 - $0 % 4) <= 1 ? 1.0 : 0.0 }
    let svg = try SVGElements(MatrixPlot(values: values, rows: 4, columns: 4).svg)
    let path = try #require(svg.named("path").first?.attributes["d"])
    #expect(path.count { $0 == "M" } == 10)
    #expect(svg.texts.contains("10 of 16 entries are not zero (62.5 %)"))
  }

  @Test("A heat map is white at zero, blue below, red above and grey at NaN")
  func heatMap() throws {
    let plot = MatrixPlot(
      values: [-2.0, 0, 2, .nan], rows: 2, columns: 2, style: .heatMap(label: "value (nats)"))
    let svg = try SVGElements(plot.svg)
    let colors = svg.named("path").compactMap { $0.attributes["fill"] }
    #expect(colors == ["#053061", "#67001f", "#bdbdbd"])
    #expect(
      svg.texts.contains("value (nats)") && svg.texts.contains("−2") && svg.texts.contains("2"))
  }

  @Test("A matrix of a single zero, NaN or infinity is drawn", arguments: [0.0, .nan, .infinity])
  func degenerate(value: Double) throws {
    for style in [MatrixPlot.Style.pattern, .heatMap()] {
      _ = try SVGElements(MatrixPlot(values: [value], rows: 1, columns: 1, style: style).svg)
    }
  }

  @Test("A large matrix is drawn as an image in which a diagonal remains visible")
  func large() throws {
    let size = 2_100
    var values = [Float](repeating: 0, count: size * size)
    for index in 0..<size { values[index * size + index] = 1 }
    let plot = MatrixPlot(values: values, rows: size, columns: size)
    let svg = try SVGElements(plot.svg)
    let reference = try #require(svg.named("image").first?.attributes["href"])
    let prefix = "data:image/png;base64,"
    #expect(reference.hasPrefix(prefix))
    let image = try DecodedPNG(base64: String(reference.dropFirst(prefix.count)))
    #expect(image.width == 700 && image.height == 700 && image.channels == 3)
    for index in 0..<700 {
      let pixel = (index * 700 + index) * 3
      #expect(Array(image.samples[pixel..<pixel + 3]) == [0x00, 0x72, 0xB2])
    }
  }

  /// The probabilities of the edges between three nodes. Entries on and above the diagonal are not
  /// drawn.
  private func gates(_ values: [Double], showsValues: Bool = true) -> MatrixPlot {
    MatrixPlot(
      values: [.nan, .nan, .nan, values[0], .nan, .nan, values[1], values[2], .nan], rows: 3,
      columns: 3, style: .probabilities(label: "probability"), region: .belowDiagonal,
      rowNames: ["a <", "b", "c"], columnNames: ["p", "q", "r"], showsValues: showsValues)
  }

  @Test("A table has its names and values, and cells only for its entries")
  func table() throws {
    let svg = try SVGElements(gates([0.25, 0.999, 0]).svg)
    for text in ["a <", "b", "c", "p", "q", "r", "0.25", ">0.99", "0.00", "probability"] {
      #expect(svg.texts.count { $0 == text } == 1, "\(text)")
    }
    // Three cells have borders. Two of them are coloured, and entries that are NaN have no cell.
    let borders = svg.named("rect").filter { $0.attributes["stroke"] == "#bdbdbd" }
    #expect(borders.count == 3)
    #expect(svg.named("path").count == 2)
    let silent = try SVGElements(gates([0.25, 0.5, 0], showsValues: false).svg)
    #expect(!silent.texts.contains("0.25"))
  }

  @Test("Probabilities are white at 0 and darkest at 1, independently of other entries")
  func probabilities() throws {
    let plot = MatrixPlot(values: [0.0, 0.5, 1, 2], rows: 2, columns: 2, style: .probabilities())
    let colors = try SVGElements(plot.svg).named("path").compactMap { $0.attributes["fill"] }
    #expect(colors == ["#6baed6", "#08306b"])
  }

  @Test("The caption of a pattern counts only entries in the drawn region")
  func regionCount() throws {
    let plot = MatrixPlot(
      values: [Double](repeating: 1, count: 9), rows: 3, columns: 3, region: .belowDiagonal)
    let path = try #require(try SVGElements(plot.svg).named("path").first?.attributes["d"])
    #expect(path.count { $0 == "M" } == 3)
    #expect(plot.svg.contains("3 of 3 entries are not zero"))
  }

  @Test("Long names of many columns do not overlap the label of the axis", arguments: [4, 12, 40])
  func longNames(count: Int) throws {
    let names = (1...count).map { "a long name \($0)" }
    let plot = MatrixPlot(
      values: [Double](repeating: 0.5, count: count * count), rows: count, columns: count,
      style: .probabilities(), columnLabel: "child", rowNames: names, columnNames: names)
    let svg = try SVGElements(plot.svg)
    let label = try #require(svg.named("text").first { $0.text == "child" })
    let top = try #require(label.attributes["y"].flatMap { Double($0) }) - 13
    let slanted = svg.named("text").filter { $0.attributes["transform"] != nil }
    for text in slanted where text.text.hasPrefix("a long") {
      let y = try #require(text.attributes["y"].flatMap { Double($0) })
      let angle = text.attributes["transform"]?.hasPrefix("rotate(-90") == true ? 90.0 : 35
      let length = TextLine(text.text).width(size: 12)
      #expect(y + length * sin(angle * .pi / 180) <= top + 1)
    }
    #expect(top + 17 < plot.size.height)
  }

  @Test("A number of entries or names that does not fit the matrix stops the program")
  func wrongCount() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MatrixPlot(values: [1.0, 2, 3], rows: 2, columns: 2)
      }, "a matrix of 2 × 2 cannot have 3 entries")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MatrixPlot(values: [1.0, 2], rows: 1, columns: 2, columnNames: ["one"])
      }, "a matrix of 2 columns has 1 names")
  }
}
