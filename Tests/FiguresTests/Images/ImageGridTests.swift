import Figures
import TestSupport
import Testing

@Suite("Grids of images")
struct ImageGridTests {
  private func decoded(_ grid: ImageGrid) throws -> DecodedPNG {
    try DecodedPNG(try #require(grid.bitmap).png)
  }

  @Test("Tiles are placed row by row with a grey gutter of two pixels")
  func places() throws {
    // There are three tiles of one row and two columns, with two tiles in each row of the grid.
    let values: [Float] = [0, 1, 0.2, 0.4, -3, 7]
    let image = try decoded(ImageGrid(values: values, height: 1, width: 2, columns: 2, scale: 1))
    #expect(image.width == 10 && image.height == 8 && image.channels == 1)
    func pixel(_ row: Int, _ column: Int) -> UInt8 { image.samples[row * image.width + column] }
    #expect([pixel(2, 2), pixel(2, 3)] == [0, 255])
    #expect([pixel(2, 6), pixel(2, 7)] == [51, 102])
    #expect([pixel(5, 2), pixel(5, 3)] == [0, 255])
    #expect([pixel(0, 0), pixel(2, 4), pixel(5, 6), pixel(7, 9)] == [128, 128, 128, 128])
    #expect(image.samples.count { $0 != 128 } == 6)
  }

  @Test("Planar and interleaved colours give the same picture")
  func colors() throws {
    // The two pixels are (10, 20, 30) and (40, 50, 60).
    let planar = ImageGrid(
      bytes: [10, 40, 20, 50, 30, 60], height: 1, width: 2, layout: .planarRGB, scale: 1)
    let interleaved = ImageGrid(
      bytes: [10, 20, 30, 40, 50, 60], height: 1, width: 2, layout: .interleavedRGB, scale: 1)
    let image = try decoded(planar)
    #expect(image.channels == 3)
    #expect(Array(image.samples[(2 * 6 + 2) * 3..<(2 * 6 + 4) * 3]) == [10, 20, 30, 40, 50, 60])
    #expect(image.samples == (try decoded(interleaved)).samples)
  }

  @Test("A pixel that is NaN is red, and others are not affected")
  func notANumber() throws {
    let image = try decoded(ImageGrid(values: [0.0, .nan], height: 1, width: 2, scale: 1))
    #expect(image.channels == 3)
    #expect(Array(image.samples[(2 * 6 + 2) * 3..<(2 * 6 + 4) * 3]) == [0, 0, 0, 0xD5, 0, 0])
  }

  @Test("A grid can be inverted and enlarged")
  func inverted() throws {
    let grid = ImageGrid(bytes: [55], height: 1, width: 1, scale: 3, isInverted: true)
    let image = try decoded(grid)
    #expect(image.width == 15 && image.samples.count { $0 == 200 } == 9)
  }

  @Test("The title and the names of rows are in the SVG")
  func labels() throws {
    let grid = ImageGrid(
      title: "Digits", values: [0.0, 1, 0.5, 0.2], height: 1, width: 1, columns: 2,
      rowLabels: ["data", "sample"])
    let svg = try SVGElements(grid.svg)
    #expect(svg.texts == ["Digits", "data", "sample"])
    #expect(svg.named("image").count == 1)
  }

  @Test("A number of values that does not fill whole images stops the program")
  func wrongCount() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ImageGrid(values: [0.0, 1, 2], height: 1, width: 2)
      }, "3 values are not a positive number of images of 1 × 2")
  }
}
