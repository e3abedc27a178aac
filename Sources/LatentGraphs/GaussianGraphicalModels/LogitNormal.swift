import Tensors

/// Correlated variables in `(0, 1)` whose log-odds are a Gaussian graphical model: `logit x ~ N(μ, P⁻¹)`
/// with `logit x = log(x/(1 − x))` element by element.
///
/// With the precision of a grid it is the poster's model of images: pixels that correlate with their
/// neighbours.
///
/// Parameters: `logits`, the Gaussian. Support: vectors in `(0, 1)`. Data that touch the ends, as pixels
/// do, are kept `margin = 2⁻²⁴` away from them, in densities and in samples: `1 − 2⁻²⁴` is the last
/// `Float` below 1, and the log-odds are kept within `±16.6`. Of pixels `(byte + u)/256` one in 65,000
/// black ones is moved by it, which changes the bits per dimension by less than 0.001. Values outside
/// of `[0, 1]`, such as bytes, have the log-density −∞.
public struct LogitNormal<Scalar: TensorScalar>: ReparameterizedDistribution {
  /// The distribution of the log-odds.
  public let logits: GaussianGraphicalModel<Scalar>

  /// The distribution of variables whose log-odds are this Gaussian.
  public init(logits: GaussianGraphicalModel<Scalar>) { self.logits = logits }

  /// The distribution of variables whose log-odds have this mean, `[batch…, k]`, and precision.
  public init(mean: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    self.init(logits: GaussianGraphicalModel(mean: mean, precision: precision))
  }

  /// How near to 0 and 1 values may come: `2⁻²⁴`.
  public static var margin: Scalar { 0x1p-24 }

  /// The shape of the batch.
  public var batchShape: Shape { logits.batchShape }

  /// The length of a value.
  public var dimension: Int { logits.dimension }

  /// The median of each variable, `σ(μ)`: `[batch…, k]`.
  public var median: Tensor<Scalar> { logits.mean.sigmoid() }

  /// The means, `[batch…, k]`.
  ///
  /// They have no closed form, but are integrals over one variable each, computed by quadrature with an
  /// absolute error of 10⁻¹⁴, and of 10⁻¹² of slopes, up to deviations of 150 of the log-odds.
  /// - Complexity: that of the variances, and 23 sigmoids an element or more (28 for each unit of the
  ///   largest deviation).
  public var mean: Tensor<Scalar> {
    gaussianExpectation(
      mean: logits.mean, variance: logits.marginalVariances, of: { $0.sigmoid() },
      derivative: { $0.sigmoid() * (-$0).sigmoid() })
  }

  /// `−Σ log(xᵢ(1 − xᵢ)) + log N(logit x | μ, P⁻¹)`, in nats: `[draws…, batch…]`.
  ///
  /// A value of fewer axes than the batch, its last ones, is scored under each distribution of the
  /// leading axes. Within `margin` of 0 and 1 it is the density at that distance, and the gradient in
  /// the value is 0.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let (odds, complement) = Self.logarithms(of: value)
    let density = logits.logDensity(of: odds - complement) - (odds + complement).sum(axis: -1)
    let (low, high) = Self.range(of: value)
    if low >= 0, high <= 1 { return density }
    let distance = (value - value.clamped(to: 0...1)).detached.abs()
    return distance.max(axis: -1).isGreater(than: 0).select(Tensor(-.infinity), density)
  }

  /// `logit x` of values in `[0, 1]`, kept `margin` away from the ends.
  public static func logits(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let (low, high) = range(of: value)
    require(
      !(low < 0 || high > 1),
      "a logit-normal got values from \(low) to \(high), which leave [0, 1]; scale pixels first")
    let (odds, complement) = logarithms(of: value)
    return odds - complement
  }

  /// `σ(μ + L⁻ᵀ ε)`. Zeros give the median.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    Self.keptInside(logits.sample(noise: noise).sigmoid())
  }

  /// `H(logit x) + Σ E log(xᵢ(1 − xᵢ))`, in nats: `[batch…]`.
  ///
  /// The Gaussian's entropy has a closed form; the expectations are computed by quadrature, as the mean is.
  public var entropy: Tensor<Scalar> {
    let logJacobian = gaussianExpectation(
      mean: logits.mean, variance: logits.marginalVariances, of: { $0 - 2 * $0.softplus() },
      derivative: { 1 - 2 * $0.sigmoid() })
    return logits.entropy + logJacobian.sum(axis: -1)
  }

  /// The exact divergence from another logit-normal; `nil` for other distributions.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? {
    (other as? LogitNormal).map { klDivergence(self, $0) }
  }

  /// `log x` and `log(1 − x)` of values that are kept inside.
  private static func logarithms(
    of value: Tensor<Scalar>
  ) -> (Tensor<Scalar>, Tensor<Scalar>) {
    let inside = keptInside(value)
    return (inside.log(), (-inside).log1p())
  }

  /// The least and the greatest value, NaN where one is; 0 and 1 of no values.
  private static func range(of value: Tensor<Scalar>) -> (low: Scalar, high: Scalar) {
    guard value.count > 0 else { return (0, 1) }
    let all = value.detached.reshaped(to: [value.count])
    return (all.min(axis: 0).scalar, all.max(axis: 0).scalar)
  }

  private static func keptInside(_ value: Tensor<Scalar>) -> Tensor<Scalar> {
    value.clamped(to: margin...(1 - margin))
  }
}

/// `KL(q ‖ p)` of two logit-normals in nats, exact: `[batch…]`. It is that of their Gaussians, since the
/// map between the two is the same for both.
public func klDivergence<Scalar>(
  _ q: LogitNormal<Scalar>, _ p: LogitNormal<Scalar>
) -> Tensor<Scalar> {
  klDivergence(q.logits, p.logits)
}
