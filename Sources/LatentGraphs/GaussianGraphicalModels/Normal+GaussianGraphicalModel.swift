import Tensors

extension Normal {
  /// The exact divergence from a `Normal` or a Gaussian graphical model; `nil` for other
  /// distributions.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? {
    if let other = other as? Normal { return klDivergence(self, other) }
    return graphicalModel.divergence(from: other)
  }

  /// The same distribution as a Gaussian graphical model without edges.
  public var graphicalModel: GaussianGraphicalModel<Scalar> {
    GaussianGraphicalModel(mean: mean, precision: DiagonalPrecision(logFactor: -logDeviation))
  }
}
