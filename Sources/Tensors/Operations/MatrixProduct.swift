/// The product of two matrices, or of batches of them, either side transposed first.
///
/// Shapes `[…, m, k]` and `[…, k, n]` (`[…, k, m]` and `[…, n, k]` where transposed) give
/// `[…, m, n]`; the leading axes broadcast.
/// - Complexity: `O(m·k·n)` for each pair of matrices, by BLAS.
@specialized(where Scalar == Float)
public func matrixProduct<Scalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, transposingLeft: Bool = false,
  transposingRight: Bool = false
) -> Tensor<Scalar> {
  let product = ProductPlan(a.shape, b.shape, transposingLeft, transposingRight)
  let value = Tensor<Scalar>(product.shape) {
    product.multiply(a.pointer, b.pointer, into: $0, accumulate: false)
  }
  return value.recorded(from: [a, b]) { [a = a.detached, b = b.detached] g, gradients in
    if product.isOneProduct {
      gradients.update(0) { memory, accumulate in
        product.adjointOfLeft(g.pointer, b.pointer, into: memory, accumulate: accumulate)
      }
      gradients.update(1) { memory, accumulate in
        product.adjointOfRight(a.pointer, g.pointer, into: memory, accumulate: accumulate)
      }
      return
    }
    gradients.add(
      to: 0,
      (transposingLeft
        ? matrixProduct(b, g, transposingLeft: transposingRight, transposingRight: true)
        : matrixProduct(g, b, transposingRight: !transposingRight)).sum(to: a.shape))
    gradients.add(
      to: 1,
      (transposingRight
        ? matrixProduct(g, a, transposingLeft: true, transposingRight: transposingLeft)
        : matrixProduct(a, g, transposingLeft: !transposingLeft)).sum(to: b.shape))
  }
}

extension Tensor {
  /// The product with a vector: `[…, m, k]` times `[…, k]` gives `[…, m]`.
  public func product(withVector vector: Tensor) -> Tensor {
    let column = matrixProduct(self, vector.addingAxis(at: -1))
    return column.reshaped(to: column.shape.droppingLast())
  }
}

/// The sizes of a product and the calls of BLAS that it takes.
package struct ProductPlan {
  package let shape: Shape
  let m, n, k: Int
  private let transposingLeft, transposingRight: Bool
  /// Offsets of the matrices of each pair; one pair where the batch is a single product.
  private let pairs: [(a: Int, b: Int)]

  /// Whether one call does it all: no batch, or a batch of rows times one matrix.
  let isOneProduct: Bool

  package init(
    _ a: Shape, _ b: Shape, _ transposingLeft: Bool = false, _ transposingRight: Bool = false
  ) {
    require(
      a.rank >= 2 && b.rank >= 2, "a product of shapes \(a) and \(b) needs two axes on each side")
    let (rows, kA) = transposingLeft ? (a[-1], a[-2]) : (a[-2], a[-1])
    let (kB, columns) = transposingRight ? (b[-1], b[-2]) : (b[-2], b[-1])
    let (aBatch, bBatch) = (a.droppingLast(2), b.droppingLast(2))
    guard kA == kB, let batch = aBatch.broadcast(with: bBatch) else {
      stop(
        "no product of shapes \(a)\(transposingLeft ? "ᵀ" : "") and \(b)\(transposingRight ? "ᵀ" : "")"
      )
    }
    (self.transposingLeft, self.transposingRight) = (transposingLeft, transposingRight)
    shape = batch + [rows, columns]
    (k, n) = (kA, columns)
    isOneProduct = batch.count == 1 || (bBatch.count == 1 && !transposingLeft)
    m = isOneProduct ? batch.count * rows : rows
    guard !isOneProduct else {
      pairs = [(0, 0)]
      return
    }
    let plan = BroadcastPlan(aBatch + [1, 1], bBatch + [1, 1], to: batch + [1, 1])
    var pairs: [(a: Int, b: Int)] = []
    let (aSize, bSize) = (a.last(2).count, b.last(2).count)
    plan.forEachBlock { _, aOffset, bOffset in
      for r in 0..<plan.rows {
        for c in 0..<plan.columns {
          pairs.append(
            (
              (aOffset + r * plan.a.row + c * plan.a.column) * aSize,
              (bOffset + r * plan.b.row + c * plan.b.column) * bSize
            ))
        }
      }
    }
    self.pairs = pairs
  }

  package func multiply<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, into c: UnsafeMutablePointer<S>, accumulate: Bool
  ) {
    if isOneProduct {
      gemm(transposingLeft, transposingRight, m, n, k, a, b, c, accumulate: accumulate)
      return
    }
    let grain = max(1, multiplicationsPerThread / max(1, m * n * k))
    parallelFor(count: pairs.count, grain: grain) { range in
      for i in range {
        gemm(
          transposingLeft, transposingRight, m, n, k, a + pairs[i].a, b + pairs[i].b,
          c + i * m * n, accumulate: accumulate)
      }
    }
  }

  /// `Ā (+)= Ḡ Bᵀ`, or its transpose where the left side was transposed.
  package func adjointOfLeft<S: TensorScalar>(
    _ g: UnsafePointer<S>, _ b: UnsafePointer<S>, into memory: UnsafeMutablePointer<S>,
    accumulate: Bool
  ) {
    if transposingLeft {
      gemm(transposingRight, true, k, m, n, b, g, memory, accumulate: accumulate)
    } else {
      gemm(false, !transposingRight, m, k, n, g, b, memory, accumulate: accumulate)
    }
  }

  /// `B̄ (+)= Aᵀ Ḡ`, or its transpose where the right side was transposed.
  package func adjointOfRight<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ g: UnsafePointer<S>, into memory: UnsafeMutablePointer<S>,
    accumulate: Bool
  ) {
    if transposingRight {
      gemm(true, transposingLeft, n, k, m, g, a, memory, accumulate: accumulate)
    } else {
      gemm(!transposingLeft, false, k, n, m, a, g, memory, accumulate: accumulate)
    }
  }
}

/// `C (+)= op(A) op(B)` for contiguous row-major matrices, `C` of `m×n`.
@specialized(where S == Float)
private func gemm<S: TensorScalar>(
  _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<S>,
  _ b: UnsafePointer<S>, _ c: UnsafeMutablePointer<S>, accumulate: Bool
) {
  guard m > 0, n > 0 else { return }
  guard k > 0 else {
    if !accumulate { c.update(repeating: 0, count: m * n) }
    return
  }
  // Columns or rows of C, whichever are more, for each thread.
  let (rowSteps, columnSteps) = (transposeA ? (1, m) : (k, k), transposeB ? (k, k) : (1, n))
  func part(_ rows: Range<Int>, _ columns: Range<Int>) {
    S.kernels.linearAlgebra.product(
      transposeA, transposeB, rows.count, columns.count, k, a + rows.lowerBound * rowSteps.0,
      rowSteps.1, b + columns.lowerBound * columnSteps.0, columnSteps.1, accumulate,
      c + rows.lowerBound * n + columns.lowerBound, n)
  }
  // Whole tiles of the kernels: 16 columns, and 24 rows, of C.
  func grain(_ other: Int, tile: Int) -> Int {
    max(tile, (multiplicationsPerThread / (other * k) + tile - 1) / tile * tile)
  }
  if n >= m {
    parallelFor(count: n, grain: grain(m, tile: 16), turns: 1) { part(0..<m, $0) }
  } else {
    parallelFor(count: m, grain: grain(n, tile: 24), turns: 1) { part($0, 0..<n) }
  }
}
