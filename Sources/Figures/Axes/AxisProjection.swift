import Foundation

/// An axis with a definite range, which maps values to fractions of its length.
struct AxisProjection {
  let axis: Axis
  let range: ClosedRange<Double>

  /// The range of the axis if it has one; otherwise a range that shows all valid `values`.
  ///
  /// - Parameters:
  ///   - margin: Empty space at each end, as a fraction of the data's extent.
  ///   - includesZero: Whether a linear axis must include zero, as the base of bars.
  init(axis: Axis, values: some Sequence<Double>, margin: Double, includesZero: Bool = false) {
    self.axis = axis
    if let range = axis.range {
      self.range = range
      return
    }
    let placed = values.filter { AxisProjection.isPlaced($0, on: axis.scale) }
    let isEmpty = placed.isEmpty
    let (low, high) = (placed.min() ?? 0, placed.max() ?? 0)
    switch axis.scale {
    case .linear:
      range =
        isEmpty
        ? 0...1
        : AxisProjection.linear(
          includesZero ? min(low, 0)...max(high, 0) : low...high, margin: margin)
    case .logarithmic:
      range = isEmpty ? 1...10 : AxisProjection.logarithmic(low...high, margin: margin)
    }
  }

  /// Whether a value can be drawn: it is finite, positive on a logarithmic scale, and not so close
  /// to the limits of `Double` that margins or differences overflow.
  static func isPlaced(_ value: Double, on scale: Axis.Scale) -> Bool {
    switch scale {
    case .linear: abs(value) <= 1e300
    case .logarithmic: value >= 1e-250 && value <= 1e250
    }
  }

  /// 0 at the lower end and 1 at the upper end; outside of the range up to ±a million. The value
  /// must be valid (`isPlaced`).
  func fraction(of value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    let fraction =
      switch axis.scale {
      case .linear where (high - low).isFinite: (value - low) / (high - low)
      // The difference of two finite numbers may overflow; the difference of their halves cannot.
      case .linear: (value / 2 - low / 2) / (high / 2 - low / 2)
      case .logarithmic: (log10(value) - log10(low)) / (log10(high) - log10(low))
      }
    return min(max(fraction, -1e6), 1e6)
  }

  /// About `count` ticks.
  func ticks(count: Int) -> Ticks {
    guard axis.categories.isEmpty else {
      return Ticks(
        major: axis.categories.enumerated().map { index, name in
          Tick(value: Double(index), label: TextLine(name))
        })
    }
    return switch axis.scale {
    case .linear: LinearTicks.ticks(in: range, count: count)
    case .logarithmic: LogarithmicTicks.ticks(in: range, count: count)
    }
  }

  // MARK: Ranges

  private static func linear(
    _ extent: ClosedRange<Double>, margin: Double
  ) -> ClosedRange<Double> {
    var (low, high) = (extent.lowerBound, extent.upperBound)
    let magnitude = max(abs(low), abs(high))
    if high - low <= 1e-9 * magnitude || high - low < 1e-300 {
      // A single value, or values that differ by rounding: add space on both sides.
      let room = magnitude > 1e-290 ? 0.1 * magnitude : 1
      return low - room...high + room
    }
    let room = margin * (high - low)
    // Nonnegative data get no negative ticks.
    low = low >= 0 && low - room < 0 ? 0 : low - room
    high = high <= 0 && high + room > 0 ? 0 : high + room
    return low...high
  }

  private static func logarithmic(
    _ extent: ClosedRange<Double>, margin: Double
  ) -> ClosedRange<Double> {
    let decades = log10(extent.upperBound) - log10(extent.lowerBound)
    let factor = pow(10, decades < 1e-6 ? 0.3 : margin * decades)
    return extent.lowerBound / factor...extent.upperBound * factor
  }
}
