import CKernels

/// The nonzeros of a sparse matrix, such as a batch of binary images. Products with the matrix and
/// with its transpose multiply these elements alone.
///
/// The time of a product is proportional to the share of nonzeros; at a share of one fifth it is a
/// third of the dense product's. Zeros are skipped, so that a zero times an infinity or NaN of the
/// other operand contributes nothing.
package struct Nonzeros<S: TensorScalar>: @unchecked Sendable {
  /// The nonzeros of a matrix, divided into bands of columns in the format of `nonzeros.h`.
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

  /// The bands of the matrix, row by row.
  let ofRows: Bands
  /// The bands of its transpose, that is, column by column of the matrix.
  let ofColumns: Bands

  /// The largest share of nonzeros for which this representation is used. Including the search for
  /// the nonzeros, two products at a share of two fifths take two thirds of the time of the dense
  /// products with AVX2. The bound is lower, since dense products are faster with wider vectors.
  private static var mostShare: Double { 0.3 }
  /// The number of elements below which the search costs more than it saves.
  private static var leastCount: Int { 1 << 12 }

  /// Finds the nonzeros of a `rows×columns` matrix; `nil` where there are too many.
  @specialized(where S == Float)
  package init?(of matrix: UnsafePointer<S>, rows: Int, columns: Int) {
    let (kernels, size) = (S.kernels.nonzeros, rows * columns)
    guard size >= Self.leastCount, size <= Int32.max else { return nil }
    let count = kernels.count(matrix, size)
    guard Double(count) <= Self.mostShare * Double(size) else { return nil }
    let ofRows = Bands(rows: rows, columns: columns, count: count)
    let ofColumns = Bands(rows: columns, columns: rows, count: count)
    // One thread for each of the two; a small matrix does not justify a second thread.
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
