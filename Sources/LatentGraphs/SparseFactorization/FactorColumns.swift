import Tensors

/// A column of the factor `L` of a precision: a variable, and the variables that are eliminated
/// after it and have an element in its column. From `Lᵀ(z − μ) = ε` follows the distribution of the
/// variable given these others.
public struct FactorColumn<Scalar: TensorScalar>: Sendable {
  /// The variable of the column.
  public let variable: Int
  /// Its element on the diagonal of `L`.
  public let diagonal: Scalar
  /// The variables below the diagonal, in elimination order.
  public let others: [Int]
  /// Their elements of the column.
  public let values: [Scalar]

  /// A column with the element of its variable and those of others.
  public init(variable: Int, diagonal: Scalar, others: [Int], values: [Scalar]) {
    require(
      others.count == values.count,
      "a column of a factor got \(others.count) variables and \(values.count) values")
    (self.variable, self.diagonal) = (variable, diagonal)
    (self.others, self.values) = (others, values)
  }
}

extension SparseFactor {
  /// `W` as a dense matrix: `[batch…, k, k]`.
  var matrix: Tensor<Scalar> {
    let (k, nodes, diagonal) = (dimension, symbolic.supernodes, symbolic.method.diagonalPlaces)
    var (places, elements): ([Int], [Int]) = ([], [])
    for s in 0..<nodes.count {
      let first = Int(nodes.first[s])
      let rows =
        Array(first..<first + nodes.columns(s)) + nodes.rows[nodes.rowRange(s)].map { Int($0) }
      for column in 0..<nodes.columns(s) {
        for row in column..<rows.count {
          places.append(diagonal[first + column] + row - column)
          elements.append(Int(nodes.order[rows[row]]) * k + Int(nodes.order[first + column]))
        }
      }
    }
    return panels.gathered(at: places).scatterAdded(to: elements, count: k * k)
      .reshaped(to: batchShape + [k, k])
  }

  /// The columns of a single factor in elimination order, without explicit zeros.
  var columns: [FactorColumn<Scalar>] {
    require(batchShape == [], "columns were requested of a batch of factors, \(batchShape)")
    let supernodes = symbolic.supernodes
    let diagonalPlaces = symbolic.method.diagonalPlaces
    var columns: [FactorColumn<Scalar>] = []
    columns.reserveCapacity(dimension)
    for s in 0..<supernodes.count {
      let (first, n) = (Int(supernodes.first[s]), supernodes.columns(s))
      let places =
        Array(first..<first + n) + supernodes.rows[supernodes.rowRange(s)].map { Int($0) }
      for column in 0..<n {
        let start = diagonalPlaces[first + column]
        let below = (column + 1..<places.count)
          .map { (place: places[$0], value: panels.pointer[start + $0 - column]) }
          .filter { $0.value != 0 }
        columns.append(
          FactorColumn(
            variable: Int(supernodes.order[first + column]), diagonal: panels.pointer[start],
            others: below.map { Int(supernodes.order[$0.place]) }, values: below.map(\.value)))
      }
    }
    return columns
  }
}
