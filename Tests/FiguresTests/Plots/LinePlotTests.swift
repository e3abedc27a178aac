import Figures
import Foundation
import TestSupport
import Testing

@Suite("Line plots")
struct LinePlotTests {
  private func plot(
    _ series: [Series], x: Axis = Axis("x"), y: Axis = Axis("y"),
    legend: LegendPlacement = .automatic
  ) -> LinePlot {
    LinePlot(title: "A title", xAxis: x, yAxis: y, series: series, legend: legend)
  }

  /// The points of all coloured lines, which excludes axes and grid lines.
  private func dataLines(_ svg: SVGElements) -> [[[Double]]] {
    let colors = ["#0072b2", "#d55e00", "#009e73"]
    return svg.named("polyline").filter { colors.contains($0.attributes["stroke"] ?? "") }.map {
      ($0.attributes["points"] ?? "").split(separator: " ").map { pair in
        pair.split(separator: ",").compactMap { Double($0) }
      }
    }
  }

  @Test("Text with XML's special characters and control characters gives well-formed SVG")
  func escaping() throws {
    let name = "a < b & \"c\" > 'd' \u{1} é −"
    let series = [Series(name, x: [0, 1], y: [0, 1]), Series("other", x: [0, 1], y: [1, 1])]
    let svg = try SVGElements(plot(series, y: Axis(name)).svg)
    let seen = name.replacingOccurrences(of: "\u{1}", with: "\u{FFFD}")
    #expect(svg.texts.count { $0 == seen } == 2)
  }

  @Test("Plots of equal values are the same byte for byte")
  func deterministic() {
    let make = { plot([Series("a", x: [0, 1, 2], y: [0.1, 0.7, .nan], style: .markedLine)]).svg }
    #expect(make() == make())
  }

  @Test("Axis labels contain their units, and the title is drawn")
  func labels() throws {
    let svg = try SVGElements(plot([Series(y: [1, 2])], y: Axis("ELBO", unit: "nats")).svg)
    #expect(svg.texts.contains("ELBO (nats)") && svg.texts.contains("A title"))
  }

  @Test("Larger values are drawn higher, and larger arguments further right")
  func directions() throws {
    let svg = try SVGElements(plot([Series(x: [0, 1, 3], y: [-1, 5, 2])]).svg)
    let line = try #require(dataLines(svg).first)
    #expect(line[0][0] < line[1][0] && line[1][0] < line[2][0])
    #expect(line[1][1] < line[2][1] && line[2][1] < line[0][1])
    #expect(abs((line[2][0] - line[0][0]) / (line[1][0] - line[0][0]) - 3) < 0.01)
  }

  @Test("On logarithmic axes a power function is a straight line")
  func powers() throws {
    let sizes = [1.0, 10, 100, 1000]
    let svg = try SVGElements(
      plot(
        [Series(x: sizes, y: sizes.map { $0 * $0 })], x: Axis("k", scale: .logarithmic),
        y: Axis("time", unit: "s", scale: .logarithmic)
      ).svg)
    let line = try #require(dataLines(svg).first)
    for (index, point) in line.enumerated() {
      let share = Double(index) / 3
      #expect(abs(point[0] - (line[0][0] + share * (line[3][0] - line[0][0]))) < 0.02)
      #expect(abs(point[1] - (line[0][1] + share * (line[3][1] - line[0][1]))) < 0.02)
    }
    #expect(svg.texts.contains("102"), "The label 10² has its exponent as a superscript.")
  }

  @Test(
    "Points that are NaN or infinite are gaps in a line",
    arguments: [Double.nan, .infinity, -.infinity])
  func gaps(value: Double) throws {
    let svg = try SVGElements(plot([Series(y: [1, 2, value, 4, 5, 6])]).svg)
    #expect(dataLines(svg).map(\.count) == [2, 3])
    #expect(!svg.all.contains { $0.attributes.values.contains { $0.contains("nan") } })
  }

  @Test("On a logarithmic axis, zero and negative values are gaps")
  func logarithmicGaps() throws {
    let series = Series(y: [1, 2, 0, 4, 5, -1, 3, 9])
    let svg = try SVGElements(plot([series], y: Axis("y", scale: .logarithmic)).svg)
    #expect(dataLines(svg).map(\.count) == [2, 2, 2])
  }

  @Test("A plot without a finite point contains a note about it")
  func noData() throws {
    for scale in [Axis.Scale.linear, .logarithmic] {
      let svg = try SVGElements(plot([Series(y: [Double.nan])], y: Axis("y", scale: scale)).svg)
      #expect(svg.texts.contains("no finite data"))
    }
  }

  @Test("The legend does not cover the data, or is placed beside the plot")
  func legend() throws {
    // The data fill the top, so that the legend is placed in the first free corner, at the bottom.
    let top = [Series("a", y: [9.0, 9, 9.5, 9.2]), Series("b", y: [0.0, 9.5, 9.3, 9.1])]
    let inside = try SVGElements(plot(top).svg)
    let lowest = try #require(dataLines(inside)[0].map { $0[1] }.max())
    let box = try #require(inside.named("rect").last?.attributes["y"].flatMap { Double($0) })
    #expect(box > lowest)
    // The data fill the plot, so that the legend is placed to the right of every point.
    let noise = (0..<400).map { Double($0 * 7919 % 400) }
    let outside = try SVGElements(plot([Series("a", y: noise), Series("b", y: noise)]).svg)
    let right = try #require(dataLines(outside).joined().map { $0[0] }.max())
    let name = outside.named("text").last { $0.text == "a" }
    let left = try #require(name?.attributes["x"].flatMap { Double($0) })
    #expect(left > right)
  }

