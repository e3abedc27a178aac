import Tensors

/// One axis of a plot: its label, unit, scale and range.
public struct Axis: Hashable, Sendable {
  /// The mapping of values to positions.
  public enum Scale: Hashable, Sendable {
    case linear
    /// Powers of ten at equal distances. Values that are not positive are gaps.
    case logarithmic
  }

  /// The label with the unit: `"ELBO (nats)"`.
  public let label: String
  /// The mapping of values to positions.
  public let scale: Scale
  /// The range that is shown; `nil` for all data with a small margin.
  public let range: ClosedRange<Double>?
  /// The names of the positions 0, 1, 2, …; empty for a numeric axis.
  public let categories: [String]

  /// A numeric axis.
  ///
  /// The bounds of `range` must be finite and different, and positive on a logarithmic scale.
  ///
  /// - Parameter unit: Appended to the label in parentheses.
  public init(
    _ label: String, unit: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil
  ) {
    if let range {
      let isFinite = range.lowerBound.isFinite && range.upperBound.isFinite
      require(
        isFinite && range.lowerBound < range.upperBound,
        "the range of the axis \"\(label)\" must have finite, different bounds, not \(range)")
      require(
        scale == .linear || range.lowerBound > 0,
        "the range of the logarithmic axis \"\(label)\" must be positive, not \(range)")
    }
    self.label = unit.isEmpty ? label : "\(label) (\(unit))"
    self.scale = scale
    self.range = range
    categories = []
  }

  /// An axis of categories: the first at position 0, the next at 1, and so on.
  public init(_ label: String, categories: [String]) {
    require(!categories.isEmpty, "the axis \"\(label)\" has an empty list of categories")
    self.label = label
    scale = .linear
    range = -0.6...Double(categories.count) - 0.4
    self.categories = categories
  }
}
