import Tensors

/// Values along an axis, drawn as a line, markers, bars or stems.
///
/// A point with a coordinate that is not finite, or not positive on a logarithmic axis, is a gap.
public struct Series: Hashable, Sendable {
  /// The name in the legend; a series without a name is not listed.
  public let name: String
  /// The positions of the points along the horizontal axis.
  public let x: [Double]
  /// The values, one for each position.
  public let y: [Double]
  /// An interval around `y`: a shaded band behind lines, whiskers on markers, bars and stems.
  public let band: Band?
  /// How the series is drawn.
  public let style: SeriesStyle

  /// Lower and upper bounds, one of each for every point.
  public struct Band: Hashable, Sendable {
    /// The lower bound at each point.
    public let lower: [Double]
    /// The upper bound at each point.
    public let upper: [Double]

    /// A band with equally many lower and upper bounds.
    public init<Scalar: BinaryFloatingPoint>(lower: [Scalar], upper: [Scalar]) {
      require(
        lower.count == upper.count,
        "a band needs as many lower (\(lower.count)) as upper bounds (\(upper.count))")
      self.lower = lower.map { Double($0) }
      self.upper = upper.map { Double($0) }
    }
  }

  /// A series of points, which are joined in order.
  ///
  /// `x`, `y` and the bounds of the band must have the same count.
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
