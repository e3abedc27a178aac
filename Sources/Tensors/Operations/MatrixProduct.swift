import CKernels

/// The product of two matrices, or of batches of matrices; either operand may be transposed first.
///
/// Shapes `[…, m, k]` and `[…, k, n]` (`[…, k, m]` and `[…, n, k]` where transposed) give
/// `[…, m, n]`; the leading axes broadcast.
///
/// The error of each element is at most `k ε Σ|aᵢ bᵢ|`, and usually far below. In `Float`, sums of
/// more than 4,096 terms are continued in `Double`, so that the error is at most `4096 ε Σ|aᵢ bᵢ|`
/// for any `k`. The same holds for the gradients.
/// - Complexity: `O(m·k·n)` for each pair of matrices. Products of `Float` on AVX2 and AVX-512 use
///   the library's own kernels, except where the right matrix has one column; all others use BLAS.
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
    return column.reshaped(to: column.shape.dropLast())
  }
}

/// The sizes of a matrix product, or of a batch of them, and where the matrices of each pair start.
package struct ProductPlan: Sendable {
  package let shape: Shape
  package let m, n, k: Int
  private let transposingLeft, transposingRight: Bool
  /// The offsets of the two matrices of each pair; a single pair where one product covers the
  /// batch.
  private let pairs: [(a: Int, b: Int)]

  /// Whether one product covers the batch: there is one matrix, or all rows meet one right matrix.
  let isOneProduct: Bool

  package init(
    _ a: Shape, _ b: Shape, _ transposingLeft: Bool = false, _ transposingRight: Bool = false
  ) {
    require(
      a.rank >= 2 && b.rank >= 2, "a product of shapes \(a) and \(b) needs two axes on each side")
    let (rows, kA) = transposingLeft ? (a[-1], a[-2]) : (a[-2], a[-1])
    let (kB, columns) = transposingRight ? (b[-1], b[-2]) : (b[-2], b[-1])
    let (aBatch, bBatch) = (a.dropLast(2), b.dropLast(2))
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

  /// Computes the product. If a `bias` of `n` elements is given, it is added to each row.
  package func multiply<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, into c: UnsafeMutablePointer<S>,
    bias: UnsafePointer<S>? = nil
  ) {
    ProductLog.current?.append(LoggedProduct(plan: self, hasBias: bias != nil))
    if isOneProduct {
      multiplication(a, b, c, bias).compute()
      return
    }
    let grain = max(1, multiplicationsPerThread / max(1, m * n * k))
    parallelFor(count: pairs.count, grain: grain) { range in
      for i in range {
        multiplication(a + pairs[i].a, b + pairs[i].b, c + i * m * n, bias).compute()
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

  /// Computes the product by BLAS alone, with one call for each pair of matrices. The product is
  /// added to the contents of `c` if `accumulates` is true.
  package func multiplyByBLAS<S: TensorScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, into c: UnsafeMutablePointer<S>, accumulates: Bool
  ) {
    guard m > 0, n > 0, k > 0 else { return }
    let shape = LGProductShape(
      transpose_a: transposingLeft, transpose_b: transposingRight, accumulate: accumulates, m: m,
      n: n, k: k, lda: transposingLeft ? m : k, ldb: transposingRight ? k : n, ldc: n)
    for (i, pair) in pairs.enumerated() {
      S.kernels.linearAlgebra.productOfBLAS(shape, a + pair.a, b + pair.b, c + i * m * n)
    }
  }

  /// The number of matrix products: one for each pair of a batch.
  package var count: Int { pairs.count }

  /// The number of elements of the left operands, and of the right operands.
  var leftCount: Int { (pairs.map(\.a).max() ?? 0) + m * k }
  var rightCount: Int { (pairs.map(\.b).max() ?? 0) + k * n }

  /// Computes the adjoint: `Ā (+)= Ḡ Bᵀ` and `B̄ (+)= Aᵀ Ḡ`, or their transposes where an operand
  /// was transposed. A gradient without memory is not computed.
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
      ofRight.compute(with: ofLeft)
      return
    }
    // A matrix that is multiplied by itself has one gradient, to which both products are added in
    // turn.
    ofLeft?.compute()
    ofRight?.compute()
  }
}
