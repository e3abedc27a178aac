import Figures
import Testing

@Suite("Matrices")
struct MatrixPlotTests {
  @Test("A pattern has a cell for each entry that is not zero")
  func pattern() throws {
    // The precision of a chain of four.
    let values = (0..<16).map { abs($0 / 4 - $0 % 4) <= 1 ? 1.0 : 0.0 }
    let svg = try SVGElements(MatrixPlot(values: values, rows: 4, columns: 4).svg)
    let path = try #require(svg.named("path").first?.attributes["d"])
    #expect(path.count { $0 == "M" } == 10)
    #expect(svg.texts.contains("10 of 16 entries are not zero (62.5 %)"))
  }

  @Test("A heat map is white at zero, blue below, red above, grey where there is no number")
  func heatMap() throws {
    let plot = MatrixPlot(
      values: [-2.0, 0, 2, .nan], rows: 2, columns: 2, style: .heatMap(label: "value (nats)"))
    let svg = try SVGElements(plot.svg)
    let colors = svg.named("path").compactMap { $0.attributes["fill"] }
    #expect(colors == ["#053061", "#67001f", "#bdbdbd"])
    #expect(
      svg.texts.contains("value (nats)") && svg.texts.contains("−2") && svg.texts.contains("2"))
  }

  @Test("A matrix of zeros and one of no numbers are drawn", arguments: [0.0, .nan, .infinity])
  func degenerate(value: Double) throws {
    for style in [MatrixPlot.Style.pattern, .heatMap()] {
      _ = try SVGElements(MatrixPlot(values: [value], rows: 1, columns: 1, style: style).svg)
    }
  }

  @Test("A large matrix is an image; a single diagonal stays in sight")
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

  @Test("Entries that do not fill the matrix stop")
  func wrongCount() async {
    await #expect(processExitsWith: .failure) {
      _ = MatrixPlot(values: [1.0, 2, 3], rows: 2, columns: 2)
    }
  }
}
