import Tensors

/// A probability distribution of vectors, or a batch of distributions.
///
/// Parameters have the shape `[batch…, event]`. The last axis is the event, a vector whose elements
/// have a joint distribution. The other axes are a batch of distributions. Values may have
/// additional first axes for draws: `[draws…, batch…, event]`.
///
/// Parameters that no distribution can have, such as a negative scale, stop the program where the
/// distribution is made. NaN, as the output of a diverged network, is accepted, and gives NaN.
/// ```swift
/// let delay = Gamma<Double>(concentration: Tensor([2, 5]), rate: Tensor([1, 1]))
/// let draws = delay.sample(1000, using: &generator)  // [1000, 2]
/// let density = delay.logDensity(of: draws)  // [1000]
/// ```
public protocol Distribution<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  // MARK: Parameters

  /// The shape of the batch, `[]` for a single distribution.
  var batchShape: Shape { get }

  /// The number of variables, that is, the length of a value.
  var dimension: Int { get }

  // MARK: Support

  /// The set of values whose density is not zero.
  var support: Support<Scalar> { get }

  // MARK: Moments

  /// The means, `[batch…, event]`: ∞ where the integral diverges to it, NaN where it does not
  /// exist.
  /// - Throws: `DistributionError.noClosedForm` if this type of distribution has no formula for it.
  ///   Most types have one; their property does not throw.
  var mean: Tensor<Scalar> { get throws }

  /// The variances, `[batch…, event]`: ∞ where the integral diverges to it, NaN where it does not
  /// exist.
  /// - Throws: `DistributionError.noClosedForm`, as for `mean`.
  var variance: Tensor<Scalar> { get throws }

  // MARK: Log-density

  /// The log-density of values, in nats: `[draws…, batch…, event]` to `[draws…, batch…]`; −∞ outside
  /// of the support and, for a continuous distribution, at an infinite value. The gradients are 0 there,
  /// except those of normals at an infinite value, which are infinite.
  /// NaN in the value or in a parameter gives NaN everywhere.
  ///
  /// For a discrete distribution it is the log-probability.
  func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar>

  // MARK: Sampling

  /// Independent draws, `[draws…, batch…, event]`.
  ///
  /// Gradients flow to the parameters if the distribution is a `ReparameterizedDistribution`; the
  /// draws of other distributions are constants. The same generator gives the same draws.
  func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar>

  // MARK: Entropy and divergence

  /// The entropy in nats, `[batch…]`: the differential entropy of a continuous distribution.
  /// - Throws: `DistributionError.noClosedForm`, as for `mean`.
  var entropy: Tensor<Scalar> { get throws }

  /// The exact `KL(self ‖ other)` in nats, `[batch…]`, from a distribution of any type; `nil` if
  /// there is no closed form, which is the default.
  ///
  /// Where both types are known, use `klDivergence(from:)`, which exists for the pairs with a closed
  /// form only.
  func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>?
}

extension Distribution {
  /// The shape of an event, which is a vector: `[dimension]`.
  public var eventShape: Shape { [dimension] }

  /// A draw of each distribution of the batch: `[batch…, event]`.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    sample([], using: &generator)
  }

  /// Independent draws: `[count, batch…, event]`.
  public func sample(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    require(count > 0, "the number of draws is \(count), which is not positive")
    return sample([count], using: &generator)
  }

  /// `nil`: no closed form is known.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? { nil }
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
