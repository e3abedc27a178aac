/// The cells of a drawn matrix: one for each entry or, for a large matrix, one for each block.
struct MatrixCells {
  let rows: Int
  let columns: Int
  let values: [Double]

  /// The largest number of cells along a side; more could not be distinguished in a picture.
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
        // A block that contains NaN is NaN.
        if !(abs(entry) <= abs(reduced[cell])), !reduced[cell].isNaN { reduced[cell] = entry }
      }
    }
    values = reduced
  }
}
