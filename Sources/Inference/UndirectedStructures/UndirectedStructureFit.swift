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

extension UndirectedStructureFit: Equatable {
  /// Whether all numbers and the graph are equal.
  public static func == (a: Self, b: Self) -> Bool {
    a.graph == b.graph && a.objective == b.objective && a.dualityGap == b.dualityGap
      && a.steps == b.steps && a.mean.scalars == b.mean.scalars
      && a.precision.scalars == b.precision.scalars && a.covariance.scalars == b.covariance.scalars
  }
}

extension UndirectedStructureFit<Double> {
  /// The same with a mean.
  func with(mean: Tensor<Double>) -> UndirectedStructureFit<Double> {
    UndirectedStructureFit<Double>(
      mean: mean, precision: precision, covariance: covariance, graph: graph, objective: objective,
      dualityGap: dualityGap, steps: steps)
  }

  /// The same in another type of number.
  /// - Throws: `UndirectedStructureError.unitOutOfRange` where its range does not hold a variance or
  ///   its inverse.
  func converted<Other>() throws -> UndirectedStructureFit<Other> {
    let fit = UndirectedStructureFit<Other>(
      mean: mean.converted(), precision: precision.converted(), covariance: covariance.converted(),
      graph: graph, objective: objective, dualityGap: dualityGap, steps: steps)
    for matrix in [fit.precision, fit.covariance] {
      if let place = matrix.diagonal().scalars.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
        throw UndirectedStructureError.unitOutOfRange(
          variable: place, variance: covariance[place, place])
      }
    }
    return fit
  }
}
