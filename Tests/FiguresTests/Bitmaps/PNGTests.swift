import Figures
import TestSupport
import Testing

@Suite("Bitmaps and PNG files")
struct PNGTests {
  @Test("Checksums agree with published values")
  func checksums() {
    #expect(CRC32.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.checksum(of: []) == 0)
    #expect(Adler32.checksum(of: Array("Wikipedia".utf8)) == 0x11E6_0398)
    #expect(Adler32.checksum(of: []) == 1)
  }

  /// Inputs that use each part of the code: literals of 8 and 9 bits, every length, and large
  /// distances.
  static let inputs: [(name: String, bytes: [UInt8])] = [
    ("nothing", []),
    ("one byte", [200]),
    ("two bytes", [7, 7]),
    ("all bytes", (0...255).map { UInt8($0) }),
    ("zeros", Array(repeating: 0, count: 100_000)),
    ("noise", noise(count: 5_000, seed: 1)),
    (
      "noise, repeated 30,000 bytes later",
      noise(count: 30_000, seed: 2) + noise(count: 30_000, seed: 2)
    ),
    (
      "noise, repeated beyond the window",
      noise(count: 40_000, seed: 3) + noise(count: 40_000, seed: 3)
    ),
    (
      "repeats of every length", (3...300).flatMap { noise(count: $0, seed: 4) + [UInt8($0 % 256)] }
    ),
  ]

  @Test("Compressed data are decompressed to the original", arguments: inputs.indices)
  func roundTrip(index: Int) throws {
    let (name, bytes) = PNGTests.inputs[index]
    let stream = Zlib.compress(bytes)
    let inflated = try #require(inflate(stream[2..<stream.count - 4]), "\(name)")
    #expect(inflated == bytes, "\(name)")
  }

  @Test("Repeated data are compressed")
  func compression() {
    #expect(Zlib.compress(Array(repeating: 0, count: 100_000)).count < 1_000)
    let twice = PNGTests.noise(count: 30_000, seed: 2) + PNGTests.noise(count: 30_000, seed: 2)
    #expect(Zlib.compress(twice).count < 33_000)
  }

  @Test(
    "A PNG file contains the samples of its bitmap",
    arguments: [(1, 1, 1), (5, 3, 1), (3, 5, 3), (200, 150, 3)])
  func samples(width: Int, height: Int, channels: Int) throws {
    let samples = PNGTests.noise(count: width * height * channels, seed: 5)
    let bitmap = Bitmap(width: width, height: height, channels: channels, samples: samples)
    let decoded = try DecodedPNG(bitmap.png)
    #expect(decoded.width == width && decoded.height == height && decoded.channels == channels)
    #expect(decoded.samples == samples)
  }

  @Test("Enlarging replaces each pixel by a square of pixels")
  func enlarging() {
    let bitmap = Bitmap(width: 2, height: 1, channels: 3, samples: [1, 2, 3, 4, 5, 6])
    let row: [UInt8] = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]
    #expect(bitmap.enlarged(by: 2).samples == row + row)
    #expect(bitmap.enlarged(by: 1) == bitmap)
  }

  @Test("A wrong number of samples stops the program")
  func wrongCount() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Bitmap(width: 2, height: 2, channels: 1, samples: [0, 0, 0])
      }, "a bitmap of 2 × 2 × 1 needs 4 samples, not 3")
  }

  /// Pseudorandom bytes of a linear congruential generator.
  static func noise(count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}
