import Tensors

/// What data can make wrong with the learning of an undirected structure.
public enum UndirectedStructureError: DescribedError, Equatable {
  /// There are fewer than two observations.
  case tooFewObservations(Int)
  /// An element of the covariance, or of the precision to start from, is infinite or NaN.
  case notFinite(row: Int, column: Int)
  /// The covariance, or the precision to start from, is not symmetric.
  case notSymmetric(row: Int, column: Int, element: Double, mirrored: Double)
  /// A variable has a variance that is not positive, or is constant but for rounding: variance 0.
  case varianceNotPositive(variable: Int, variance: Double)
  /// A variable has a variance whose inverse is beyond the range of the numbers that are asked for,
  /// or observations whose variance is: 0 or infinite.
  case unitOutOfRange(variable: Int, variance: Double)
  /// Two variables correlate by more than one, beyond rounding.
  case correlationAboveOne(row: Int, column: Int, correlation: Double)
  /// A linear combination of these variables has a negative variance, beyond rounding.
  case covarianceIndefinite(variables: [Int])
  /// A linear combination of these variables has no variance but for rounding, and edges among them
  /// are free of charge: the likelihood has no maximum.
  case covarianceNotPositiveDefinite(variables: [Int])
  /// A linear combination of these variables has no variance but for rounding, and the penalty is too
  /// small to make up for it; with `least` the second derivatives have a factorization in double.
  case penaltyTooSmall(penalty: Double, least: Double, variables: [Int])
  /// The precision to start from is not positive definite on the graph.
  case startNotPositiveDefinite(variable: Int)
  /// The duality gap did not come down to the tolerance; with the best fit that was reached, whose
  /// precision is positive definite, with its gap and steps.
  case notConverged(best: UndirectedStructureFit<Double>, tolerance: Double)

  /// What is wrong where, and what to do.
  public var description: String {
    switch self {
    case .tooFewObservations(let count):
      "\(count) observations have no covariance; it takes two"
    case .notFinite(let row, let column):
      "the element (\(row), \(column)) of the matrix is infinite or NaN; look for missing "
        + "values in the observations"
    case .notSymmetric(let row, let column, let element, let mirrored):
      "the element (\(row), \(column)) of the matrix is \(element), but (\(column), \(row)) is "
        + "\(mirrored); a covariance or precision is symmetric"
    case .varianceNotPositive(let variable, let variance):
      "the variable \(variable) has the variance \(variance); leave out variables that are constant"
    case .unitOutOfRange(let variable, let variance):
      "the variable \(variable) has \(Self.text(ofVariance: variance)), and the inverse or the variance "
        + "is beyond the range of the numbers that are asked for; measure it in other units"
    case .correlationAboveOne(let row, let column, let correlation):
      "the variables \(row) and \(column) have the correlation \(correlation); the matrix is no "
        + "covariance, whose correlations are from −1 to 1"
    case .covarianceIndefinite(let variables):
      "a linear combination of the variables \(Self.list(variables)) has a negative variance; the "
        + "matrix is no covariance, which is positive semidefinite: compute all of its elements from "
        + "the same complete observations"
    case .covarianceNotPositiveDefinite(let variables):
      "the covariance has no inverse: a linear combination of the variables "
        + "\(Self.list(variables)) has no variance; leave one of them out, or take more "
        + "observations, a larger penalty or fewer edges"
    case .penaltyTooSmall(let penalty, let least, let variables):
      "the penalty \(penalty) is too small to be computed with: a linear combination of the variables "
        + "\(Self.list(variables)) has next to no variance; leave one of them out, or take a penalty "
        + "of \(least) or more"
    case .startNotPositiveDefinite(let variable):
      "the precision to start from is not positive definite at the variable \(variable), once it "
        + "is zero where the graph has no edge; start from nothing"
    case .notConverged(let best, let tolerance):
      "a duality gap of \(best.dualityGap) after \(best.steps) steps, where \(tolerance) was asked "
        + "for; if it is large, the likelihood may have no maximum: take more observations, a larger penalty or "
        + "fewer edges. Else allow more steps or a larger tolerance"
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
