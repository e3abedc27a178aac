import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Philox: elements written by a fill")
struct RandomFillTests {
  static func bits(_ count: Int, _ generator: Philox) -> [UInt32] {
    var generator = generator
    var words = [UInt32](repeating: 0, count: count)
    words.withUnsafeMutableBufferPointer { generator.fillBits($0) }
    return words
  }

  /// The 64 bits behind element `i` of a fill of `Double`.
  static func longBits(_ words: [UInt32], _ i: Int) -> UInt64 {
    let chunk = i / 32 * 64
    let high = chunk + i % 32 / 16 * 32 + i % 16
    return UInt64(words[high]) << 32 | UInt64(words[high + 16])
  }

  @Test("Word w of block b is at index 16w + b of its chunk, also where the position carries")
  func layout() {
    let start = Philox.State(key: 0xdead_beef_0bad_cafe, position: 0xffff_ffff - 20, buffered: nil)
    let words = Self.bits(150, Philox(start))
    var generator = Philox(start)
    for block in 0..<48 {
      let pair = (generator.next(), generator.next())
      let expected = [pair.0 >> 32, pair.0, pair.1 >> 32, pair.1].map {
        UInt32(truncatingIfNeeded: $0)
      }
      for word in 0..<4 {
        let place = block / 16 * 64 + 16 * word + block % 16
        if place < words.count { #expect(words[place] == expected[word]) }
      }
    }
  }

  @Test("A uniform number is an odd multiple of half a step, taken from the upper bits")
  func uniform() {
    var generator = Philox(seed: 5)
    let words = Self.bits(1000, generator)
    let longs = Self.bits(2048, generator)
    let floats: [Float] = Fill.uniform.array(1000, using: &generator)
    generator = Philox(seed: 5)
    let doubles: [Double] = Fill.uniform.array(1000, using: &generator)
    for i in 0..<1000 {
      #expect(floats[i] == Float((words[i] >> 9) * 2 + 1) * 0x1p-24)
      #expect(doubles[i] == Double((Self.longBits(longs, i) >> 12) * 2 + 1) * 0x1p-53)
    }
  }

  /// The reference: the Box–Muller transform in `Double` with the C library's functions.
  static func normalPair(radius u: Double, angle: Double, quarter: UInt64) -> (Double, Double) {
    let radius = (-2 * log(u)).squareRoot()
    let cosine = radius * cos(angle) * (quarter & 2 == 0 ? 1 : -1)
    let sine = radius * sin(angle)
    return quarter & 1 == 0 ? (cosine, sine) : (sine, cosine)
  }

  @Test("Normal numbers in Float agree with the reference to a few units in the last place")
  func normalFloat() {
    var generator = Philox(seed: 6)
    let words = Self.bits(64 * 1000, generator)
    let values: [Float] = Fill.normal.array(64 * 1000, using: &generator)
    for i in words.indices where i / 16 % 2 == 0 {
      let (u, v) = (words[i], words[i + 16])
      let expected = Self.normalPair(
        radius: Double(Float(u >> 1) * 0x1p-31 + 0x1p-32),
        angle: Double(Float(Int32(bitPattern: v << 2))) * .pi / 4 * 0x1p-31,
        quarter: UInt64(v >> 30))
      #expect(abs(Double(values[i]) - expected.0) <= 6e-7 * abs(expected.0))
      #expect(abs(Double(values[i + 16]) - expected.1) <= 6e-7 * abs(expected.1))
    }
  }

  @Test("Normal numbers in Double agree with the reference to a few units in the last place")
  func normalDouble() {
    var generator = Philox(seed: 7)
    let words = Self.bits(64 * 1000, generator)
    let values: [Double] = Fill.normal.array(32 * 1000, using: &generator)
    for i in values.indices where i % 32 < 16 {
      let (u, v) = (Self.longBits(words, i), Self.longBits(words, i + 16))
      let expected = Self.normalPair(
        radius: Double((u >> 12) * 2 + 1) * 0x1p-53,
        angle: (Double(((v << 2) >> 12) * 2 + 1) * 0x1p-53 - 0.5) * .pi / 2,
        quarter: v >> 62)
      #expect(abs(values[i] - expected.0) <= 1e-15 * abs(expected.0))
      #expect(abs(values[i + 16] - expected.1) <= 1e-15 * abs(expected.1))
    }
  }

  @Test("Gumbel numbers agree with the reference")
  func gumbel() {
    var generator = Philox(seed: 8)
    let words = Self.bits(64 * 1000, generator)
    let floats: [Float] = Fill.gumbel.array(32 * 1000, using: &generator)
    generator = Philox(seed: 8)
    let doubles: [Double] = Fill.gumbel.array(32 * 1000, using: &generator)
    for i in doubles.indices {
      let v = Double(min(Float(words[i] >> 1) * 0x1p-31 + 0x1p-32, 1 - 0x1p-24))
      let float = -log(-log1p(-v))
      #expect(abs(Double(floats[i]) - float) <= 6e-7 * max(1, abs(float)))
      let double = -log(-log1p(-Double((Self.longBits(words, i) >> 12) * 2 + 1) * 0x1p-53))
      #expect(abs(doubles[i] - double) <= 1e-15 * max(1, abs(double)))
    }
  }

  @Test("A Bernoulli number is 1 where the uniform number at its index is below the probability")
  func bernoulli() {
    let start = Philox(seed: 9)
    var generator = start
    let uniform: [Float] = Fill.uniform.array(1000, using: &generator)
    let probabilities = (0..<1000).map { Float($0 % 101) / 100 }
    var values = probabilities
    generator = start
    values.withUnsafeMutableBufferPointer {
      generator.fillBernoulli($0, probabilities: UnsafeBufferPointer($0))
    }
    #expect(values == zip(uniform, probabilities).map { $0 < $1 ? 1 : 0 })
    generator = start
    values.withUnsafeMutableBufferPointer { generator.fillBernoulli($0, probability: 0.25) }
    #expect(values == uniform.map { $0 < 0.25 ? 1 : 0 })
    values.withUnsafeMutableBufferPointer { generator.fillBernoulli($0, probability: 0) }
    #expect(values.allSatisfy { $0 == 0 })
    values.withUnsafeMutableBufferPointer { generator.fillBernoulli($0, probability: 1) }
    #expect(values.allSatisfy { $0 == 1 })
  }

  @Test("A Bernoulli fill with a wrong number of probabilities stops the program with both numbers")
  func probabilitiesDoNotFit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var (generator, values) = (Philox(seed: 0), [Float](repeating: 0, count: 3))
      values.withUnsafeMutableBufferPointer { values in
        [0.5, 0.5].withUnsafeBufferPointer {
          generator.fillBernoulli(values, probabilities: $0)
        }
      }
    }
    expectMessage(result, "2 probabilities for 3 elements")
  }

  // MARK: Splitting a fill

  @Test("A fill gives the same values for any number of threads", arguments: Fill.allCases)
  func threads(fill: Fill) {
    func values<Scalar: TensorScalar>(_ threads: Int) -> [Scalar] {
      Threads.withLimit(threads) {
        var generator = Philox(seed: 10)
        return fill.array(300_001, using: &generator)
      }
    }
    let (floats, doubles): ([Float], [Double]) = (values(1), values(1))
    #expect(!floats.contains { $0.isNaN } && !doubles.contains { $0.isNaN })
    for threads in 2...4 {
      #expect(values(threads) == floats)
      #expect(values(threads) == doubles)
    }
  }

  @Test(
    "Fills that start at chunk boundaries together equal one long fill", arguments: Fill.allCases)
  func parts(fill: Fill) {
    func check<Scalar: TensorScalar>(_: Scalar.Type) {
      let chunk = Scalar.kernels.random.elementsPerChunk
      var (whole, parts) = (Philox(seed: 11), Philox(seed: 11))
      let expected: [Scalar] = fill.array(20 * chunk + 5, using: &whole)
      var values: [Scalar] = []
      for chunks in [1, 2, 3, 0, 7, 1, 6] {
        values += fill.array(chunks * chunk, using: &parts)
      }
      values += fill.array(5, using: &parts)
      #expect(values == expected)
      #expect(parts == whole)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("A fill of n elements equals the start of a longer fill and writes no other elements")
  func prefixes() {
    var generator = Philox(seed: 12)
    let expected: [Float] = Fill.normal.array(200, using: &generator)
    for count in [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 199] {
      generator = Philox(seed: 12)
      var values = [Float](repeating: 7, count: 200)
      values.withUnsafeMutableBufferPointer { generator.fillNormal(.init(rebasing: $0[..<count])) }
      #expect(values == expected[..<count] + [Float](repeating: 7, count: 200 - count))
      #expect(generator.state.position == UInt64((count + 63) / 64 * 16))
    }
  }

  @Test("A fill does not use the word that next() has buffered")
  func buffered() {
    var (plain, filled) = (Philox(seed: 13), Philox(seed: 13))
    _ = (plain.next(), filled.next())
    let _: [Float] = Fill.normal.array(10, using: &filled)
    #expect(filled.next() == plain.next())
    #expect(filled.next() != plain.next())
  }
}
