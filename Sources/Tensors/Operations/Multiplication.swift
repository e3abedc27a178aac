import COpenBLAS

/// One product of contiguous row-major matrices, `C = op(A) op(B)` with `C` of `m×n`, which can be
/// computed in parts by several threads.
package struct Multiplication<S: TensorScalar> {
  var transposeA = false
  var transposeB = false
  let m, n, k: Int
  let a, b: UnsafePointer<S>
  let c: UnsafeMutablePointer<S>
  /// Whether the product is added to what C holds.
  let accumulate: Bool
  /// What is added to each row of C, `n` numbers; it is laid down first, and the product added to it.
  var bias: UnsafePointer<S>?
  /// The nonzeros of A, where they are so few that they alone are multiplied.
  let nonzeros: Nonzeros<S>?

  package init(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    a: UnsafePointer<S>, b: UnsafePointer<S>, c: UnsafeMutablePointer<S>, accumulate: Bool,
    bias: UnsafePointer<S>? = nil, nonzerosOfA: Nonzeros<S>? = nil
  ) {
    require(nonzerosOfA == nil || !transposeB, "a product of nonzeros and a transposed matrix")
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.b, self.c) = (a, b, c)
    (self.accumulate, self.bias) = (accumulate || bias != nil, bias)
    nonzeros = nonzerosOfA
  }

  // MARK: Parts

  /// Whether C is cut across its columns, or across its rows: across whichever are more.
  private var cutsColumns: Bool { n >= m }

  /// Into how many parts it is cut at most, with no less work in each than is worth a thread.
  package func parts(threads: Int) -> Int {
    if cutsColumns { return parts(acrossColumnsBy: threads) }
    return isOfVector ? 1 : parts(of: m, tile: Self.rowTile, work: n * k, threads: threads)
  }

  /// Whether B is one column: what reads A takes longest, and BLAS does it. It is not cut, for the bits
  /// of BLAS depend on what it is given.
  private var isOfVector: Bool { n == 1 && nonzeros == nil }

  /// The same, cut across columns in any case. A few parts for each thread make up for a thread that
  /// the system puts off; only one where each part has to pack all of a transposed A.
  package func parts(acrossColumnsBy threads: Int) -> Int {
    let turns = transposeA || threads == 1 ? 1 : min(4, max(1, m * n * k / (threads << 21)))
    return parts(of: n, tile: Self.columnTile, work: m * k, threads: threads * turns)
  }

  private func parts(of count: Int, tile: Int, work: Int, threads: Int) -> Int {
    let least = multiplicationsPerThread / max(1, work) / tile * tile + tile
    return max(1, min(threads, (count + least - 1) / least))
  }

  /// Whole vectors of the kernels in columns of C, and whole tiles in its rows.
  private static var columnTile: Int { 16 }
  private static var rowTile: Int { 24 }

  private static func range(_ part: Int, of parts: Int, count: Int, tile: Int) -> Range<Int> {
    let tiles = (count + tile - 1) / tile
    return tiles * part / parts * tile..<min(tiles * (part + 1) / parts * tile, count)
  }

  // MARK: Computing

  /// Computes one of so many parts.
  @specialized(where S == Float)
  package func compute(_ part: Int, of parts: Int) {
    if cutsColumns {
      compute(columns: Self.range(part, of: parts, count: n, tile: Self.columnTile))
    } else {
      compute(
        rows: Self.range(part, of: parts, count: m, tile: Self.rowTile), columns: 0..<n)
    }
  }

  /// Calls `body` with the columns of one of so many parts, a few at a time: as many as stay in a
  /// cache until something else has been done with them.
  @specialized(where S == Float)
  package func forColumns(_ part: Int, of parts: Int, _ body: (Range<Int>) -> Void) {
    let columns = Self.range(part, of: parts, count: n, tile: Self.columnTile)
    for start in stride(from: columns.lowerBound, to: columns.upperBound, by: 128) {
      body(start..<min(start + 128, columns.upperBound))
    }
  }

  /// Computes these columns of C.
  @specialized(where S == Float)
  package func compute(columns: Range<Int>) { compute(rows: 0..<m, columns: columns) }

  @specialized(where S == Float)
  private func compute(rows: Range<Int>, columns: Range<Int>) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let c = c + rows.lowerBound * n + columns.lowerBound
    if let bias {
      for row in 0..<rows.count {
        (c + row * n).update(from: bias + columns.lowerBound, count: columns.count)
      }
    }
    guard k > 0 else {
      if !accumulate {
        for row in 0..<rows.count { (c + row * n).update(repeating: 0, count: columns.count) }
      }
      return
    }
    if let nonzeros {
      let bands = transposeA ? nonzeros.ofColumns : nonzeros.ofRows
      S.kernels.nonzeros.product(
        m, rows.lowerBound, rows.count, columns.count, k, bands.starts.pointer,
        bands.places.pointer, bands.values.pointer, b + columns.lowerBound, n, accumulate, c, n)
      return
    }
    let (rowSteps, columnSteps) = (transposeA ? (1, m) : (k, k), transposeB ? (k, k) : (1, n))
    let a = a + rows.lowerBound * rowSteps.0
    if isOfVector {
      // What C held is not multiplied by zero, which would leave what is no number.
      if !accumulate { c.update(repeating: 0, count: rows.count) }
      let size = transposeA ? (k, rows.count) : (rows.count, k)
      S.kernels.linearAlgebra.gemv(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, Int32(size.0), Int32(size.1), 1, a,
        Int32(rowSteps.1), b, 1, 1, c, 1)
      return
    }
    S.kernels.linearAlgebra.product(
      transposeA, transposeB, rows.count, columns.count, k, a, rowSteps.1,
      b + columns.lowerBound * columnSteps.0, columnSteps.1, accumulate, c, n)
  }

  /// Computes all of it.
  @specialized(where S == Float)
  package func compute(threads: Int = Threads.limit) {
    let parts = parts(threads: threads)
    parallelFor(count: parts, grain: 1, threads: threads, turns: parts) {
      for part in $0 { compute(part, of: parts) }
    }
  }

  /// Computes this product and another that does not depend on it, all parts shared out at once.
  @specialized(where S == Float)
  func compute(with other: Multiplication) {
    let threads = Threads.limit
    let (own, others) = (parts(threads: threads), other.parts(threads: threads))
    // Two small products are each worth a thread where they are worth one together.
    let isWorthSharing =
      own + others > 2 || m * n * k + other.m * other.n * other.k >= multiplicationsPerThread
    parallelFor(
      count: own + others, grain: 1, threads: isWorthSharing ? threads : 1, turns: own + others
    ) {
      for part in $0 {
        if part < own { compute(part, of: own) } else { other.compute(part - own, of: others) }
      }
    }
  }
}
