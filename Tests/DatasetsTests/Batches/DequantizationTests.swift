import Datasets
import Foundation
import TestSupport
import Testing

/// One image of 500 equal pixels for each byte.
private let bytes = ImageDataset(
  pixels: (0...255).flatMap { [UInt8](repeating: $0, count: 500) },
  labels: Array(repeating: 0, count: 256), height: 5, width: 100, classCount: 1)

@Suite("Dequantized images")
struct DequantizationTests {
  let digits = Digits.load().training

  /// In `Float`, `255 + u` rounds up to 256 for one `u` of 2¹⁷. Without a limit this would happen
  /// for about fifteen of these two million pixels.
  @Test("The pixel can be recovered from a dequantized value in Float")
  func pixelInFloat() {
    var generator = Philox(seed: 1)
    let source = ImageBatches<Float>(bytes, .dequantized(.dynamic))
    for index in [0, 1, 127, 128, 254, 255] {
      let batch = source.batch([Int](repeating: index, count: 4_000), using: &generator)
      #expect(batch.withScalars { $0.allSatisfy { $0 >= 0 && $0 < 1 && Int($0 * 256) == index } })
    }
  }

  @Test("The pixel can be recovered from a dequantized value in Double")
  func pixelInDouble() {
    var generator = Philox(seed: 2)
    let batch = ImageBatches<Double>(bytes, .dequantized(.dynamic))
      .batch(Array(0...255), using: &generator)
    #expect(batch.shape == [256, 500])
    #expect(zip(batch.scalars, bytes.pixels).allSatisfy { Int($0 * 256) == Int($1) })
  }

  @Test("Dequantization uses the number of levels of the data set")
  func levels() {
    var generator = Philox(seed: 3)
    let batch = ImageBatches<Double>(digits, .dequantized(.dynamic))
      .batch([0, 1], using: &generator)
    let pixels = digits.image(0) + digits.image(1)
    #expect(zip(batch.scalars, pixels).allSatisfy { ($0 * 17).rounded(.down) == Double($1) })
    #expect(batch.scalars.allSatisfy { $0 < 1 })
  }

  @Test("The noise of dequantization is uniform")
  func uniform() {
    var generator = Philox(seed: 4)
    let batch = ImageBatches<Double>(bytes, .dequantized(.dynamic))
      .batch(Array(0...255), using: &generator)
    let noise = zip(batch.scalars, bytes.pixels).map { $0 * 256 - Double($1) }
    // Of n = 128,000 values a tenth falls into each interval, with a standard deviation of 107.
    var counts = Array(repeating: 0, count: 10)
    for u in noise { counts[Int(u * 10)] += 1 }
    expectCalibrated { statistics in
      for count in counts { statistics.compare(Double(count), 12_800, error: 107.4) }
    }
  }

  @Test("Dynamic noise is determined by the generator's state and differs between visits")
  func dynamic() {
    let source = ImageBatches<Float>(digits, .dequantized(.dynamic))
    var generator = Philox(seed: 5)
    _ = source.batch([0, 1, 2], using: &generator)
    var resumed = Philox(generator.state)
    let next = source.batch([3, 3], using: &generator)
    #expect(next.scalars == source.batch([3, 3], using: &resumed).scalars)
    #expect(generator == resumed)
    #expect(next.slice(at: 0).scalars != next.slice(at: 1).scalars)
  }

  @Test("Static noise depends on the seed and the image only")
  func fixed() {
    let source = ImageBatches<Float>(digits, .dequantized(.static(seed: 7)))
    var (first, second) = (Philox(seed: 3), Philox(seed: 4))
    let alone = source.batch([9], using: &first)
    let among = source.batch([2, 9, 4], using: &second)
    #expect(alone.scalars == among.slice(at: 1).scalars)
    #expect(first == Philox(seed: 3))
    let other = ImageBatches<Float>(digits, .dequantized(.static(seed: 8)))
      .batch([9], using: &first)
    #expect(other.scalars != alone.scalars)
  }

  @Test("Scaled pixels range from 0 to 1 inclusive")
  func scaled() {
    var generator = Philox(seed: 6)
    let untouched = generator
    let single = ImageBatches<Float>(bytes, .scaled).batch([0, 51, 255], using: &generator)
    let double = ImageBatches<Double>(bytes, .scaled).batch([0, 255], using: &generator)
    #expect(single.slice(at: 0).scalars.allSatisfy { $0 == 0 })
    #expect(single.slice(at: 1).scalars.allSatisfy { abs($0 - 0.2) < 1e-7 })
    #expect(single.slice(at: 2).scalars.allSatisfy { $0 == 1 })
    #expect(double.slice(at: 1).scalars.allSatisfy { $0 == 1 })
    #expect(generator == untouched)
  }
}

@Suite("Bits per dimension")
struct BitsPerDimensionTests {
  @Test("A density of 2ᵏ in each dimension reduces the bits by k", arguments: [0, 1, 4, 8])
  func powers(k: Int) {
    let logDensity = Double(3072 * k) * log(2)
    #expect(abs(bitsPerDimension(logDensity: logDensity, dimension: 3072) - Double(8 - k)) < 1e-12)
    #expect(
      abs(bitsPerDimension(logDensity: logDensity, dimension: 3072, levels: 1 << 5) - Double(5 - k))
        < 1e-12)
  }

  /// If the density is constant within the interval of a pixel, Jensen's inequality is an equality.
  @Test("Bits per dimension are the length of a code for the pixels")
  func code() {
    let digits = Digits.load().test
    let levels = Int(digits.maximum) + 1
    // An arbitrary distribution of a pixel.
    let weights = (0..<levels).map { 1 / Double($0 + 2) }
    let probabilities = weights.map { $0 / weights.reduce(0, +) }
    let image = 11
    let codeLength = digits.image(image).reduce(0) { $0 - log2(probabilities[Int($1)]) }

    var generator = Philox(seed: 1)
    let x = ImageBatches<Double>(digits, .dequantized(.dynamic)).batch([image], using: &generator)
    let logDensity = x.scalars.reduce(0) {
      $0 + log(probabilities[Int($1 * Double(levels))] * Double(levels))
    }
    let bits = bitsPerDimension(logDensity: logDensity, dimension: 64, levels: levels)
    #expect(abs(bits - codeLength / 64) < 1e-12)
  }

  @Test("Bits per dimension of no dimensions stop the program")
  func mistakes() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = bitsPerDimension(logDensity: 1, dimension: 0)
      }, "bits per dimension of 0 dimensions")
  }
}
