import LatentGraphs
import Tensors

/// What was learned of a Gaussian graphical model over an undirected graph.
public struct UndirectedStructureFit<Scalar: TensorScalar>: Sendable {
  /// The means of the variables, `[k]`.
  public let mean: Tensor<Scalar>
  /// The precision `P`, `[k, k]`: symmetric, positive definite, and zero wherever the graph has no
  /// edge.
  public let precision: Tensor<Scalar>
  /// The covariance `P⁻¹` of the model, `[k, k]`.
  public let covariance: Tensor<Scalar>
  /// The edges: for the graphical lasso those whose element of the precision is not zero, else
  /// those that were given.
  public let graph: UndirectedGraph
  /// What was minimized, at `precision`: `−log|P| + tr(S P)` with the empirical covariance `S`, and
  /// the penalty. Without the penalty, plus `k log 2π`, it is minus twice the mean log-likelihood
  /// of an observation, in nats.
  public let objective: Double
  /// By how much, at most, the objective exceeds its minimum.
  public let dualityGap: Double
  /// How many steps of Newton's method it took; of components that are solved by themselves, the
  /// slowest one's.
  public let steps: Int

  /// The learned distribution, in the cheapest structure for its graph.
  /// - Throws: `NotPositiveDefinite` where rounding to `Scalar` made the precision so.
  /// - Complexity: that of factoring a precision on the graph.
  public func model() throws -> GaussianGraphicalModel<Scalar> {
    let k = graph.dimension
    let all = precision.reshaped(to: [k * k])
    let elements = try SymmetricElements(
      graph: graph, diagonal: precision.diagonal(),
      offDiagonal: all.gathered(at: graph.edges.map { $0.first * k + $0.second }))
    return GaussianGraphicalModel(mean: mean, precision: try cheapestPrecision(of: elements))
  }
}

extension UndirectedStructureFit {
  /// The same in another precision, with a mean.
  func converted<Other>(mean: Tensor<Double>) -> UndirectedStructureFit<Other> {
    UndirectedStructureFit<Other>(
      mean: mean.converted(), precision: precision.converted(), covariance: covariance.converted(),
      graph: graph, objective: objective, dualityGap: dualityGap, steps: steps)
  }
}
