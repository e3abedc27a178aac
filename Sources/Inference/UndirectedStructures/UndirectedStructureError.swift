import Tensors

/// What data can make wrong with the learning of an undirected structure.
public enum UndirectedStructureError: DescribedError, Equatable {
  /// There are fewer than two observations.
  case tooFewObservations(Int)
  /// An element of the covariance, or of the precision to start from, is infinite or no number.
  case notFinite(row: Int, column: Int)
  /// The covariance, or the precision to start from, is not symmetric.
  case notSymmetric(row: Int, column: Int, element: Double, mirrored: Double)
  /// A variable has a variance that is not positive.
  case varianceNotPositive(variable: Int, variance: Double)
  /// The covariance of these variables, among which every edge is free of charge, has no inverse.
  case covarianceNotPositiveDefinite(variable: Int)
  /// The precision to start from is not positive definite on the graph.
  case startNotPositiveDefinite(variable: Int)
  /// The duality gap did not come down to the tolerance.
  case notConverged(dualityGap: Double, tolerance: Double, steps: Int)

  /// What is wrong where, and what to do.
  public var description: String {
    switch self {
    case .tooFewObservations(let count):
      "\(count) observations have no covariance; it takes two"
    case .notFinite(let row, let column):
      "the element (\(row), \(column)) of the matrix is infinite or no number; look for missing "
        + "values in the observations"
    case .notSymmetric(let row, let column, let element, let mirrored):
      "the element (\(row), \(column)) of the matrix is \(element), but (\(column), \(row)) is "
        + "\(mirrored); a covariance or precision is symmetric"
    case .varianceNotPositive(let variable, let variance):
      "the variable \(variable) has the variance \(variance); leave out variables that are constant"
    case .covarianceNotPositiveDefinite(let variable):
      "the covariance has no inverse: the variable \(variable) is a linear function of those "
        + "before it; take more observations, a positive penalty or fewer edges"
    case .startNotPositiveDefinite(let variable):
      "the precision to start from is not positive definite at the variable \(variable), once it "
        + "is zero where the graph has no edge; start from nothing"
    case .notConverged(let gap, let tolerance, let steps):
      "a duality gap of \(gap) after \(steps) steps, where \(tolerance) was asked for; if it is "
        + "large, the likelihood may have no maximum: take more observations, a larger penalty or "
        + "fewer edges. Else allow more steps or a larger tolerance"
    }
  }
}
