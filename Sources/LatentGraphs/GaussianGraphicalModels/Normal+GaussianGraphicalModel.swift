import Tensors

extension Normal {
  /// The exact divergence from a `Normal` or a Gaussian graphical model; `nil` for other
  /// distributions.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    if let other = other as? Normal { return klDivergence(from: other) }
    return (other as? GaussianGraphicalModel<Scalar>).map { klDivergence(from: $0) }
  }

  /// The exact `KL(self ‖ other)` from a Gaussian graphical model, in nats: `[batch…]`.
  public func klDivergence(from other: GaussianGraphicalModel<Scalar>) -> Tensor<Scalar> {
    graphicalModel.klDivergence(from: other)
  }

  /// The same distribution as a Gaussian graphical model without edges.
  public var graphicalModel: GaussianGraphicalModel<Scalar> {
    GaussianGraphicalModel(
      mean: mean, precision: DiagonalPrecision(logFactor: -logStandardDeviation))
  }
}
