import Tensors

/// Data with an element that is infinite or NaN.
public struct NonFiniteData: DescribedError, Equatable {
  /// The observation's index from 0.
  public let row: Int
  /// The element's index from 0.
  public let column: Int
  /// The element.
  public let value: Double

  /// The first bad element of a batch, whose rows have these indices in the data, or their own; `nil`
  /// where all are finite.
  package init?<Scalar>(in x: Tensor<Scalar>, rows: [Int]?) {
    guard !x.isFinite, let place = x.withScalars({ $0.firstIndex { !$0.isFinite } }) else {
      return nil
    }
    let row = place / x.shape[1]
    self.row = rows?[row] ?? row
    column = place % x.shape[1]
    value = Double(x.scalars[place])
  }

  /// Where the element stands, and what to do.
  public var description: String {
    "the data have the element \(value) in row \(row), column \(column); "
      + "leave the row out or fill the element in"
  }
}
