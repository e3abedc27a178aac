import Tensors

/// One axis of a plot: what it shows, in which unit, and on which scale.
public struct Axis: Hashable, Sendable {
  /// How values become positions.
  public enum Scale: Hashable, Sendable {
    case linear
    /// Powers of ten at equal distances. Values that are not positive have no place on it and are
    /// gaps.
    case logarithmic
  }

  /// What the axis shows, with its unit: `"ELBO (nats)"`.
  public let label: String
  /// How values become positions.
  public let scale: Scale
  /// The part that is shown; `nil` is all the data with a small margin.
  public let range: ClosedRange<Double>?
  /// The names at the positions 0, 1, 2, …; empty for an axis of numbers.
  public let categories: [String]

  /// An axis of numbers.
  ///
  /// The bounds of `range` must be finite and differ, and be positive on a logarithmic scale.
  ///
  /// - Parameter unit: written in parentheses after the label.
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

  /// An axis of names: the first at the position 0, the next at 1, and so on.
  public init(_ label: String, categories: [String]) {
    require(!categories.isEmpty, "the axis \"\(label)\" has an empty list of categories")
    self.label = label
    scale = .linear
    range = -0.6...Double(categories.count) - 0.4
    self.categories = categories
  }
}
