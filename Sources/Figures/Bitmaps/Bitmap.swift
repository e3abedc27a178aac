import Tensors

/// An image with eight bits for each sample, row by row from the top, with interleaved channels.
public struct Bitmap: Hashable, Sendable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The samples, `height · width · channels` of them.
  public let samples: [UInt8]

  /// A bitmap with exactly `height · width · channels` samples, at most 2²⁹.
  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    require(channels == 1 || channels == 3, "a bitmap has 1 or 3 channels, not \(channels)")
    require(
      width > 0 && height > 0 && Self.isPossible(width, height, channels),
      "a bitmap of \(width) × \(height) × \(channels): 1 ... 2²⁹ samples are possible")
    let expected = width * height * channels
    require(
      samples.count == expected,
      "a bitmap of \(width) × \(height) × \(channels) needs \(expected) samples,"
        + " not \(samples.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// A bitmap of colours, row by row; it has a single channel if all of them are grey.
  init(width: Int, height: Int, pixels: [Color]) {
    let isGrey = pixels.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
    self.init(
      width: width, height: height, channels: isGrey ? 1 : 3,
      samples: isGrey ? pixels.map(\.red) : pixels.flatMap { [$0.red, $0.green, $0.blue] })
  }

  private static func isPossible(_ width: Int, _ height: Int, _ channels: Int) -> Bool {
    product(of: width, height, channels).map { $0 <= 1 << 29 } ?? false
  }

  /// The bitmap with each pixel enlarged to `factor` × `factor` pixels.
  public func enlarged(by factor: Int) -> Bitmap {
    let (wide, high) = (product(of: width, factor), product(of: height, factor))
    require(
      factor > 0 && Self.isPossible(wide ?? .max, high ?? .max, channels),
      "a bitmap of \(width) × \(height) × \(channels) cannot be enlarged by \(factor):"
        + " 1 ... 2²⁹ samples are possible")
    guard factor > 1 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(samples.count * factor * factor)
    for row in 0..<height {
      var line: [UInt8] = []
      line.reserveCapacity(width * channels * factor)
      for column in 0..<width {
        let start = (row * width + column) * channels
        for _ in 0..<factor { line += samples[start..<start + channels] }
      }
      for _ in 0..<factor { result += line }
    }
    return Bitmap(
      width: width * factor, height: height * factor, channels: channels, samples: result)
  }
}
