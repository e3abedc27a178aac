import Figures
import TestSupport
import Testing

private let mistakes: [Mistake] = [
  .init("a bitmap of 4294967296 × 4294967296 × 1") {
    _ = Bitmap(width: 1 << 32, height: 1 << 32, channels: 1, samples: [])
  },
  .init("a bitmap of -1 × -1 × 1") {
    _ = Bitmap(width: -1, height: -1, channels: 1, samples: [0])
  },
  .init("cannot be enlarged by 9223372036854775807") {
    _ = Bitmap(width: 2, height: 1, channels: 1, samples: [0, 1]).enlarged(by: .max)
  },
  .init("cannot be enlarged by 100000") {
    _ = Bitmap(width: 2, height: 1, channels: 1, samples: [0, 1]).enlarged(by: 100_000)
  },
  .init("1 values are not a positive number of images of 4294967296 × 4294967296") {
    _ = ImageGrid(values: [0.5], height: 1 << 32, width: 1 << 32)
  },
  .init("cannot be enlarged by 9223372036854775807") {
    _ = ImageGrid(values: [0.5], height: 1, width: 1, scale: .max)
  },
  .init("a matrix of 4294967296 × 4294967296 cannot have 0 entries") {
    _ = MatrixPlot(values: [Double](), rows: 1 << 32, columns: 1 << 32)
  },
  .init("a matrix in inf × 200.0 points") {
    _ = MatrixPlot(
      values: [1.0], rows: 1, columns: 1, size: Size(width: .infinity, height: 200))
  },
  .init("a matrix of -1 × -1 cannot have 1 entries") {
    _ = MatrixPlot(values: [1.0], rows: -1, columns: -1)
  },
]

@Suite("Extreme sizes and values")
struct SizeTests {
  @Test(
    "An invalid size of a picture stops the program with its values", arguments: mistakes.indices
  )
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try mistakes[index].commit()
    }
    expectMessage(result, mistakes[index])
  }

  @Test("The number of columns of a grid is limited by the number of images")
  func manyColumns() {
    let grid = ImageGrid(values: [0.5, 1], height: 1, width: 1, columns: .max, scale: 1)
    #expect(grid.bitmap?.width == 8 && grid.bitmap?.height == 5)
  }

  /// The difference of the ends of such an axis overflows or is subnormal.
  @Test(
    "A heat map of the largest and smallest numbers has its colours and ticks",
    arguments: [1.7e308, .greatestFiniteMagnitude, 1e300, 1e-300, .leastNonzeroMagnitude])
  func extremes(value: Double) throws {
    let plot = MatrixPlot(
      values: [-value, 0, value, .nan], rows: 2, columns: 2, style: .heatMap(label: "value"),
      showsValues: true)
    let svg = try SVGElements(plot.svg)
    let colors = svg.named("path").compactMap { $0.attributes["fill"] }
    #expect(colors.contains("#053061") && colors.contains("#67001f"))
    #expect(svg.texts.contains("0"))
  }

  @Test("Ticks are within their range for all finite ranges")
  func ticks() {
    let tiny = Double.leastNonzeroMagnitude
    for range in [
      -1.7e308...1.7e308, 0...Double.greatestFiniteMagnitude, -tiny...tiny, 0...1e13 * tiny,
      1...1.0000000000000002, -1e308 ... -9.9e307,
    ] {
      for count in [1, 2, 6, 20] {
        let ticks = LinearTicks.ticks(in: range, count: count).major
        #expect(ticks.allSatisfy { $0.value.isFinite }, "\(range)")
        let slack = 1e-5 * max(abs(range.lowerBound), abs(range.upperBound))
        #expect(
          ticks.allSatisfy {
            $0.value >= range.lowerBound - slack && $0.value <= range.upperBound + slack
          }, "\(range)")
      }
    }
  }
}
