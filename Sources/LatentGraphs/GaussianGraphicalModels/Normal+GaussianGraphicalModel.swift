import Tensors

extension Normal {
  /// The exact divergence from a normal or a Gaussian graphical model.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? {
    if let other = other as? Normal { return klDivergence(self, other) }
    return graphicalModel.divergence(from: other)
  }

  /// The same distribution as a graphical model without edges.
  public var graphicalModel: GaussianGraphicalModel<Scalar> {
    GaussianGraphicalModel(mean: mean, precision: DiagonalPrecision(logFactor: -logDeviation))
  }
}
