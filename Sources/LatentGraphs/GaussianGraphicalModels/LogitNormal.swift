import Tensors

/// Correlated variables in `(0, 1)` whose log-odds are a Gaussian graphical model:
/// `logit x ~ N(μ, P⁻¹)`, where `logit x = log(x/(1 − x))` is applied to each element.
///
/// With the precision of a grid, this is the model of images in the poster *Gaussian Graphical
/// Models for Variational Autoencoders*, in which neighbouring pixels are correlated.
///
/// Parameters: `logits`, the Gaussian. Support: vectors in `(0, 1)`.
///
/// In densities and samples, values are clamped to the interval from `margin = 2⁻²⁴` to
/// `1 − margin`, because data such as pixels include 0 and 1. `1 − 2⁻²⁴` is the largest `Float`
/// below 1, and the log-odds are within `±16.6`. For pixels `(byte + u)/256`, one in 65,000 black
/// pixels is changed by this, which changes the bits per dimension by less than 0.001. Values
/// outside `[0, 1]`, such as bytes, have the log-density −∞.
public struct LogitNormal<Scalar: TensorScalar>: ReparameterizedDistribution, SelfDivergence,
  CoordinateDistribution
{
  // MARK: Parameters

  /// The distribution of the log-odds.
  public let logits: GaussianGraphicalModel<Scalar>

  /// The distribution of variables whose log-odds have this Gaussian distribution.
  public init(logits: GaussianGraphicalModel<Scalar>) { self.logits = logits }

  /// The distribution of variables whose log-odds have this mean, `[batch…, k]`, and precision.
  public init(mean: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    self.init(logits: GaussianGraphicalModel(mean: mean, precision: precision))
  }

  /// The smallest distance of values from 0 and 1: `2⁻²⁴`.
  public static var margin: Scalar { 0x1p-24 }

  /// The shape of the batch.
  public var batchShape: Shape { logits.batchShape }

  /// The number of variables.
  public var dimension: Int { logits.dimension }

  // MARK: Support

  /// The numbers from 0 to 1; values closer to these than `margin` are moved to it.
  public var support: Support<Scalar> { .unitInterval }

  // MARK: Moments

  /// The median of each variable, `σ(μ)`: `[batch…, k]`.
  public var median: Tensor<Scalar> { logits.mean.sigmoid() }

  /// The means, `[batch…, k]`.
  ///
  /// They have no closed form. Each is an integral over one variable, which is computed by
  /// quadrature. For every standard deviation of the log-odds, the absolute error is 10⁻¹⁴, and
  /// 10⁻¹² for gradients, in addition to rounding to `Scalar`.
  /// - Complexity: that of the variances, and at least 35 sigmoids for each element (38 for each
  ///   unit of the largest standard deviation up to 20; 161 logistic terms above).
  public var mean: Tensor<Scalar> {
    gaussianExpectation(
      of: .sigmoid, mean: logits.mean, variance: logits.variance)
  }

  /// The variances, `[batch…, k]`, by quadrature in `Double`. For every mean and standard deviation of
  /// the log-odds, the relative error is 10⁻¹³, and 10⁻¹² for gradients, in addition to the rounding of these to `Scalar`.
  /// - Complexity: that of the variances of the log-odds, and about a microsecond for each element; in
  ///   proportion to the standard deviation of the log-odds from 1 to 20.
  public var variance: Tensor<Scalar> {
    elementwise(
      logits.mean, logits.variance,
      value: { LogisticVariance(mean: $0, variance: $1).value },
      slopes: {
        let variance = LogisticVariance(mean: $0, variance: $1)
        return (variance.meanSlope, variance.varianceSlope)
      })
  }

  // MARK: Log-density

  /// `−Σ log(xᵢ(1 − xᵢ)) + log N(logit x | μ, P⁻¹)`, in nats: `[draws…, batch…]`.
  ///
  /// A value with fewer axes than the batch must have the batch's last axes. It is scored under
  /// each distribution of the leading axes. For a value within `margin` of 0 or 1, the density is
  /// that at the distance `margin`, and the gradient in the value is 0.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let (odds, complement) = Self.logarithms(of: value)
    let density = logits.logDensity(of: odds - complement) - (odds + complement).sum(axis: -1)
    let (low, high) = Self.range(of: value)
    if low >= 0, high <= 1 { return density }
    let distance = (value - value.clamped(to: 0...1)).detached.abs()
    return (distance.max(axis: -1) .> 0).select(Tensor(-.infinity), density)
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .logOdds(let odds) = draw.coordinate else { return nil }
    return logits.logDensity(of: odds)
  }

  /// `logit x` of values in `[0, 1]`, which are clamped to `margin...(1 - margin)`.
  public static func logits(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let (low, high) = range(of: value)
    require(
      !(low < 0 || high > 1),
      "a logit-normal got values from \(low) to \(high), which are not in [0, 1]; scale pixels")
    let (odds, complement) = logarithms(of: value)
    return odds - complement
  }

  // MARK: Sampling

  /// `σ(μ + L⁻ᵀ ε)`. Zero noise gives the median.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    Self.keptInside(logits.sample(noise: noise).sigmoid())
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    draw(noise: noise(draws, using: &generator))!
  }

  func draw(noise: Tensor<Scalar>) -> Draw<Scalar>? {
    let odds = logits.sample(noise: noise)
    return Draw(Self.keptInside(odds.sigmoid()), at: .logOdds(odds))
  }

  // MARK: Entropy and divergence

  /// `H(logit x) + Σ E log(xᵢ(1 − xᵢ))`, in nats: `[batch…]`.
  ///
  /// The entropy of the Gaussian has a closed form. The expectations are computed by quadrature, as
  /// the mean is.
  public var entropy: Tensor<Scalar> {
    let logJacobian = gaussianExpectation(
      of: .logSlope, mean: logits.mean, variance: logits.variance)
    return logits.entropy + logJacobian.sum(axis: -1)
  }

  /// The exact `KL(self ‖ other)` in nats: `[batch…]`. It equals that of the Gaussians, since both are
  /// transformed by the same map.
  public func klDivergence(from other: LogitNormal) -> Tensor<Scalar> {
    logits.klDivergence(from: other.logits)
  }

  /// `log x` and `log(1 − x)` of clamped values.
  private static func logarithms(
    of value: Tensor<Scalar>
  ) -> (Tensor<Scalar>, Tensor<Scalar>) {
    let inside = keptInside(value)
    return (inside.log(), (-inside).log1p())
  }

  /// The smallest and the largest value, NaN if any value is NaN; 0 and 1 if there are no values.
  private static func range(of value: Tensor<Scalar>) -> (low: Scalar, high: Scalar) {
    guard value.count > 0 else { return (0, 1) }
    let all = value.detached.reshaped(to: [value.count])
    return (all.min(axis: 0).scalar, all.max(axis: 0).scalar)
  }

  private static func keptInside(_ value: Tensor<Scalar>) -> Tensor<Scalar> {
    value.clamped(to: margin...(1 - margin))
  }
}
