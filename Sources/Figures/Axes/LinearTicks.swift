import Foundation

/// Ticks at multiples of 1, 2 or 5 times a power of ten.
enum LinearTicks {
  /// The multiples that lie within `range`, about `count` of them and never more than `count + 1`.
  ///
  /// - Parameter isInteger: ticks only at whole numbers, for indices.
  static func ticks(in range: ClosedRange<Double>, count: Int, isInteger: Bool = false) -> Ticks {
    var step = step(atLeast: (range.upperBound - range.lowerBound) / Double(max(count, 1)))
    if isInteger, step.exponent < 0 { step = DecimalNumber(digits: 1, exponent: 0) }
    let size = step.value
    // A bound that is a multiple but for rounding counts as one.
    let first = Int((range.lowerBound / size - 1e-6).rounded(.up))
    let last = Int((range.upperBound / size + 1e-6).rounded(.down))
    guard first <= last else { return Ticks(major: []) }
    let decimals = (first...last).map {
      DecimalNumber(digits: $0 * step.digits, exponent: step.exponent)
    }
    return Ticks(major: labelled(decimals, step: step))
  }

  /// The smallest of `{1, 2, 5} × 10^n` that is not less than `size`, which must be positive.
  static func step(atLeast size: Double) -> DecimalNumber {
    let exponent = Int(log10(size).rounded(.down))
    for digits in [1, 2, 5] {
      let step = DecimalNumber(digits: digits, exponent: exponent)
      if step.value >= size * (1 - 1e-9) { return step }
    }
    return DecimalNumber(digits: 1, exponent: exponent + 1)
  }

  /// One way of writing for all: the same number of decimals, or powers of ten where numbers of few
  /// digits would need many zeros.
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
