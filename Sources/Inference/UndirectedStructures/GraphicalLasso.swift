import LatentGraphs
import Tensors

/// The graphical lasso: a sparse precision by a penalty on the magnitude of its elements, the
/// minimum of `−log|P| + tr(S P) + α Σ |P_ij|` over the pairs `i ≠ j`, each counted in both orders
/// (Friedman, Hastie & Tibshirani, 2008).
///
/// The larger the penalty `α`, the fewer the edges; from the largest magnitude of a covariance on
/// there are none. It is in the units of the covariance: standardize the observations where the
/// variables have different scales. It also shrinks what it keeps; `RestrictedMaximumLikelihood` on
/// the learned graph undoes that.
/// ```swift
/// let fit = try GraphicalLasso(penalty: 0.05).fit(observations: x)
/// let refit = try RestrictedMaximumLikelihood(graph: fit.graph).fit(observations: x)
/// let density = try refit.model().logDensity(of: x)
/// ```
/// Variables that no chain of covariances above `α` in magnitude joins are independent in the
/// result (Witten, Friedman & Simon, 2011); each such component is solved by itself, by a proximal
/// Newton method on the elements that are not zero, or not optimal at zero (Hsieh et al., 2014). Every
/// step lowers the objective and leaves `P` positive definite, so that more variables than
/// observations are no obstacle, nor are collinear ones: with a positive penalty the minimum exists
/// wherever all variances are positive. A constant variable, and without a penalty collinear ones, are
/// refused by their names. So is a matrix that is no covariance: two variables that correlate by more than
/// one, or a combination of variables with a negative variance, beyond the rounding `4·(k + 8)·ε` of
/// the elements' type. It computes in `Double`, whatever the observations are, in units in which the
/// variances are near 1.
///
/// A small penalty beside collinear variables leaves a precision whose condition is about their variance
/// over the penalty, and the second derivatives have the square of that. From a penalty of `4·√(k·ε)` of
/// the variance on, 10⁻⁷ for ten variables, a minimum is found, of up to 2,000 edges, of which the second
/// derivatives are factored; a smaller one is solved to the tolerance where rounding allows it, and else
/// refused with the names of the variables and that least penalty
/// (`UndirectedStructureError.penaltyTooSmall`). Where no variables are nearly collinear, a penalty may be
/// as small as one likes.
/// - Complexity: `O(n³ + E·n)` for each step, of components of `n` variables and `E` edges; some
///   ten steps.
public struct GraphicalLasso: UndirectedStructureLearning {
  /// The penalty `α` of the magnitude of each element off the diagonal, in the units of a
  /// covariance; not negative. With 0 the precision is the covariance's inverse, and every edge is
  /// there.
  public var penalty: Double { didSet { requirePenalty(penalty) } }
  /// The duality gap at which a fit is good enough, in twice the nats of one observation: a bound on
  /// what the objective may still fall by. Other programs stop by a trace that equals it only at the
  /// minimum, and want larger numbers.
  public var tolerance: Double {
    didSet { requireLimits(tolerance: tolerance, maximumSteps: maximumSteps) }
  }
  /// The most steps of Newton's method.
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

  /// The sparse model of variables with this empirical covariance, `[k, k]`, and a mean of zeros.
  /// - Parameter precision: where to start; `nil` for independent variables.
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
    "a graphical lasso with the penalty \(penalty); it takes a finite one, not negative")
}

/// Stops where the limits of a fit make no sense.
func requireLimits(tolerance: Double, maximumSteps: Int) {
  require(
    tolerance > 0 && maximumSteps > 0,
    "a fit with the tolerance \(tolerance) in \(maximumSteps) steps; both are positive")
}
