import LatentGraphs
import Tensors

/// The result of learning a Gaussian graphical model over an undirected graph.
public struct UndirectedStructureFit<Scalar: TensorScalar>: Sendable {
  /// The means of the variables, `[k]`.
  public let mean: Tensor<Scalar>
  /// The precision `P`, `[k, k]`. It is symmetric, positive definite, and zero where the graph has
  /// no edge.
  public let precision: Tensor<Scalar>
  /// The covariance `P⁻¹` of the model, `[k, k]`.
  public let covariance: Tensor<Scalar>
  /// The graph. For the graphical lasso, its edges are those with a nonzero element of the
  /// precision. For `RestrictedMaximumLikelihood`, it is the given graph.
  public let graph: UndirectedGraph
  /// The minimized objective at `precision`: `−log|P| + tr(S P)`, with the empirical covariance
  /// `S`, plus the penalty. Without the penalty, this value plus `k log 2π` is minus twice the mean
  /// log-likelihood of an observation, in nats.
  public let objective: Double
  /// An upper bound of the difference between the objective and its minimum.
  public let dualityGap: Double
  /// The number of steps of Newton's method. If components are solved separately, it is the largest
  /// of their numbers of steps.
  public let steps: Int

  /// The learned distribution, in the cheapest structure for its graph.
  /// - Throws: `NotPositiveDefinite` if the precision is not positive definite after rounding to
  ///   `Scalar`.
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
  /// Whether all values and the graph are equal.
  public static func == (a: Self, b: Self) -> Bool {
    a.graph == b.graph && a.objective == b.objective && a.dualityGap == b.dualityGap
      && a.steps == b.steps && a.mean.scalars == b.mean.scalars
      && a.precision.scalars == b.precision.scalars && a.covariance.scalars == b.covariance.scalars
  }
}

extension UndirectedStructureFit<Double> {
  /// The same fit with another mean.
  func with(mean: Tensor<Double>) -> UndirectedStructureFit<Double> {
    UndirectedStructureFit<Double>(
      mean: mean, precision: precision, covariance: covariance, graph: graph, objective: objective,
      dualityGap: dualityGap, steps: steps)
  }

  /// The same fit in another scalar type.
  /// - Throws: `UndirectedStructureError.unitOutOfRange` if a variance or its inverse overflows or
  ///   underflows.
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
