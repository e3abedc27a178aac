/// The entries of a matrix as they are drawn: all of them, or one for each block of a large matrix.
struct MatrixCells {
  let rows: Int
  let columns: Int
  let values: [Double]

  /// More cells than this along a side could not be told apart in a picture.
  static let maximumSide = 1000

  init<Scalar: BinaryFloatingPoint>(_ entries: [Scalar], rows: Int, columns: Int) {
    let side = max(rows, columns)
    let block = (side + MatrixCells.maximumSide - 1) / MatrixCells.maximumSide
    self.rows = (rows + block - 1) / block
    self.columns = (columns + block - 1) / block
    guard block > 1 else {
      values = entries.map { Double($0) }
      return
    }
    var reduced = [Double](repeating: 0, count: self.rows * self.columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row / block * self.columns + column / block
        let entry = Double(entries[row * columns + column])
        // What is not a number stays, whatever else is in its block.
        if !(abs(entry) <= abs(reduced[cell])), !reduced[cell].isNaN { reduced[cell] = entry }
      }
    }
    values = reduced
  }
}
