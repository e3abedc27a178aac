/// The valid values of an option, and their description for messages.
public struct Bounds<Value: Comparable & Sendable>: Sendable {
  /// Whether a value is valid. `NaN` is valid only for `.unlimited`.
  public let contains: @Sendable (Value) -> Bool
  /// The description of the bounds; empty if there are none.
  public let text: String

  /// The description with a leading space, to follow "a number".
  var suffix: String { text.isEmpty ? "" : " " + text }

  /// Every value.
  public static var unlimited: Self { Self(contains: { _ in true }, text: "") }

  /// `minimum ≤ value`.
  public static func atLeast(_ minimum: Value) -> Self {
    Self(contains: { $0 >= minimum }, text: "of at least \(minimum)")
  }

  /// `minimum < value`.
  public static func above(_ minimum: Value) -> Self {
    Self(contains: { $0 > minimum }, text: "above \(minimum)")
  }

  /// Values in a closed range.
  public static func range(_ range: ClosedRange<Value>) -> Self {
    Self(
      contains: { range.contains($0) },
      text: "from \(range.lowerBound) to \(range.upperBound)")
  }

  /// Values in a half-open range, without its upper bound.
  public static func range(_ range: Range<Value>) -> Self {
    Self(
      contains: { range.contains($0) },
      text: "from \(range.lowerBound) to below \(range.upperBound)")
  }
}

extension Bounds<Double> {
  /// Positive numbers that have a value in `Float`, and of which the inverse has one.
  public static var positiveFloat: Self { .range(1e-37...1e37) }
}
