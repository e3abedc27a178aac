import Tensors

/// An image of eight bits a sample, row by row from the top, with the channels of a pixel together.
public struct Bitmap: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `height · width · channels` samples.
  public let samples: [UInt8]

  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    require(channels == 1 || channels == 3, "a bitmap has 1 or 3 channels, not \(channels)")
    require(
      1...0x7FFF_FFFF ~= width && 1...0x7FFF_FFFF ~= height,
      "a bitmap of \(width) × \(height) pixels: each side must be 1 ... 2³¹ − 1")
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

  /// A bitmap of colours, row by row; in one channel where all of them are grey.
  init(width: Int, height: Int, pixels: [Color]) {
    let isGrey = pixels.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
    self.init(
      width: width, height: height, channels: isGrey ? 1 : 3,
      samples: isGrey ? pixels.map(\.red) : pixels.flatMap { [$0.red, $0.green, $0.blue] })
  }

  /// Each pixel as a square of `factor` × `factor` pixels.
  public func enlarged(by factor: Int) -> Bitmap {
    require(factor > 0, "a bitmap cannot be enlarged by \(factor)")
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
