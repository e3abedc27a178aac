import Foundation

/// Ticks at powers of ten, and between them if the range contains fewer than two powers.
package enum LogarithmicTicks {
  /// The possible steps between the exponents of labelled powers.
  private static let strides = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200]
  /// More thin lines than this would look like a grey background.
  private static let maximumMinorCount = 80

  /// The ticks within `range`, which must be positive: at most about `count` labelled ones.
  package static func ticks(in range: ClosedRange<Double>, count: Int) -> Ticks {
    let first = Int((log10(range.lowerBound) - 1e-9).rounded(.up))
    let last = Int((log10(range.upperBound) + 1e-9).rounded(.down))
    if last <= first { return withinADecade(range, count: count) }

    let least = (last - first + count) / max(count, 1)
    let stride = strides.first { $0 >= least } ?? least
    let powers = (first...last).filter { $0 % stride == 0 }
    let major = powers.map { exponent in
      let label = TextLine("10", exponent: exponent < 0 ? "−\(-exponent)" : "\(exponent)")
      return Tick(value: power(exponent), label: label)
    }
    let between = stride == 1 ? multiples(2...9, in: range) : powersBetween(first...last, stride)
    return Ticks(major: major, minor: between.count <= maximumMinorCount ? between : [])
  }

  /// Ticks at 1, 2 and 5 times powers of ten or, if the range is too short for these, at equal
  /// steps.
  private static func withinADecade(_ range: ClosedRange<Double>, count: Int) -> Ticks {
    let exponents = exponents(around: range)
    let candidates = exponents.flatMap { exponent in
      [1, 2, 5].map { DecimalNumber(digits: $0, exponent: exponent) }
    }.filter { isWithin(range, $0.value) }
    guard candidates.count > 2 else { return LinearTicks.ticks(in: range, count: count) }
    let major = candidates.map { number in
      let isPlain = -4...5 ~= number.exponent
      let plain = TextLine(number.plain(decimals: max(0, -number.exponent)))
      return Tick(value: number.value, label: isPlain ? plain : number.scientific)
    }
    return Ticks(major: major, minor: multiples(1...9, in: range))
  }

  private static func multiples(
    _ digits: ClosedRange<Int>, in range: ClosedRange<Double>
  ) -> [Double] {
    exponents(around: range).flatMap { exponent in
      digits.map { DecimalNumber(digits: $0, exponent: exponent).value }
    }.filter { isWithin(range, $0) }
  }

  private static func powersBetween(_ exponents: ClosedRange<Int>, _ stride: Int) -> [Double] {
    exponents.filter { $0 % stride != 0 }.map(power)
  }

  private static func power(_ exponent: Int) -> Double {
    DecimalNumber(digits: 1, exponent: exponent).value
  }

  private static func exponents(around range: ClosedRange<Double>) -> ClosedRange<Int> {
    Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
  }

  private static func isWithin(_ range: ClosedRange<Double>, _ value: Double) -> Bool {
    value >= range.lowerBound * (1 - 1e-9) && value <= range.upperBound * (1 + 1e-9)
  }
}
