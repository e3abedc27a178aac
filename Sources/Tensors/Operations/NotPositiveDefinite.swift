/// The error for a matrix that is not positive definite, or so ill-conditioned that its inverse has
/// no correct digit in its scalar type.
public struct NotPositiveDefinite: DescribedError {
  /// The row of the pivot, counted from 0; for a precision matrix, the variable. For a matrix that
  /// is not positive definite it is the first row whose pivot is not positive and finite. For an
  /// ill-conditioned matrix it is the row whose pivot is smallest relative to its diagonal element.
  public let pivot: Int
  /// The index of the matrix in its batch, in row-major order.
  public let matrix: Int
  /// The value of the pivot: the diagonal element minus what the elimination of the rows before it
  /// subtracts. NaN where it is not known.
  public let value: Double
  /// Why an ill-conditioned matrix was refused; `nil` for a matrix that is not positive definite.
  public let condition: Condition?

  /// A condition number beyond the limit of a scalar type.
  public struct Condition: Sendable, Equatable {
    /// An estimate of the condition number of the matrix when it is scaled to a unit diagonal.
    public let estimate: Double
    /// The condition number from which on no digit is correct in this scalar type.
    public let limit: Double
    /// The diagonal element of the pivot's row.
    public let element: Double
    /// The name of the scalar type.
    public let typeName: String

    /// The condition of a refused matrix.
    public init(estimate: Double, limit: Double, element: Double, typeName: String) {
      (self.estimate, self.limit) = (estimate, limit)
      (self.element, self.typeName) = (element, typeName)
    }
  }

  /// An error for the matrix at index `matrix` of a batch.
  public init(pivot: Int, matrix: Int = 0, value: Double = .nan, condition: Condition? = nil) {
    (self.pivot, self.matrix) = (pivot, matrix)
    (self.value, self.condition) = (value, condition)
  }

  /// Which matrix and row failed, and what may help.
  public var description: String {
    guard let condition else {
      return "matrix \(matrix) of the batch is not positive definite: the pivot of row \(pivot) is "
        + problem
    }
    let wider =
      condition.typeName == "Double" ? "rescale or reduce the model" : "compute it in Double"
    return "matrix \(matrix) of the batch is too ill-conditioned for \(condition.typeName): its "
      + "condition number, when scaled to a unit diagonal, is about \(condition.estimate), and from "
      + "\(condition.limit) on no digit of its inverse is correct. The smallest pivot, in row "
      + "\(pivot), is \(value), where the diagonal is \(condition.element). Add to the diagonal, fix "
      + "the value of variable \(pivot), or \(wider)"
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
