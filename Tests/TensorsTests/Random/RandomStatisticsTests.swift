import Foundation
import Tensors
import Testing

/// Each comparison has a rate of false failure of 10⁻⁶ or less (see `FalseFailure`).
@Suite("Philox: distributions")
struct RandomStatisticsTests {
  static let count = 1 << 20

  static func draw(_ fill: Fill, double: Bool, seed: UInt64, count: Int = count) -> [Double] {
    var generator = Philox(seed: seed)
    return double
      ? fill.array(count, of: Double.self, using: &generator)
      : fill.array(count, of: Float.self, using: &generator).map(Double.init)
  }

  @Test("The moments of uniform numbers are right", arguments: [false, true])
  func uniformMoments(double: Bool) {
    let values = Self.draw(.uniform, double: double, seed: 20)
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    for power in 1...4 {
      let k = Double(power)
      let variance = 1 / (2 * k + 1) - 1 / ((k + 1) * (k + 1))
      let error = mean(values.map { pow($0, k) }) - 1 / (k + 1)
      let bound = FalseFailure.deviations * (variance / Double(values.count)).squareRoot()
      #expect(abs(error) < bound, "moment \(power)")
    }
  }

  @Test("The moments of normal numbers are right", arguments: [false, true])
  func normalMoments(double: Bool) {
    let values = Self.draw(.normal, double: double, seed: 21)
    // The moment E xᵏ and the variance E x²ᵏ − (E xᵏ)² of xᵏ.
    let moments: [(Double, Double)] = [(0, 1), (1, 2), (0, 15), (3, 96), (0, 945), (15, 10_170)]
    for (index, (moment, variance)) in moments.enumerated() {
      let error = mean(values.map { pow($0, Double(index + 1)) }) - moment
      let bound = FalseFailure.deviations * (variance / Double(values.count)).squareRoot()
      #expect(abs(error) < bound, "moment \(index + 1)")
    }
  }

  @Test("Gumbel numbers have mean γ and variance π²/6", arguments: [false, true])
  func gumbelMoments(double: Bool) {
    let values = Self.draw(.gumbel, double: double, seed: 22)
    let (gamma, variance) = (0.577_215_664_901_532_9, Double.pi * .pi / 6)
    let scale = FalseFailure.deviations / Double(values.count).squareRoot()
    #expect(abs(mean(values) - gamma) < scale * variance.squareRoot())
    // The kurtosis is 27/5, so (x - γ)² has variance (27/5 - 1) σ⁴.
    let spread = mean(values.map { ($0 - gamma) * ($0 - gamma) })
    #expect(abs(spread - variance) < scale * 4.4.squareRoot() * variance)
  }

  @Test("The mean of Bernoulli numbers is the probability", arguments: [0.001, 0.1, 0.5, 0.999])
  func bernoulliRate(probability: Double) {
    var generator = Philox(seed: 23)
    var values = [Double](repeating: .nan, count: Self.count)
    values.withUnsafeMutableBufferPointer {
      generator.fillBernoulli($0, probability: probability)
    }
    let deviation = (probability * (1 - probability) / Double(values.count)).squareRoot()
    #expect(abs(mean(values) - probability) < FalseFailure.deviations * deviation)
  }

  @Test(
    "The distribution of random numbers passes a Kolmogorov–Smirnov test",
    arguments: [Fill.uniform, .normal, .gumbel], [false, true])
  func kolmogorovSmirnov(fill: Fill, double: Bool) {
    let values = Self.draw(fill, double: double, seed: 24)
    #expect(kolmogorovDistance(values, fill.cumulative) < FalseFailure.kolmogorov)
  }

  @Test(
    "The numbers of normal draws beyond 3, 4, 4.5 and 5 are plausible", arguments: [false, true])
  func tails(double: Bool) {
    let values = Self.draw(.normal, double: double, seed: 25, count: 1 << 22)
    for bound in [3, 4, 4.5, 5] {
      let expected = Fill.normal.cumulative(-bound) * Double(values.count)
      let (below, above) = (
        values.count { $0 < -bound }, values.count { $0 > bound }
      )
      #expect(FalseFailure.isPlausible(below, poissonMean: expected), "\(below) below \(-bound)")
      #expect(FalseFailure.isPlausible(above, poissonMean: expected), "\(above) above \(bound)")
    }
    #expect(values.allSatisfy { abs($0) < (double ? 8.58 : 6.67) })
  }

  /// The two numbers of a Box–Muller pair share a radius and are 16 elements apart. Their squares
  /// would show a dependence, so squares are tested too.
  @Test(
    "Neither random numbers nor their squares are autocorrelated",
    arguments: [Fill.uniform, .normal])
  func autocorrelation(fill: Fill) {
    for double in [false, true] {
      let drawn = Self.draw(fill, double: double, seed: 26)
      let values = fill == .uniform ? drawn.map { ($0 - 0.5) * 12.0.squareRoot() } : drawn
      // For a variance of 1, the variance of x² is 2 if x is normal and 4/5 if x is uniform.
      let deviation = (fill == .uniform ? 0.8 : 2.0).squareRoot()
      let squares = values.map { ($0 * $0 - 1) / deviation }
      for lag in [1, 2, 3, 4, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 128, 1024] {
        #expect(abs(standardizedAutocorrelation(values, lag: lag)) < FalseFailure.deviations)
        #expect(abs(standardizedAutocorrelation(squares, lag: lag)) < FalseFailure.deviations)
      }
    }
  }

  @Test("A generator, its children and generators of neighbouring seeds are uncorrelated")
  func streams() {
    var parent = Philox(seed: 27)
    var generators = [parent.split(), parent.split(), parent.split(0), parent.split(1)]
    generators += [parent, Philox(seed: 28), Philox(seed: 27 | 1 << 32)]
    let draws = generators.indices.map { index -> [Double] in
      Fill.normal.array(1 << 17, using: &generators[index])
    }
    for i in draws.indices {
      for j in draws.indices where j > i {
        let product = zip(draws[i], draws[j]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product) / Double(1 << 17).squareRoot() < FalseFailure.deviations)
      }
    }
  }
}
