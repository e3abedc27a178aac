import LatentGraphs
import Tensors

/// Maximum likelihood on a given graph: minimizes `−log|P| + tr(S P)` over the precisions that are
/// zero where the graph has no edge (Dempster, 1972; Hastie, Tibshirani and Friedman, *The Elements
/// of Statistical Learning*, section 17.3.1).
///
/// On the diagonal and on the edges, the covariance of the result equals the empirical covariance.
/// On a graph that was learned by the graphical lasso, this estimates the precision without
/// shrinkage (the relaxed graphical lasso).
///
/// The likelihood has a maximum if there are more observations than variables, and often for fewer
/// observations: more than the size of the largest clique of a chordal graph that contains this
/// graph. Constant variables are refused, and so are collinear variables that the graph joins with
/// each other; the error names the variables. If the graph joins variables that are nearly
/// collinear, with a residual of about 10⁻⁴ of their standard deviation or less, the second
/// derivatives are singular in double precision, and the error `notConverged` contains the best
/// fit. A complete graph is solved exactly. Only the elements of the covariance on the diagonal and
/// on edges are used and checked. On a complete graph, a combination of variables with a negative
/// variance is refused too.
///
/// Components of the graph are solved separately in `Double` by Newton's method. The directions are
/// computed by conjugate gradients (Dahl, Vandenberghe and Roychowdhury, 2008), or by a
/// factorization of the second derivatives if these do not converge.
/// - Complexity: `O(n³)` for each step and `O(E·n)` for each step of conjugate gradients, for
///   components with `n` variables and `E` edges; about ten steps.
public struct RestrictedMaximumLikelihood: UndirectedStructureLearning {
  /// The graph on whose edges the precision may be nonzero.
  public var graph: UndirectedGraph
  /// The duality gap at which the minimization stops, in twice the nats of one observation.
  public var tolerance: Double {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }
  /// The maximum number of steps of Newton's method.
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

  /// The model of variables with mean zero and this empirical covariance, `[k, k]`.
  /// - Parameter precision: the initial precision, whose elements off the graph are ignored; `nil`
  ///   for that of independent variables.
  /// - Throws: `UndirectedStructureError`.
  public func fit<Scalar>(
    covariance: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>?
  ) throws -> UndirectedStructureFit<Scalar> {
    require(
      covariance.rank == 2 && covariance.shape[0] == graph.dimension,
      "a graph of \(graph.dimension) variables got a covariance of shape \(covariance.shape)")
    return try SparsePrecisionProblem(
      covariance: covariance, constraint: .graph(graph), tolerance: tolerance,
      maximumSteps: maximumSteps, start: precision
    ).solved()
  }
}
