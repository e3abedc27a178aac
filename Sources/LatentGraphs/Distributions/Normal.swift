import Tensors

/// Independent normal variables: `N(mean, diag(σ²))`.
///
/// Parameters: `moments`, of shape `[batch…, 2·event]`: the means, then the log-variances, in the
/// order in which a network computes them. Support: all vectors.
public struct Normal<Scalar: TensorScalar>: ReparameterizedDistribution {
  /// The means, then the logarithms of the variances: `[batch…, 2·event]`.
  public let moments: Tensor<Scalar>

  /// The distribution with these means and log-variances, concatenated along the last axis.
  public init(moments: Tensor<Scalar>) {
    require(
      moments.rank > 0 && moments.shape[-1] % 2 == 0,
      "a normal got moments of shape \(moments.shape); it takes [batch…, 2·k]")
    self.moments = moments
  }

  /// The distribution with these means and log-variances, whose shapes broadcast to each other.
  public init(mean: Tensor<Scalar>, logVariance: Tensor<Scalar>) {
    guard let shape = mean.shape.broadcast(with: logVariance.shape), shape.rank > 0 else {
      stop("a normal got a mean of shape \(mean.shape), a logVariance of \(logVariance.shape)")
    }
    self.init(
      moments: .concatenated(
        [mean.broadcast(to: shape), logVariance.broadcast(to: shape)], axis: -1))
  }

  /// The distribution with these means and logarithms of the standard deviations.
  public init(mean: Tensor<Scalar>, logDeviation: Tensor<Scalar>) {
    self.init(mean: mean, logVariance: 2 * logDeviation)
  }

  /// `N(0, I)`.
  public static func standard(_ dimension: Int) -> Normal {
    guard let count = product(of: 2, dimension) else {
      stop("a normal of \(dimension) variables, which is negative or cannot be counted twice")
    }
    return Normal(moments: .zeros([count]))
  }

  /// The means, `[batch…, event]`.
  public var mean: Tensor<Scalar> { moments.slice(0..<dimension, axis: -1) }

  /// The logarithms of the variances, `[batch…, event]`.
  public var logVariance: Tensor<Scalar> {
    moments.slice(dimension..<2 * dimension, axis: -1)
  }

  /// The logarithms of the standard deviations, `[batch…, event]`.
  public var logDeviation: Tensor<Scalar> { 0.5 * logVariance }

  /// The standard deviations, `[batch…, event]`.
  public var deviation: Tensor<Scalar> { logDeviation.exp() }

  /// The variances, `[batch…, event]`.
  public var variance: Tensor<Scalar> { logVariance.exp() }

  /// The shape of the batch.
  public var batchShape: Shape { moments.shape.droppingLast() }

  /// The number of variables.
  public var dimension: Int { moments.shape[-1] / 2 }

  /// `−½ Σ [log 2π + 2·log σ + ((x − μ)/σ)²]`, in nats: `[draws…, batch…]`.
  ///
  /// A value with fewer axes than the batch must have the batch's last axes. It is scored under
  /// each distribution of the leading axes.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    normalLogDensity(moments: moments, value: value)
  }

  /// `μ + σ ε`, for noise and values `[draws…, batch…, event]`.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "normal")
    return normalSample(moments: moments, noise: noise)
  }

  /// `Σ [½(1 + log 2π) + log σ]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    logDeviation.sum(axis: -1) + Scalar(0.5 * (1 + logTwoPi) * Double(dimension))
  }

  /// The normal distribution proportional to the product of this density and another: the
  /// precisions are added, and the means are averaged with the precisions as weights (He et al.,
  /// 2019, eq. 18). The batch of one must equal that of the other, or its last axes.
  public func fused(with other: Normal) -> Normal {
    Normal(moments: normalFusion(moments, other.moments))
  }
}

/// The exact `KL(q ‖ p)` of independent normals in nats: `[batch…]`. The batch of one must equal
/// that of the other, or its last axes.
public func klDivergence<Scalar>(_ q: Normal<Scalar>, _ p: Normal<Scalar>) -> Tensor<Scalar> {
  normalDivergence(q.moments, p.moments)
}
