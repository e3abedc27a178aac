import Tensors

/// Values along an axis, drawn as a line, marks, bars or stems.
///
/// A point with a coordinate that is not finite, or has no place on a logarithmic axis, is a gap.
public struct Series: Hashable, Sendable {
  /// The name in the legend; without a name the series does not appear there.
  public let name: String
  /// The places of the points along the horizontal axis.
  public let x: [Double]
  /// The values, as many as there are places.
  public let y: [Double]
  /// What lies around `y`: a shaded band behind lines, whiskers on marks, bars and stems.
  public let band: Band?
  /// How the series is drawn.
  public let style: SeriesStyle

  /// Lower and upper bounds, one of each for every point.
  public struct Band: Hashable, Sendable {
    /// The lower bound at each point.
    public let lower: [Double]
    /// The upper bound at each point.
    public let upper: [Double]

    /// A band from as many lower bounds as upper ones.
    public init<Scalar: BinaryFloatingPoint>(lower: [Scalar], upper: [Scalar]) {
      require(
        lower.count == upper.count,
        "a band needs as many lower (\(lower.count)) as upper bounds (\(upper.count))")
      self.lower = lower.map { Double($0) }
      self.upper = upper.map { Double($0) }
    }
  }

  /// A series from its points, which are joined in their order.
  ///
  /// `x` and `y` must have the same count, and so must the bounds of the band.
  public init<Scalar: BinaryFloatingPoint>(
    _ name: String = "", x: [Scalar], y: [Scalar], band: Band? = nil, style: SeriesStyle = .line
  ) {
    require(
      x.count == y.count,
      "the series \"\(name)\" has \(x.count) values of x and \(y.count) of y")
    require(
      band == nil || band?.lower.count == y.count,
      "the series \"\(name)\" has \(y.count) points and \(band?.lower.count ?? 0) in its band")
    self.name = name
    self.x = x.map { Double($0) }
    self.y = y.map { Double($0) }
    self.band = band
    self.style = style
  }

  /// A series over the indices 0, 1, 2, …: the elements of a vector.
  public init<Scalar: BinaryFloatingPoint>(
    _ name: String = "", y: [Scalar], band: Band? = nil, style: SeriesStyle = .line
  ) {
    self.init(name, x: y.indices.map { Scalar($0) }, y: y, band: band, style: style)
  }
}
