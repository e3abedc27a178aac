/// The values that an option admits, and how its messages name them.
package struct Bounds<Value: Comparable & Sendable>: Sendable {
  /// Whether a value is admitted. No bounds admit `NaN` but `.unlimited`.
  package let contains: @Sendable (Value) -> Bool
  /// The bounds in words; empty where there are none.
  package let text: String

  /// The words as they follow "a number".
  var suffix: String { text.isEmpty ? "" : " " + text }

  /// Every value.
  package static var unlimited: Self { Self(contains: { _ in true }, text: "") }

  /// `minimum ≤ value`.
  package static func atLeast(_ minimum: Value) -> Self {
    Self(contains: { $0 >= minimum }, text: "of at least \(minimum)")
  }

  /// `minimum < value`.
  package static func above(_ minimum: Value) -> Self {
    Self(contains: { $0 > minimum }, text: "above \(minimum)")
  }

  /// Both ends belong to it.
  package static func range(_ range: ClosedRange<Value>) -> Self {
    Self(
      contains: { range.contains($0) },
      text: "from \(range.lowerBound) to \(range.upperBound)")
  }

  /// The lower end belongs to it, the upper does not.
  package static func range(_ range: Range<Value>) -> Self {
    Self(
      contains: { range.contains($0) },
      text: "from \(range.lowerBound) to below \(range.upperBound)")
  }
}

extension Bounds<Double> {
  /// Positive numbers that have a value in `Float`, and of which the inverse has one.
  package static var positiveFloat: Self { .range(1e-37...1e37) }
}
