import LatentGraphs
import Tensors

/// Maximum likelihood on a given graph: the minimum of `−log|P| + tr(S P)` over the precisions that
/// are zero wherever the graph has no edge (Dempster, 1972; Hastie, Tibshirani & Friedman, *The
/// Elements of Statistical Learning*, 17.3.1).
///
/// The covariance of the result is the empirical one on the diagonal and on the edges. It is the
/// relaxed form of the graphical lasso: on the graph that this one learned, it estimates without
/// its shrinking. The likelihood has a maximum where there are more observations than variables,
/// and often with fewer: more than the size of the largest clique of a chordal graph that contains
/// this one. Constant variables, and collinear ones that the graph joins with each other, are refused
/// by their names. Where the graph joins variables that are nearly collinear, with a residual of some 10⁻⁴
/// of their deviation or less, the second derivatives are singular in double, and `notConverged` has the
/// best fit; a complete graph is solved exactly. Only the elements of the covariance on the diagonal and
/// on edges count, and are checked; on a complete graph a negative variance of a combination is refused too.
///
/// Components of the graph are solved by themselves, by Newton's method with directions by
/// conjugate gradients (Dahl, Vandenberghe & Roychowdhury, 2008), or by a factorization of the second
/// derivatives where these do not converge, in `Double`.
/// - Complexity: `O(n³)` for each step and `O(E·n)` for each of conjugate gradients, of components
///   of `n` variables and `E` edges; some ten steps.
public struct RestrictedMaximumLikelihood: UndirectedStructureLearning {
  /// The graph whose edges may have elements of the precision that are not zero.
  public var graph: UndirectedGraph
  /// The duality gap at which a fit is good enough, in twice the nats of one observation.
  public var tolerance: Double {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }
  /// The most steps of Newton's method.
  public var maximumSteps: Int {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }

  /// Maximum likelihood on this graph.
  public init(graph: UndirectedGraph, tolerance: Double = 1e-6, maximumSteps: Int = 100) {
    requireLimits(tolerance: tolerance, maximumSteps: maximumSteps)
    self.graph = graph
    self.tolerance = tolerance
    self.maximumSteps = maximumSteps
  }

  /// The model of variables with this empirical covariance, `[k, k]`, and a mean of zeros.
  /// - Parameter precision: where to start; elements off the graph do not count. `nil` for
  ///   independent variables.
  /// - Throws: `UndirectedStructureError`.
  public func fit<Scalar>(
    covariance: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>?
  ) throws -> UndirectedStructureFit<Scalar> {
    require(
      covariance.rank == 2 && covariance.shape[0] == graph.dimension,
      "a covariance of shape \(covariance.shape) for a graph of \(graph.dimension) variables")
    return try SparsePrecisionProblem(
      covariance: covariance, constraint: .graph(graph), tolerance: tolerance,
      maximumSteps: maximumSteps, start: precision
    ).solved()
  }
}
