import CKernels

/// The nonzeros of a matrix of few, such as a batch of binary images: products with the matrix and with
/// its transpose then multiply these alone.
///
/// A product takes as long as the share of the nonzeros says, and a third as long as the dense one
/// where a fifth of the matrix is not zero. Zeros meet neither infinities nor NaN of the other side.
package struct Nonzeros<S: TensorScalar>: @unchecked Sendable {
  /// The nonzeros of a matrix in bands of its columns, as `nonzeros.h` has them.
  struct Bands {
    let starts: Storage<UInt32>
    let places: Storage<UInt8>
    let values: Storage<S>

    fileprivate init(rows: Int, columns: Int, count: Int) {
      let bands = (columns + Int(LG_BAND) - 1) / Int(LG_BAND)
      starts = Storage(count: bands * (rows + 1))
      places = Storage(count: count)
      values = Storage(count: count)
    }
  }

  /// Of the matrix, row by row.
  let ofRows: Bands
  /// Of its transpose: column by column.
  let ofColumns: Bands

  /// The share of nonzeros up to which they are used. With what it takes to find them, two products take
  /// two thirds of the dense ones' time at two fifths; the rest is left to wider vectors, whose dense
  /// products are faster.
  private static var mostShare: Double { 0.3 }
  /// Elements below which finding them is not worth its overhead.
  private static var leastCount: Int { 1 << 12 }

  /// The nonzeros of a matrix of `rows×columns`, or `nil` where they are too many.
  @specialized(where S == Float)
  package init?(of matrix: UnsafePointer<S>, rows: Int, columns: Int) {
    let (kernels, size) = (S.kernels.nonzeros, rows * columns)
    guard size >= Self.leastCount, size <= Int32.max else { return nil }
    let count = kernels.count(matrix, size)
    guard Double(count) <= Self.mostShare * Double(size) else { return nil }
    let ofRows = Bands(rows: rows, columns: columns, count: count)
    let ofColumns = Bands(rows: columns, columns: rows, count: count)
    // Each is one thread's; a small matrix is not worth another.
    parallelFor(count: 2, grain: 1, threads: size >= 1 << 14 ? Threads.limit : 1) { range in
      for index in range {
        let bands = index == 0 ? ofRows : ofColumns
        (index == 0 ? kernels.collect : kernels.collectTransposed)(
          matrix, rows, columns, bands.starts.pointer, bands.places.pointer, bands.values.pointer)
      }
    }
    (self.ofRows, self.ofColumns) = (ofRows, ofColumns)
  }
}
