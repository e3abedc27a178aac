import Tensors

/// A model whose evidence and posterior are known exactly, such as a `LinearGaussianModel`.
public protocol ExactlyInferable<Scalar>: LatentVariableModel {
  /// `log p(x)` and `KL(p(z|x) ‖ p(z))` of observations `[batch, pixels]`, differentiable in the
  /// model's parameters.
  /// - Throws: `NotPositiveDefinite` where parameters leave no Gaussian;
  ///   `GraphicalModelError.evidenceNotFinite` where an observation has a number that is not finite.
  func exactEvidence(of x: Tensor<Scalar>) throws -> ExactEvidence<Scalar>
}

/// What exact inference knows of observations, in nats.
public struct ExactEvidence<Scalar: TensorScalar> {
  /// `log p(x)`, `[batch]`.
  public let logDensity: Tensor<Scalar>
  private let divergence: () -> Tensor<Scalar>

  /// These values, of which the divergence is computed when it is read.
  public init(
    logDensity: Tensor<Scalar>, klDivergence: @autoclosure @escaping () -> Tensor<Scalar>
  ) {
    self.logDensity = logDensity
    divergence = klDivergence
  }

  /// `KL(p(z|x) ‖ p(z))`, `[batch]`, computed anew whenever it is read.
  public var klDivergence: Tensor<Scalar> { divergence() }
}
