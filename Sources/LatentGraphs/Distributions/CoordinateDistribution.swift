import Tensors

/// A distribution that draws and scores values at a coordinate, since its values may be rounded to an
/// end of their support.
protocol CoordinateDistribution<Scalar>: Distribution {
  /// Draws with their coordinate. The values are those of `sample(_:using:)` for the same generator.
  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar>

  /// The draw for standard normal noise, whose value is that of `sample(noise:)`; `nil` if the
  /// distribution takes another noise, which is the default.
  func draw(noise: Tensor<Scalar>) -> Draw<Scalar>?

  /// The log-density of the draws' coordinate in nats, up to a summand that depends on the coordinate
  /// only: `[draws…, batch…]`. It is `nil` if the distribution cannot score this coordinate.
  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>?
}

extension CoordinateDistribution {
  func draw(noise: Tensor<Scalar>) -> Draw<Scalar>? { nil }
}

extension Distribution {
  /// Draws, with their coordinate if they have one.
  func drawn(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    (self as? any CoordinateDistribution<Scalar>)?.draw(draws, using: &generator)
      ?? Draw(sample(draws, using: &generator))
  }

  /// The log-density of draws, at their coordinate if they have one; `nil` if this distribution cannot
  /// score it.
  func logDensity(of draw: Draw<Scalar>) -> Tensor<Scalar>? {
    if draw.coordinate == nil { return logDensity(of: draw.value) }
    return (self as? any CoordinateDistribution<Scalar>)?.logDensity(atCoordinateOf: draw)
  }
}

/// The log-densities of draws from `q` under `q` and under `p`, `[draws…, batch…]`, whose difference
/// is `log q(x) − log p(x)`.
///
/// Both are densities of the draws' coordinate if both distributions score it. Otherwise they are
/// densities of the values. The first is NaN where the value has lost its coordinate by rounding or
/// has no finite density under `q`, so that the difference is never a wrong number.
func logDensities<Scalar>(
  of draw: Draw<Scalar>, _ q: some Distribution<Scalar>, _ p: some Distribution<Scalar>
) -> (q: Tensor<Scalar>, p: Tensor<Scalar>) {
  if let own = q.logDensity(of: draw), let other = p.logDensity(of: draw) {
    return (own.orNaN(where: .ones([])), other)
  }
  return (
    q.logDensity(of: draw.value).orNaN(where: draw.isKept), p.logDensity(of: draw.value)
  )
}

extension Tensor {
  /// The same elements, NaN where they are not finite or a mask is 0.
  fileprivate func orNaN(where mask: Tensor) -> Tensor {
    let isRight = (abs() .< Scalar.infinity) * mask
    return isRight.scalars.contains(0) ? isRight.select(self, Tensor(.nan)) : self
  }
}
