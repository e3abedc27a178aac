/// A matrix that is not positive definite, or so nearly singular that its type of number leaves no
/// digit of its inverse.
public struct NotPositiveDefinite: DescribedError {
  /// The index from 0 of the row, for a precision the variable, whose pivot is the first that is not
  /// positive and finite; of a matrix that is nearly singular, the one whose pivot is the smallest
  /// beside its element of the diagonal.
  public let pivot: Int
  /// The index of the matrix in its batch, in row-major order.
  public let matrix: Int
  /// The value of the pivot, what the rows before it leave of its element of the diagonal; NaN where
  /// it is not known.
  public let value: Double
  /// What a nearly singular matrix was refused for; `nil` for one that has no positive pivots.
  public let condition: Condition?

  /// A condition number that is too large for a type of number.
  public struct Condition: Sendable, Equatable {
    /// An estimate of the condition number of the matrix when it is scaled to a unit diagonal.
    public let estimate: Double
    /// From which on the type of number leaves no digit.
    public let limit: Double
    /// The element of the diagonal that the pivot is left of.
    public let element: Double
    /// The name of the type of number.
    public let typeName: String

    /// The condition of a refused matrix.
    public init(estimate: Double, limit: Double, element: Double, typeName: String) {
      (self.estimate, self.limit) = (estimate, limit)
      (self.element, self.typeName) = (element, typeName)
    }
  }

  /// For the matrix `matrix` of a batch.
  public init(pivot: Int, matrix: Int = 0, value: Double = .nan, condition: Condition? = nil) {
    (self.pivot, self.matrix) = (pivot, matrix)
    (self.value, self.condition) = (value, condition)
  }

  /// What failed where, and what may help.
  public var description: String {
    guard let condition else {
      return "matrix \(matrix) of the batch is not positive definite: the pivot of row \(pivot) is "
        + problem
    }
    let wider =
      condition.typeName == "Double" ? "rescale or reduce the model" : "compute it in Double"
    return "matrix \(matrix) of the batch is too nearly singular for \(condition.typeName): its "
      + "condition number, when it is scaled to a unit diagonal, is about \(condition.estimate), and "
      + "from \(condition.limit) on no digit of its inverse is right. The smallest pivot is that of "
      + "row \(pivot), \(value) of an element of \(condition.element). Add to its diagonal, fix the "
      + "value of variable \(pivot), or \(wider)"
  }
}

extension NotPositiveDefinite {
  /// What is wrong with the pivot, and what may help.
  fileprivate var problem: String {
    if value.isNaN {
      return
        "not positive and finite; check its values for NaN and infinities, or add to its diagonal"
    }
    if value.isInfinite {
      return "\(value), not positive and finite; check its values for infinities, or measure the "
        + "variables in other units"
    }
    return value > 0
      ? "\(value), too small to have all its digits; measure the variables in other units"
      : "\(value), not positive; correct its elements, or add to its diagonal"
  }
}

extension NotPositiveDefinite: Equatable {
  /// Whether both name the same row of the same matrix.
  public static func == (a: NotPositiveDefinite, b: NotPositiveDefinite) -> Bool {
    a.pivot == b.pivot && a.matrix == b.matrix
  }
}