  @Test("Series that do not fit into the legend are counted")
  func fullLegend() throws {
    let many = (0..<100).map { Series("series \($0)", x: [0, 1], y: [0, Double($0)]) }
    let svg = try SVGElements(plot(many, legend: .outside).svg)
    let names = svg.texts.count { $0.hasPrefix("series ") }
    #expect(svg.texts.contains("and \(100 - names) more"))
    let bottom = svg.named("text").compactMap { $0.attributes["y"].flatMap { Double($0) } }.max()
    #expect(try #require(bottom) <= 400)
  }

  @Test("The names at the ends of lines do not touch")
  func lineEnds() throws {
    let close = (0..<6).map { Series("name \($0)", x: [0, 1], y: [0, 1 + 1e-4 * Double($0)]) }
    let svg = try SVGElements(plot(close, legend: .lineEnds).svg)
    let heights = svg.named("text").filter { $0.text.hasPrefix("name") }
      .compactMap { $0.attributes["y"].flatMap { Double($0) } }.sorted()
    #expect(heights.count == 6)
    #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 > 12 })
  }

  @Test("The names of many lines at their ends are complete and within the picture")
  func manyLineEnds() throws {
    let edges = (0..<10).map { index in
      Series("z\(index) → z\(index + 1)", x: [0, 1], y: [0.5, Double(index % 3) / 2])
    }
    let svg = try SVGElements(plot(edges, y: Axis("y", range: 0...1), legend: .lineEnds).svg)
    for series in edges {
      let text = try #require(svg.named("text").first { $0.text == series.name })
      let left = try #require(text.attributes["x"].flatMap { Double($0) })
      #expect(left + TextLine(series.name).width(size: 12) <= 640)
    }
    let styles = svg.named("polyline").filter { $0.attributes["stroke-width"] == "1.8" }.map {
      [$0.attributes["stroke"], $0.attributes["stroke-dasharray"]]
    }
    #expect(Set(styles).count == 10, "No two lines may have the same style.")
  }

  @Test("Bars start at zero, and bars of two series are side by side")
  func bars() throws {
    let series = [
      Series("a", y: [1, -2, 3], style: .bars), Series("b", y: [2, 2, 2], style: .bars),
    ]
    let svg = try SVGElements(plot(series).svg)
    let bars = svg.named("rect").filter { $0.attributes["fill"] == "#0072b2" }.prefix(3).map {
      bar in
      ["x", "y", "width", "height"].compactMap { bar.attributes[$0].flatMap { Double($0) } }
    }
    let others = svg.named("rect").filter { $0.attributes["fill"] == "#d55e00" }
    // The positive bar ends where the negative bar begins.
    #expect(abs(bars[0][1] + bars[0][3] - bars[1][1]) < 0.02)
    #expect(abs(bars[1][3] / bars[0][3] - 2) < 0.01)
    let neighbour = try #require(others[0].attributes["x"].flatMap { Double($0) })
    #expect(neighbour >= bars[0][0] + bars[0][2])
  }

  @Test("A long line is thinned, but keeps its extreme values")
  func thinning() throws {
    var values = (0..<200_000).map { Double($0 * 7919 % 1000) }
    values[123_456] = 5000
    let svg = try SVGElements(plot([Series(y: values)]).svg)
    let line = try #require(dataLines(svg).first)
    #expect(line.count < 12_000)
    let heights = line.map { $0[1] }.sorted()
    #expect(heights[1] - heights[0] > 100, "The outlier must be drawn.")
  }

  @Test("A band is drawn as an area around a line and as whiskers at markers")
  func bands() throws {
    let band = Series.Band(lower: [0, 1, 2], upper: [2, 3, 4.0])
    let line = try SVGElements(plot([Series(y: [1, 2, 3], band: band)]).svg)
    #expect(line.named("polygon").count == 1)
    let marks = try SVGElements(plot([Series(y: [1, 2, 3], band: band, style: .markers)]).svg)
    #expect(dataLines(marks).count == 9, "A whisker consists of three strokes.")
  }

  @Test("Panels are placed side by side under a common title, with distinct clip names")
  func grid() throws {
    let clipped = plot([Series(y: [1, 2, 3])], y: Axis("y", range: 1...2))
    let grid = FigureGrid(title: "Common", columns: 2, panels: [clipped, clipped, clipped])
    #expect(grid.size.width > 2 * clipped.size.width)
    let svg = try SVGElements(grid.svg)
    #expect(svg.texts.count { $0 == "A title" } == 3 && svg.texts.contains("Common"))
    let names = svg.named("clipPath").compactMap { $0.attributes["id"] }
    #expect(!names.isEmpty && Set(names).count == names.count)
  }

  @Test("Extreme values and ranges are drawn without failure")
  func extremes() throws {
    let values = [
      1e300, -1e300, 1e-300, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, 1 + 1e-15,
    ]
    for y in [Axis("y"), Axis("y", scale: .logarithmic), Axis("y", range: 0...1e-300)] {
      for style in [SeriesStyle.line, .bars, .stems, .markers] {
        _ = try SVGElements(plot([Series("a", y: values, style: style)], y: y).svg)
        for value in values {
          _ = try SVGElements(plot([Series("a", x: [value], y: [value], style: style)], y: y).svg)
        }
      }
    }
  }

  @Test("Invalid arguments of plots stop the program")
  func mistakes() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Series("a", x: [1.0, 2], y: [1])
      }, #"the series "a" has 2 values of x and 1 of y"#)
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Axis("a", scale: .logarithmic, range: 0...1)
      }, #"the range of the logarithmic axis "a" must be positive"#)
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Axis("a", range: 1...1)
      }, #"the range of the axis "a" must have finite, different bounds"#)
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LinePlot(xAxis: Axis("x"), yAxis: Axis("y"), series: [])
      }, "has no series")
  }
}
