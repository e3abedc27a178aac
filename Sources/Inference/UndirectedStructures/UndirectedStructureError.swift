import Tensors

/// An error that data can cause in learning an undirected structure.
public enum UndirectedStructureError: DescribedError, Equatable {
  /// There are fewer than two observations.
  case tooFewObservations(Int)
  /// An element of the covariance, or of the initial precision, is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// The covariance, or the initial precision, is not symmetric.
  case notSymmetric(row: Int, column: Int, element: Double, mirrored: Double)
  /// A variance is not positive. It is 0 for a variable that is constant up to rounding.
  case varianceNotPositive(variable: Int, variance: Double)
  /// The inverse of a variance overflows or underflows in the requested scalar type, or the
  /// variance of the observations does; it is then 0 or infinite.
  case unitOutOfRange(variable: Int, variance: Double)
  /// The correlation of two variables exceeds one by more than rounding.
  case correlationAboveOne(row: Int, column: Int, correlation: Double)
  /// A linear combination of these variables has a negative variance, by more than rounding.
  case covarianceIndefinite(variables: [Int])
  /// A linear combination of these variables is constant up to rounding, and edges among them have
  /// no penalty, so that the likelihood has no maximum.
  case covarianceNotPositiveDefinite(variables: [Int])
  /// A linear combination of these variables is constant up to rounding, and the penalty is too
  /// small. With the penalty `least`, the second derivatives can be factored in double precision.
  case penaltyTooSmall(penalty: Double, least: Double, variables: [Int])
  /// The initial precision is not positive definite on the graph.
  case startNotPositiveDefinite(variable: Int)
  /// The duality gap did not reach the tolerance. `best` is the best fit, with its gap and its
  /// number of steps; its precision is positive definite.
  case notConverged(best: UndirectedStructureFit<Double>, tolerance: Double)

  /// A description of the error, where it is and what to do.
  public var description: String {
    switch self {
    case .tooFewObservations(let count):
      "\(count) observations have no covariance; at least two are needed"
    case .notFinite(let row, let column):
      "the element (\(row), \(column)) of the matrix is infinite or NaN; check for missing "
        + "values in the observations"
    case .notSymmetric(let row, let column, let element, let mirrored):
      "the element (\(row), \(column)) of the matrix is \(element), but (\(column), \(row)) is "
        + "\(mirrored); a covariance or precision must be symmetric"
    case .varianceNotPositive(let variable, let variance):
      "the variable \(variable) has the variance \(variance); remove variables that are constant"
    case .unitOutOfRange(let variable, let variance):
      "the variable \(variable) has \(Self.text(ofVariance: variance)), and it or its inverse "
        + "overflows or underflows in the requested scalar type; change its units"
    case .correlationAboveOne(let row, let column, let correlation):
      "the variables \(row) and \(column) have the correlation \(correlation); the matrix is not a "
        + "covariance, whose correlations are between −1 and 1"
    case .covarianceIndefinite(let variables):
      "a linear combination of the variables \(Self.list(variables)) has a negative variance; the "
        + "matrix is not a covariance, which is positive semidefinite; compute all of its elements "
        + "from the same complete observations"
    case .covarianceNotPositiveDefinite(let variables):
      "the covariance has no inverse: a linear combination of the variables "
        + "\(Self.list(variables)) has no variance; remove one of them, or use more "
        + "observations, a larger penalty or fewer edges"
    case .penaltyTooSmall(let penalty, let least, let variables):
      "the penalty \(penalty) is too small: a linear combination of the variables "
        + "\(Self.list(variables)) has almost no variance; remove one of them, or use a penalty "
        + "of \(least) or more"
    case .startNotPositiveDefinite(let variable):
      "the initial precision is not positive definite at the variable \(variable), after it "
        + "was set to zero where the graph has no edge; use no initial precision"
    case .notConverged(let best, let tolerance):
      "the duality gap is \(best.dualityGap) after \(best.steps) steps, above the tolerance of "
        + "\(tolerance); if it is large, the likelihood may have no maximum: use more "
        + "observations, a larger penalty or fewer edges; otherwise allow more steps or a larger "
        + "tolerance"
    }
  }

  private static func text(ofVariance variance: Double) -> String {
    switch variance {
    case .infinity: "a variance above \(Double.greatestFiniteMagnitude)"
    case 0: "a variance below \(Double.leastNormalMagnitude)"
    default: "the variance \(variance)"
    }
  }

  private static func list(_ variables: [Int]) -> String {
    variables.prefix(8).map { "\($0)" }.joined(separator: ", ")
      + (variables.count > 8 ? " and \(variables.count - 8) more" : "")
  }
}
