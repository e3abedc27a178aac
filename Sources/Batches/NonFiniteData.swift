import Tensors

/// The error of data with an element that is NaN or infinite.
public struct NonFiniteData: DescribedError, Equatable {
  /// The index of the observation, from 0.
  public let row: Int
  /// The index of the element, from 0.
  public let column: Int
  /// The element.
  public let value: Double

  /// The first element of a batch that is not finite; `nil` if there is none. `rows` are the
  /// indices of the batch's rows in the data, by default their indices in the batch.
  package init?<Scalar>(in x: Tensor<Scalar>, rows: [Int]?) {
    guard !x.isFinite, let place = x.withScalars({ $0.firstIndex { !$0.isFinite } }) else {
      return nil
    }
    let row = place / x.shape[1]
    self.row = rows?[row] ?? row
    column = place % x.shape[1]
    value = Double(x.scalars[place])
  }

  /// The place of the element, and how to correct the data.
  public var description: String {
    "the data have the element \(value) in row \(row), column \(column); "
      + "remove the row or replace the element"
  }
}
