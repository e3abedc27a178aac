import Tensors

/// A probability distribution of vectors, or a batch of them.
///
/// Parameters have the shape `[batch…, event]`: the last axis is the event, a vector whose elements
/// are described together, and the axes before it are a batch of distributions. Values may have
/// further axes in front, those of draws: `[draws…, batch…, event]`.
public protocol Distribution<Scalar>: Sendable {
  /// The type of its numbers.
  associatedtype Scalar: TensorScalar

  /// The shape of the batch, `[]` for a single distribution.
  var batchShape: Shape { get }

  /// The length of a value.
  var dimension: Int { get }

  /// The means, `[batch…, event]`.
  var mean: Tensor<Scalar> { get }

  /// The log-density of values, in nats: `[draws…, batch…, event]` to `[draws…, batch…]`.
  ///
  /// For a discrete distribution it is the log-probability.
  func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar>
}

/// A distribution whose samples are a differentiable function of its parameters and of noise
/// (Kingma and Welling, 2014; Rezende et al., 2014).
public protocol ReparameterizedDistribution<Scalar>: Distribution {
  /// The value that standard normal noise of shape `[draws…, batch…, event]` is mapped to.
  ///
  /// Gradients flow to the parameters and to the noise. The same noise gives the same value, its
  /// negative the antithetic one, and zeros give the median of each element, of a Gaussian the mean.
  func sample(noise: Tensor<Scalar>) -> Tensor<Scalar>

  /// The differential entropy in nats, `[batch…]`.
  var entropy: Tensor<Scalar> { get }

  /// `KL(self ‖ other)` in nats, exact; `nil`, as by default, where there is no closed form.
  func divergence(from other: any ReparameterizedDistribution<Scalar>) -> Tensor<Scalar>?
}

/// `KL(q ‖ p)` in nats, exact: `[batch…]`.
///
/// The two are normals or Gaussian graphical models of any structures, or of a kind of one's own that
/// says how (`divergence(from:)`). For others there is no closed form, and the caller, who can ask
/// for an estimate by name, is stopped.
public func klDivergence<Scalar>(
  _ q: any ReparameterizedDistribution<Scalar>, _ p: any ReparameterizedDistribution<Scalar>
) -> Tensor<Scalar> {
  guard let divergence = q.divergence(from: p) else {
    stop("no exact KL of \(type(of: q)) and \(type(of: p)) is known; ask for a sampled one")
  }
  return divergence
}

extension ReparameterizedDistribution {
  /// `nil`: no closed form is known.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? { nil }

  /// One draw of each distribution of the batch: `[batch…, event]`.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    sample(noise: .normal(batchShape + [dimension], using: &generator))
  }

  /// Several independent draws: `[count, batch…, event]`.
  public func sample(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    require(count > 0, "\(count) draws were asked for")
    return sample(noise: .normal([count] + batchShape + [dimension], using: &generator))
  }
}

/// `log 2π`.
let logTwoPi = 1.837877066409345483560659472811

/// Stops where a value does not fit a distribution.
func requireFit<Scalar>(
  _ value: Tensor<Scalar>, batch: Shape, dimension: Int, name: String
) {
  let shape = batch + [dimension]
  require(
    value.rank >= shape.rank && value.shape.last(shape.rank) == shape,
    "a \(name) of batch \(batch) and dimension \(dimension) got a value of shape \(value.shape); "
      + "it takes [draws…] + \(shape)")
}
