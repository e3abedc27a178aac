import Foundation

/// Ticks at multiples of 1, 2 or 5 times a power of ten.
package enum LinearTicks {
  /// The multiples within `range`, about `count` of them; at least two if `count` is two or more.
  ///
  /// - Parameter isInteger: Whether ticks are restricted to integers, for indices.
  package static func ticks(
    in range: ClosedRange<Double>, count: Int, isInteger: Bool = false
  ) -> Ticks {
    // Divide the bounds separately: their difference may overflow.
    let parts = Double(max(count, 1))
    var step = step(atLeast: range.upperBound / parts - range.lowerBound / parts)
    if isInteger, step.exponent < 0 { step = DecimalNumber(digits: 1, exponent: 0) }
    var multiples = multiples(of: step, in: range)
    if multiples.count < 2, count > 1, !isInteger {
      step = self.step(atLeast: step.value / 2.5)
      multiples = self.multiples(of: step, in: range)
    }
    return Ticks(major: labelled(multiples, step: step))
  }

  private static func multiples(
    of step: DecimalNumber, in range: ClosedRange<Double>
  ) -> [DecimalNumber] {
    // A bound that is a multiple up to rounding counts as one.
    let first = Int((range.lowerBound / step.value - 1e-6).rounded(.up))
    let last = Int((range.upperBound / step.value + 1e-6).rounded(.down))
    return (first..<max(last + 1, first)).map {
      DecimalNumber(digits: $0 * step.digits, exponent: step.exponent)
    }
  }

  /// The smallest of `{1, 2, 5} × 10^n` that is not less than `size`, which must not be negative.
  /// Sizes are clamped to 10⁻³⁰⁰ … 5·10³⁰⁷, so that steps and their multiples are finite.
  static func step(atLeast size: Double) -> DecimalNumber {
    let size = max(min(size, 5e307), 1e-300)
    let exponent = Int(log10(size).rounded(.down))
    for digits in [1, 2, 5] {
      let step = DecimalNumber(digits: digits, exponent: exponent)
      if step.value >= size * (1 - 1e-9) { return step }
    }
    return DecimalNumber(digits: 1, exponent: exponent + 1)
  }

  /// Labels in a common notation: the same number of decimals or, if numbers with few digits would
  /// need many zeros, powers of ten.
  private static func labelled(_ numbers: [DecimalNumber], step: DecimalNumber) -> [Tick] {
    let largest = numbers.map { abs($0.value) }.max() ?? 0
    let digits = largest / step.value
    let isScientific = digits < 1000 && (largest >= 1e6 || step.exponent < -4)
    return numbers.map { number in
      let plain = { TextLine(number.plain(decimals: max(0, -step.exponent))) }
      return Tick(value: number.value, label: isScientific ? number.scientific : plain())
    }
  }
}
