import Tensors

/// Independent normal variables: `N(mean, diag(deviation²))`.
///
/// Parameters: `mean` and `logDeviation`, of shape `[batch…, event]`. Support: all vectors.
public struct Normal<Scalar: TensorScalar>: ReparameterizedDistribution {
  /// The means, `[batch…, event]`.
  public let mean: Tensor<Scalar>
  /// The logarithms of the standard deviations, `[batch…, event]`.
  public let logDeviation: Tensor<Scalar>

  /// The distribution with these means and log-deviations, whose shapes broadcast to each other.
  public init(mean: Tensor<Scalar>, logDeviation: Tensor<Scalar>) {
    guard let shape = mean.shape.broadcast(with: logDeviation.shape), shape.rank > 0 else {
      stop("a normal got a mean of shape \(mean.shape), log-deviations \(logDeviation.shape)")
    }
    self.mean = mean.broadcast(to: shape)
    self.logDeviation = logDeviation.broadcast(to: shape)
  }

  /// The distribution with these means and log-variances.
  public init(mean: Tensor<Scalar>, logVariance: Tensor<Scalar>) {
    self.init(mean: mean, logDeviation: 0.5 * logVariance)
  }

  /// `N(0, I)`.
  public static func standard(_ dimension: Int) -> Normal {
    Normal(mean: .zeros([dimension]), logDeviation: .zeros([dimension]))
  }

  /// The shape of the batch.
  public var batchShape: Shape { mean.shape.droppingLast() }

  /// The length of a value.
  public var dimension: Int { mean.shape[-1] }

  /// The standard deviations, `[batch…, event]`.
  public var deviation: Tensor<Scalar> { logDeviation.exp() }

  /// The variances, `[batch…, event]`.
  public var variance: Tensor<Scalar> { (2 * logDeviation).exp() }

  /// `−½ Σ [log 2π + 2·log σ + ((x − μ)/σ)²]`, in nats.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "normal")
    let scaled = (value - mean) * (-logDeviation).exp()
    let quadratic = scaled.squared().sum(axis: -1)
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    return -0.5 * quadratic - logDeviation.sum(axis: -1) - constant
  }

  /// `μ + σ ε`.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "normal")
    return mean + deviation * noise
  }

  /// `Σ [½(1 + log 2π) + log σ]`, in nats.
  public var entropy: Tensor<Scalar> {
    logDeviation.sum(axis: -1) + Scalar(0.5 * (1 + logTwoPi) * Double(dimension))
  }
}

/// `KL(q ‖ p)` of independent normals in nats, exact: `[batch…]`, the batches broadcast.
public func klDivergence<Scalar>(_ q: Normal<Scalar>, _ p: Normal<Scalar>) -> Tensor<Scalar> {
  require(
    q.dimension == p.dimension, "a KL of dimensions \(q.dimension) and \(p.dimension)")
  let logRatio = q.logDeviation - p.logDeviation
  let distance = (q.mean - p.mean) * (-p.logDeviation).exp()
  return (0.5 * ((2 * logRatio).expm1() + distance.squared()) - logRatio).sum(axis: -1)
}
