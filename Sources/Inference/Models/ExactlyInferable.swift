import Tensors

/// A model whose evidence `p(x)` and posterior can be computed exactly, such as a
/// `LinearGaussianModel`.
public protocol ExactlyInferable<Scalar>: LatentVariableModel {
  /// `log p(x)` and `KL(p(z|x) ‖ p(z))` of observations `[batch, variables]`, differentiable in the
  /// parameters of the model.
  /// - Throws: `NotPositiveDefinite` if the parameters do not define a Gaussian;
  ///   `GraphicalModelError.evidenceNotFinite` if an observation is not finite.
  func exactMarginal(of x: Tensor<Scalar>) throws -> ExactMarginal<Scalar>
}

/// The results of exact inference for observations, in nats.
public struct ExactMarginal<Scalar: TensorScalar> {
  /// `log p(x)`, `[batch]`.
  public let logDensity: Tensor<Scalar>
  private let divergence: () -> Tensor<Scalar>

  /// These values. The divergence is computed when it is read.
  public init(
    logDensity: Tensor<Scalar>, klDivergence: @autoclosure @escaping () -> Tensor<Scalar>
  ) {
    self.logDensity = logDensity
    divergence = klDivergence
  }

  /// `KL(p(z|x) ‖ p(z))`, `[batch]`, computed at each access.
  public var klDivergence: Tensor<Scalar> { divergence() }
}
