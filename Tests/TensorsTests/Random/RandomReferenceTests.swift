import CKernels
import Tensors
import TestSupport
import Testing

/// Compares fills with the formulas of `random/reference.c`: bits and uniform numbers are equal.
///
/// A normal number is a product of a root, whose argument is a logarithm, and a sine or cosine of at
/// most π/4. Each of these polynomials has an error of at most 2 ε, the bits of the angle and its
/// factor are rounded to ε each, and there are two more roundings: 8 ε of the number. A Gumbel number
/// is the logarithm of an exponential one, whose relative error of 4 ε is an absolute one of the
/// result: 8 ε, or of the number where that is larger.
@Suite("Random kernels and their references") struct RandomReferenceTests {
  static let counts = [0, 1, 15, 16, 17, 63, 64, 65, 129, 1000]
  static let starts: [(key: UInt64, first: UInt64)] = [
    (0, 0), (0xdead_beef_0bad_cafe, 0xffff_fff0), (7, .max - 20),
  ]

  @Test("Blocks and bits", arguments: starts)
  func bits(_ start: (key: UInt64, first: UInt64)) {
    var (block, words) = ([UInt32](repeating: 0, count: 4), [UInt32](repeating: 0, count: 4))
    for high in [0, 1, UInt64.max] {
      lg_philox_block(start.key, start.first, high, &block)
      lg_reference_philox(start.key, start.first, high, &words)
      #expect(block == words)
    }
    for count in Self.counts {
      var (values, expected) = (
        [UInt32](repeating: 0, count: count), [UInt32](repeating: 1, count: count)
      )
      lg_fill_bits(start.key, start.first, &values, count)
      lg_reference_fill_bits(start.key, start.first, &expected, count)
      #expect(values == expected)
    }
  }

  typealias Reference = (UInt64, UInt64, UnsafeMutablePointer<Double>, Int) -> Void

  @Test("Numbers", arguments: starts, counts)
  func numbers(_ start: (key: UInt64, first: UInt64), count: Int) {
    check(
      Float.self, start, count, lg_reference_fill_uniform_f32, lg_reference_fill_normal_f32,
      lg_reference_fill_gumbel_f32)
    check(
      Double.self, start, count, lg_reference_fill_uniform_f64, lg_reference_fill_normal_f64,
      lg_reference_fill_gumbel_f64)
  }

  private func check<S: TensorScalar>(
    _: S.Type, _ start: (key: UInt64, first: UInt64), _ count: Int, _ uniform: Reference,
    _ normal: Reference, _ gumbel: Reference
  ) {
    func values(_ fill: RandomKernels<S>.Fill) -> [Double] {
      var values = [S](repeating: .nan, count: count)
      fill(start.key, start.first, &values, count)
      return values.map(Double.init)
    }
    func expected(_ reference: Reference) -> [Double] {
      var values = [Double](repeating: .nan, count: count)
      reference(start.key, start.first, &values, count)
      return values
    }
    let (kernels, bound) = (S.kernels.random, 8 * Double(S.ulpOfOne))
    let u = expected(uniform)
    #expect(values(kernels.uniform) == u)
    for (value, x) in zip(values(kernels.normal), expected(normal)) {
      #expect(abs(value - x) <= bound * abs(x))
    }
    for (value, x) in zip(values(kernels.gumbel), expected(gumbel)) {
      #expect(abs(value - x) <= bound * max(1, abs(x)))
    }
    let probabilities = (0..<count).map { S($0 % 11) / 10 }
    var draws = [S](repeating: .nan, count: count)
    kernels.bernoulli(start.key, start.first, probabilities, 1, &draws, count)
    #expect(draws == zip(u, probabilities).map { $0 < Double($1) ? 1 : 0 })
  }
}
