import Tensors

/// A probability distribution of vectors, or a batch of distributions.
///
/// Parameters have the shape `[batch…, event]`. The last axis is the event, a vector whose elements
/// have a joint distribution. The other axes are a batch of distributions. Values may have
/// additional first axes for samples: `[draws…, batch…, event]`.
public protocol Distribution<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// The shape of the batch, `[]` for a single distribution.
  var batchShape: Shape { get }

  /// The number of variables, that is, the length of a value.
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
  /// The value for standard normal noise of shape `[draws…, batch…, event]`.
  ///
  /// Gradients flow to the parameters and to the noise. The same noise gives the same value, and
  /// negated noise gives the antithetic value. Zero noise gives the median of each element, which
  /// is the mean for a Gaussian.
  func sample(noise: Tensor<Scalar>) -> Tensor<Scalar>

  /// The differential entropy in nats, `[batch…]`.
  var entropy: Tensor<Scalar> { get }

  /// The exact `KL(self ‖ other)` in nats, `[batch…]`; `nil` if there is no closed form, which is
  /// the default.
  func divergence(from other: any ReparameterizedDistribution<Scalar>) -> Tensor<Scalar>?
}

/// The exact `KL(q ‖ p)` in nats: `[batch…]`.
///
/// It is available for normals, Gaussian graphical models with any structures, logit-normals, and
/// other types that implement `divergence(from:)`. For other pairs there is no closed form, and the
/// program stops; `sampledDivergences` estimates the divergences of nets.
public func klDivergence<Scalar>(
  _ q: any ReparameterizedDistribution<Scalar>, _ p: any ReparameterizedDistribution<Scalar>
) -> Tensor<Scalar> {
  guard let divergence = q.divergence(from: p) else {
    stop("no exact KL of \(type(of: q)) and \(type(of: p)) is known; use a sampled one")
  }
  return divergence
}

extension ReparameterizedDistribution {
  /// `nil`: no closed form is known.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? { nil }

  /// A sample of each distribution of the batch: `[batch…, event]`.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    sample(noise: .normal(batchShape + [dimension], using: &generator))
  }

  /// Independent samples: `[count, batch…, event]`.
  public func sample(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    require(count > 0, "the number of draws is \(count), which is not positive")
    return sample(noise: .normal([count] + batchShape + [dimension], using: &generator))
  }
}

/// `log 2π`.
let logTwoPi = 1.837877066409345483560659472811

/// Stops the program if the shape of a value does not match a distribution.
func requireFit<Scalar>(
  _ value: Tensor<Scalar>, batch: Shape, dimension: Int, name: String
) {
  let shape = batch + [dimension]
  require(
    value.rank >= shape.rank && value.shape.last(shape.rank) == shape,
    "a \(name) of batch \(batch) and dimension \(dimension) got a value of shape \(value.shape); "
      + "it takes [draws…] + \(shape)")
}
