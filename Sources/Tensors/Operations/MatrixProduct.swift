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
    product.multiply(a.pointer, b.pointer, into: $0)
  }
  return value.recorded(from: [a, b]) { [a = a.detached, b = b.detached] g, gradients in
    if product.isOneProduct {
      product.adjoint(
        a.pointer, b.pointer, g.pointer, left: gradients.destination(0),
        right: gradients.destination(1))
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

  /// Computes the product, or with a `bias` of `n` the product of each row plus the bias.
  package func multiply<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, into c: UnsafeMutablePointer<S>,
    bias: UnsafePointer<S>? = nil
  ) {
    if isOneProduct {
      compute(multiplication(a, b, c, bias))
      return
    }
    let grain = max(1, multiplicationsPerThread / max(1, m * n * k))
    parallelFor(count: pairs.count, grain: grain) { range in
      for i in range {
        compute(multiplication(a + pairs[i].a, b + pairs[i].b, c + i * m * n, bias))
      }
    }
  }

  private func multiplication<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ c: UnsafeMutablePointer<S>,
    _ bias: UnsafePointer<S>?
  ) -> Multiplication<S> {
    Multiplication(
      transposeA: transposingLeft, transposeB: transposingRight, m: m, n: n, k: k, a: a, b: b,
      c: c, accumulate: bias != nil, bias: bias)
  }

  /// `Ā (+)= Ḡ Bᵀ` and `B̄ (+)= Aᵀ Ḡ`, or their transposes where a side was transposed; each where
  /// there is memory for it.
  package func adjoint<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ g: UnsafePointer<S>,
    left: GradientMemory<S>?, right: GradientMemory<S>?
  ) {
    let ofLeft = left.map { left in
      transposingLeft
        ? Multiplication(
          transposeA: transposingRight, transposeB: true, m: k, n: m, k: n, a: b, b: g,
          c: left.pointer, accumulate: left.accumulates)
        : Multiplication(
          transposeA: false, transposeB: !transposingRight, m: m, n: k, k: n, a: g, b: b,
          c: left.pointer, accumulate: left.accumulates)
    }
    let ofRight = right.map { right in
      transposingRight
        ? Multiplication(
          transposeA: true, transposeB: transposingLeft, m: n, n: k, k: m, a: g, b: a,
          c: right.pointer, accumulate: right.accumulates)
        : Multiplication(
          transposeA: !transposingLeft, transposeB: false, m: k, n: n, k: m, a: a, b: g,
          c: right.pointer, accumulate: right.accumulates)
    }
    if let ofLeft, let ofRight, ofLeft.c != ofRight.c {
      compute(ofRight, and: ofLeft)
      return
    }
    // A matrix that is multiplied with itself has one gradient, to which both add.
    if let ofLeft { compute(ofLeft) }
    if let ofRight { compute(ofRight) }
  }
}

/// `C (+)= op(A) op(B)` for contiguous row-major matrices, `C` of `m×n`.
private struct Multiplication<S: TensorScalar> {
  let transposeA, transposeB: Bool
  let m, n, k: Int
  let a, b: UnsafePointer<S>
  let c: UnsafeMutablePointer<S>
  let accumulate: Bool
  /// What is added to each row of C, `n` numbers; it is laid down first.
  var bias: UnsafePointer<S>?

  /// Into how many parts it is cut at most: columns or rows of C, whichever are more, in whole tiles
  /// of the kernels (16 columns, and 24 rows, of C), and no less work than is worth a thread.
  func parts(threads: Int) -> Int {
    let work = max(1, min(m, n) * k)
    let tile = n >= m ? 16 : 24
    let least = max(tile, (multiplicationsPerThread / work + tile - 1) / tile * tile)
    return max(1, min(threads, (max(m, n) + least - 1) / least))
  }

  /// Computes one of so many parts.
  @specialized(where S == Float)
  func compute(_ part: Int, of parts: Int) {
    let tile = n >= m ? 16 : 24
    let tiles = (max(m, n) + tile - 1) / tile
    let start = tiles * part / parts * tile
    let end = min(tiles * (part + 1) / parts * tile, max(m, n))
    let (rows, columns) = n >= m ? (0..<m, start..<end) : (start..<end, 0..<n)
    if let bias {
      for row in rows {
        (c + row * n + columns.lowerBound).update(
          from: bias + columns.lowerBound, count: columns.count)
      }
    }
    let (rowSteps, columnSteps) = (transposeA ? (1, m) : (k, k), transposeB ? (k, k) : (1, n))
    guard m > 0, n > 0, k > 0 else {
      if !accumulate, part == 0 { c.update(repeating: 0, count: m * n) }
      return
    }
    S.kernels.linearAlgebra.product(
      transposeA, transposeB, rows.count, columns.count, k, a + rows.lowerBound * rowSteps.0,
      rowSteps.1, b + columns.lowerBound * columnSteps.0, columnSteps.1, accumulate,
      c + rows.lowerBound * n + columns.lowerBound, n)
  }
}

/// Computes products that do not depend on each other, all their parts shared out at once.
@specialized(where S == Float)
private func compute<S: TensorScalar>(
  _ first: Multiplication<S>, and second: Multiplication<S>? = nil
) {
  let threads = Threads.limit
  let parts = first.parts(threads: threads)
  guard let second else {
    parallelFor(count: parts, grain: 1, threads: threads, turns: 1) {
      for part in $0 { first.compute(part, of: parts) }
    }
    return
  }
  let rest = second.parts(threads: threads)
  // Two small products are each worth a thread of their own where they are worth one together.
  let work = first.m * first.n * first.k + second.m * second.n * second.k
  let sharing = parts + rest > 2 || work >= multiplicationsPerThread ? threads : 1
  parallelFor(count: parts + rest, grain: 1, threads: sharing, turns: parts + rest) {
    for part in $0 {
      if part < parts {
        first.compute(part, of: parts)
      } else {
        second.compute(part - parts, of: rest)
      }
    }
  }
}
