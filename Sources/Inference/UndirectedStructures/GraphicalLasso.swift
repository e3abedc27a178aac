import LatentGraphs
import Tensors

/// The graphical lasso: a sparse precision, estimated with a penalty on the magnitude of its
/// elements. It minimizes `−log|P| + tr(S P) + α Σ |P_ij|`, with the sum over the pairs `i ≠ j` in
/// both orders (Friedman, Hastie and Tibshirani, 2008).
///
/// The larger the penalty `α`, the fewer edges the graph has. If `α` is at least the largest
/// magnitude of a covariance, there are none. The penalty has the units of a covariance;
/// standardize the observations if the variables have different scales. The penalty also shrinks
/// the remaining elements; `RestrictedMaximumLikelihood` on the learned graph estimates them
/// without shrinkage.
/// ```swift
/// let fit = try GraphicalLasso(penalty: 0.05).fit(observations: x)
/// let refit = try RestrictedMaximumLikelihood(graph: fit.graph).fit(observations: x)
/// let density = try refit.model().logDensity(of: x)
/// ```
/// Two variables are independent in the result if no path of covariances with magnitudes above `α`
/// joins them (Witten, Friedman and Simon, 2011). Each component of variables that such paths join
/// is solved separately, by a proximal Newton method on the elements that are nonzero or not
/// optimal at zero (Hsieh et al., 2014). Every step lowers the objective and keeps `P` positive
/// definite. With a positive penalty, the minimum exists if all variances are positive. There may
/// therefore be more variables than observations, and variables may be collinear.
///
/// Constant variables are refused, and collinear ones if the penalty is 0; the error names the
/// variables. A matrix that is not a covariance is also refused: two variables whose correlation
/// exceeds one, or a combination of variables with a negative variance, by more than the rounding
/// error `4·(k + 8)·ε` of the elements' type. The computation is in `Double` for all types of
/// observations, in units in which the variances are near 1.
///
/// If variables are collinear and the penalty is small, the condition number of the precision is
/// about the ratio of variance and penalty, and that of the second derivatives is the square of
/// this. If the penalty is at least `4·√(k·ε)` times the variance, which is 10⁻⁷ for ten variables,
/// a minimum with up to 2,000 edges is found, because the second derivatives can be factored. With
/// a smaller penalty, the minimum is found to the tolerance if rounding allows it. Otherwise the
/// problem is refused, and the error contains the variables and this least penalty
/// (`UndirectedStructureError.penaltyTooSmall`). If no variables are nearly collinear, the penalty
/// may be arbitrarily small.
/// - Complexity: `O(n³ + E·n)` for each step, for components with `n` variables and `E` edges;
///   about ten steps.
public struct GraphicalLasso: UndirectedStructureLearning {
  /// The penalty `α` of the magnitude of each off-diagonal element, in the units of a covariance;
  /// non-negative. With 0 the precision is the inverse of the covariance, and every edge exists.
  public var penalty: Double { didSet { requirePenalty(penalty) } }
  /// The duality gap at which the minimization stops, in twice the nats of one observation. The gap
  /// is an upper bound of the difference between the objective and its minimum. Other programs stop
  /// at a bound on a trace that equals the gap only at the minimum, and need larger tolerances.
  public var tolerance: Double {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }
  /// The maximum number of steps of Newton's method.
  public var maximumSteps: Int {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }

  /// The graphical lasso with this penalty.
  public init(penalty: Double, tolerance: Double = 1e-6, maximumSteps: Int = 100) {
    requirePenalty(penalty)
    requireLimits(tolerance: tolerance, maximumSteps: maximumSteps)
    self.penalty = penalty
    self.tolerance = tolerance
    self.maximumSteps = maximumSteps
  }

  /// The sparse model of variables with mean zero and this empirical covariance, `[k, k]`.
  /// - Parameter precision: the initial precision; `nil` for that of independent variables.
  /// - Throws: `UndirectedStructureError`.
  public func fit<Scalar>(
    covariance: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>?
  ) throws -> UndirectedStructureFit<Scalar> {
    try SparsePrecisionProblem(
      covariance: covariance, constraint: .penalty(penalty), tolerance: tolerance,
      maximumSteps: maximumSteps, start: precision
    ).solved()
  }
}

private func requirePenalty(_ penalty: Double) {
  require(
    penalty >= 0 && penalty.isFinite,
    "a graphical lasso got the penalty \(penalty), which must be finite and not negative")
}

/// Stops the program if the tolerance or the maximum number of steps is not positive.
func requireLimits(tolerance: Double, maximumSteps: Int) {
  require(
    tolerance > 0 && maximumSteps > 0,
    "a fit got the tolerance \(tolerance) and \(maximumSteps) steps; both must be positive")
}
