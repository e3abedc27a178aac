import CKernels
import COpenBLAS

/// One product of contiguous row-major matrices, `C = op(A) op(B)` with an `m×n` matrix `C`, which
/// several threads can compute in parts.
package struct Multiplication<S: TensorScalar> {
  var transposeA = false
  var transposeB = false
  let m, n, k: Int
  let a, b: UnsafePointer<S>
  let c: UnsafeMutablePointer<S>
  /// Whether the product is added to the contents of C.
  let accumulate: Bool
  /// A vector of `n` elements that is added to each row of C: C is initialized with it, and the
  /// product is accumulated.
  var bias: UnsafePointer<S>?
  /// The nonzeros of A, if A is sparse enough for the product to use them alone.
  let nonzeros: Nonzeros<S>?

  package init(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    a: UnsafePointer<S>, b: UnsafePointer<S>, c: UnsafeMutablePointer<S>, accumulate: Bool,
    bias: UnsafePointer<S>? = nil, nonzerosOfA: Nonzeros<S>? = nil
  ) {
    require(
      nonzerosOfA == nil || !transposeB,
      "a product of the nonzeros of A and a transposed B is not supported")
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.b, self.c) = (a, b, c)
    (self.accumulate, self.bias) = (accumulate || bias != nil, bias)
    nonzeros = nonzerosOfA
  }

  // MARK: Parts

  /// Whether C is divided across its columns (`n ≥ m`) or across its rows.
  private var cutsColumns: Bool { n >= m }

  /// The largest number of parts, each with enough work for a thread.
  package func parts(threads: Int) -> Int {
    if cutsColumns { return parts(acrossColumnsBy: threads) }
    return isOfVector ? 1 : parts(of: m, tile: Self.rowTile, work: n * k, threads: threads)
  }

  /// Whether B is one column. Such a product is bound by reading A, and BLAS computes it. It is not
  /// divided, because the last bits of BLAS depend on the sizes that it is given.
  private var isOfVector: Bool { n == 1 && nonzeros == nil }

  /// The largest number of parts when C is divided across its columns in any case.
  ///
  /// A few parts for each thread balance the load when a thread is preempted. There is one part for
  /// each thread where A is transposed, since each part has to pack all of A.
  package func parts(acrossColumnsBy threads: Int) -> Int {
    let turns = transposeA || threads == 1 ? 1 : min(4, max(1, m * n * k / (threads << 21)))
    return parts(of: n, tile: Self.columnTile, work: m * k, threads: threads * turns)
  }

  private func parts(of count: Int, tile: Int, work: Int, threads: Int) -> Int {
    let least = multiplicationsPerThread / max(1, work) / tile * tile + tile
    return max(1, min(threads, (count + least - 1) / least))
  }

  /// The granularity of parts: whole vectors of the kernels in columns of C, whole tiles in its
  /// rows.
  private static var columnTile: Int { 16 }
  private static var rowTile: Int { 24 }

  private static func range(_ part: Int, of parts: Int, count: Int, tile: Int) -> Range<Int> {
    let tiles = (count + tile - 1) / tile
    return tiles * part / parts * tile..<min(tiles * (part + 1) / parts * tile, count)
  }

  // MARK: Computing

  /// Computes part number `part` of `parts`.
  @specialized(where S == Float)
  package func compute(_ part: Int, of parts: Int) {
    if cutsColumns {
      compute(columns: Self.range(part, of: parts, count: n, tile: Self.columnTile))
    } else {
      compute(
        rows: Self.range(part, of: parts, count: m, tile: Self.rowTile), columns: 0..<n)
    }
  }

  /// Computes a part in groups of columns and calls `body` after each group. A group is small
  /// enough to stay in a cache while `body` processes it.
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
    guard k <= longestSum else {
      computeInPieces(rows: rows, columns: columns)
      return
    }
    if let nonzeros {
      let bands = transposeA ? nonzeros.ofColumns : nonzeros.ofRows
      let product = LGNonzeroProduct(
        m: m, n: columns.count, k: k, first: rows.lowerBound, count: rows.count,
        starts: bands.starts.pointer, places: bands.places.pointer, ldb: n, ldc: n,
        accumulate: accumulate)
      S.kernels.nonzeros.product(product, bands.values.pointer, b + columns.lowerBound, c)
      return
    }
    multiply(rows, columns, terms: 0..<k, into: c, rowStep: n, accumulate: accumulate)
  }

  /// Writes, or adds, the product of a part of the terms to a matrix `c` of these rows and columns.
  @specialized(where S == Float)
  private func multiply(
    _ rows: Range<Int>, _ columns: Range<Int>, terms: Range<Int>, into c: UnsafeMutablePointer<S>,
    rowStep: Int, accumulate: Bool
  ) {
    let (rowSteps, columnSteps) = (transposeA ? (1, m) : (k, k), transposeB ? (k, k) : (1, n))
    let a = a + rows.lowerBound * rowSteps.0 + terms.lowerBound * (transposeA ? m : 1)
    let b = b + columns.lowerBound * columnSteps.0 + terms.lowerBound * (transposeB ? 1 : n)
    if isOfVector {
      // Clear C rather than multiply it by zero, which would keep a NaN or an infinity.
      if !accumulate { c.update(repeating: 0, count: rows.count) }
      let size = transposeA ? (terms.count, rows.count) : (rows.count, terms.count)
      S.kernels.linearAlgebra.gemv(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, Int32(size.0), Int32(size.1), 1, a,
        Int32(rowSteps.1), b, 1, 1, c, Int32(rowStep))
      return
    }
    let shape = LGProductShape(
      transpose_a: transposeA, transpose_b: transposeB, accumulate: accumulate, m: rows.count,
      n: columns.count, k: terms.count, lda: rowSteps.1, ldb: columnSteps.1, ldc: rowStep)
    S.kernels.linearAlgebra.product(shape, a, b, c)
  }

  /// The number of terms above which a product is computed in pieces. The kernels for matrices add
  /// blocks of terms, so that their errors grow more slowly than those of a product with a vector.
  private var longestSum: Int {
    isOfVector ? Tensors.longestSum(of: S.self) : S.self == Float.self ? 4096 : .max
  }

  /// Computes a product with many terms, such as the gradient of weights over many rows, in pieces,
  /// which are added in `Double`.
  private func computeInPieces(rows: Range<Int>, columns: Range<Int>) {
    let count = rows.count * columns.count
    let c = c + rows.lowerBound * n + columns.lowerBound
    let longest = longestSum
    withUnsafeTemporaryAllocation(of: S.self, capacity: count) { piece in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { sum in
        for row in 0..<rows.count {
          for column in 0..<columns.count {
            sum[row * columns.count + column] = accumulate ? Double(c[row * n + column]) : 0
          }
        }
        for start in stride(from: 0, to: k, by: longest) {
          multiply(
            rows, columns, terms: start..<min(start + longest, k),
            into: piece.baseAddress!, rowStep: columns.count, accumulate: false)
          for i in 0..<count { sum[i] += Double(piece[i]) }
        }
        for row in 0..<rows.count {
          for column in 0..<columns.count {
            c[row * n + column] = S(sum[row * columns.count + column])
          }
        }
      }
    }
  }

  /// Computes the whole product.
  @specialized(where S == Float)
  package func compute(threads: Int = Threads.limit) {
    let parts = parts(threads: threads)
    parallelFor(count: parts, grain: 1, threads: threads, turns: parts) {
      for part in $0 { compute(part, of: parts) }
    }
  }

  /// Computes this product and an independent one; the threads share the parts of both.
  @specialized(where S == Float)
  func compute(with other: Multiplication) {
    let threads = Threads.limit
    let (own, others) = (parts(threads: threads), other.parts(threads: threads))
    // Two products that are each too small for a second thread may be large enough together.
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
