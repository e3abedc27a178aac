import CKernels
import Tensors

/// A batch of block chains with their own parameters in each row, for the kernels.
private struct BlockBatch {
  let blocks, blockSize: Int
  /// The number of parameter rows.
  let count: Int

  /// The batch of a tensor of blocks on the diagonal, `[batch…, T, d, d]`.
  init(_ diagonal: Shape) {
    (blocks, blockSize) = (diagonal[-3], diagonal[-1])
    count = diagonal.dropLast(3).count
  }

  /// Some parameter rows.
  func rows(_ range: Range<Int>) -> LGBlockRows { rows(range, of: count) }

  /// Some of a number of batch rows, or some parameter rows with all of the batch rows.
  func rows(_ range: Range<Int>, of rows: Int) -> LGBlockRows {
    LGBlockRows(
      blocks: blocks, d: blockSize, rows: rows, param_rows: count, begin: range.lowerBound,
      end: range.upperBound)
  }
}

/// The products and solves of a block chain's factor with vectors.
func blockChainOperations<Scalar>(
  _ a: Tensor<Scalar>, _ c: Tensor<Scalar>
) -> FactorOperations<Scalar> {
  let batch = BlockBatch(a.shape)
  return FactorOperations(
    name: "block chain", dimension: batch.blocks * batch.blockSize,
    batchShape: a.shape.dropLast(3), bands: [a, c],
    kernels: BlockChainFactorKernels<Scalar>(batch: batch), workPerElement: batch.blockSize)
}

/// The kernels of block chains.
private struct BlockChainFactorKernels<Scalar: TensorScalar>: FusedFactorKernels {
  let batch: BlockBatch
  private var kernels: BlockChainKernels<Scalar> { Scalar.kernels.blockChain }

  func whiten(_ vectors: FactorVectors<Scalar>) { apply(kernels.whiten, to: vectors) }
  func unwhiten(_ vectors: FactorVectors<Scalar>) { apply(kernels.unwhiten, to: vectors) }
  func multiply(_ vectors: FactorVectors<Scalar>) { apply(kernels.multiply, to: vectors) }
  func solve(_ vectors: FactorVectors<Scalar>) { apply(kernels.solve, to: vectors) }

  private func apply(
    _ kernel: BlockChainKernels<Scalar>.Vector, to vectors: FactorVectors<Scalar>
  ) {
    kernel(
      batch.rows(vectors.rows, of: vectors.rows.upperBound),
      LGBlocks(diagonal: vectors.bands[0], below: vectors.bands[1]), vectors.x, vectors.y)
  }

  func outerProducts(_ products: FactorProducts<Scalar>) {
    kernels.outer(
      batch.rows(products.parameterRows, of: products.rowCount),
      LGElementRange(low: products.columns.lowerBound, high: products.columns.upperBound),
      products.a, products.b, products.isNegated,
      LGBlockResult(diagonal: products.results[0], below: products.results[1]))
  }

  func unwhitenAdjoint(_ adjoint: UnwhitenAdjoint<Scalar>) {
    kernels.unwhitenAdjoint(
      batch.rows(adjoint.parameterRows, of: adjoint.rowCount),
      LGBlocks(diagonal: adjoint.bands[0], below: adjoint.bands[1]), adjoint.upstream,
      adjoint.value, adjoint.noiseGradient,
      LGBlockResult(diagonal: adjoint.results[0], below: adjoint.results[1]))
  }
}

/// The lower triangles of blocks, as a recorded operation.
func lowerBlocks<Scalar>(_ blocks: Tensor<Scalar>) -> Tensor<Scalar> {
  let d = blocks.shape[-1]
  func lower(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    Tensor<Scalar>(x.shape) { out in
      Scalar.kernels.blockChain.lower(x.shape.dropLast(2).count, d, x.pointer, out)
    }
  }
  return lower(blocks).recorded(from: [blocks]) { g, gradients in gradients.add(to: 0, lower(g)) }
}

/// Calls `body` with ranges of the rows of a batch of block chains, and with a workspace for each
/// range.
private func forRows<Scalar>(
  of a: Tensor<Scalar>, _ body: (Range<Int>, UnsafeMutablePointer<Scalar>) -> Void
) {
  let d = a.shape[-1]
  let work = max(1, a.shape.last(3).count * d)
  let size = Scalar.kernels.blockChain.workspace(blockSize: d)
  parallelFor(count: a.shape.dropLast(3).count, grain: max(1, (1 << 16) / work)) { rows in
    _ = Tensor<Scalar>([size]) { body(rows, $0) }
  }
}

/// The Cholesky factor of a block-tridiagonal matrix, as a recorded operation. `isDominant` is true if
/// the matrix is diagonally dominant, so that it is far from singular.
/// - Throws: `GraphicalModelError.blockNotSymmetric`, with the block; `NotPositiveDefinite`, with
///   the pivot.
func blockChainFactor<Scalar>(
  diagonal: Tensor<Scalar>, lower: Tensor<Scalar>
) throws -> (Tensor<Scalar>, Tensor<Scalar>, isDominant: Bool) {
  let kernels = Scalar.kernels.blockChain
  let (length, d) = (diagonal.shape[-3], diagonal.shape[-1])
  let shapes = [diagonal.shape, lower.shape]
  // Both bands are stored in one tensor, so that one operation computes both.
  let split = diagonal.count
  let factor = Tensor<Scalar>([split + lower.count]) { _ in }
  let (a, c) = (factor.mutablePointer, factor.mutablePointer + split)
  // The first failure in a range of rows is stored at the first row of the range.
  var failures = [Int](repeating: -1, count: shapes[0].dropLast(3).count)
  var findings = [LGBlockFindings](
    repeating: LGBlockFindings(is_dominant: true, is_symmetric: true), count: failures.count)
  let batch = BlockBatch(diagonal.shape)
  failures.withUnsafeMutableBufferPointer { failures in
    findings.withUnsafeMutableBufferPointer { findings in
      let (found, known) = (failures.baseAddress!, findings.baseAddress!)
      forRows(of: diagonal) { range, workspace in
        found[range.lowerBound] = kernels.factor(
          batch.rows(range), LGBlocks(diagonal: diagonal.pointer, below: lower.pointer),
          dominanceMargin(in: Scalar.self), LGBlockResult(diagonal: a, below: c),
          known + range.lowerBound, workspace)
      }
    }
  }
  // The kernel has found a block that differs from its transpose by more than rounding.
  if findings.contains(where: { !$0.is_symmetric }) {
    try checkSymmetry(of: diagonal, areBlocks: true)
  }
  if let failure = failures.first(where: { $0 >= 0 }) {
    let (block, row) = (failure / d, failure % d)
    throw NotPositiveDefinite(
      pivot: failure % (length * d), matrix: failure / (length * d),
      value: Double(a[block * d * d + row * (d + 1)]))
  }
  let recorded = factor.recorded(from: [diagonal, lower]) { g, gradients in
    let results = shapes.map { Tensor<Scalar>($0) { _ in } }
    let memory = results.map { $0.mutablePointer }
    forRows(of: results[0]) { rows, workspace in
      kernels.factorAdjoint(
        batch.rows(rows), LGBlocks(diagonal: factor.pointer, below: factor.pointer + split),
        LGBlocks(diagonal: g.pointer, below: g.pointer + split),
        LGBlockResult(diagonal: memory[0], below: memory[1]), workspace)
    }
    for (i, result) in results.enumerated() { gradients.add(to: i, result) }
  }
  let parts = recorded.split(sizes: [split, lower.count])
  return (
    parts[0].reshaped(to: shapes[0]), parts[1].reshaped(to: shapes[1]),
    findings.allSatisfy { $0.is_dominant }
  )
}

/// The covariances within blocks and of neighbouring blocks, as a recorded operation.
func blockChainCovariance<Scalar>(
  _ a: Tensor<Scalar>, _ c: Tensor<Scalar>
) -> (marginals: Tensor<Scalar>, lagOne: Tensor<Scalar>) {
  let values = covarianceValues(a, c)
  let joined = values.joined.recorded(from: [a, c]) {
    [a = a.detached, c = c.detached] g, gradients in
    addCovarianceAdjoint(
      a, c, values, marginals: g.pointer, lagOne: g.pointer + a.count, to: gradients)
  }
  let parts = joined.split(sizes: [a.count, c.count])
  return (parts[0].reshaped(to: a.shape), parts[1].reshaped(to: c.shape))
}

/// The covariances within blocks, as a recorded operation.
func blockChainMarginals<Scalar>(_ a: Tensor<Scalar>, _ c: Tensor<Scalar>) -> Tensor<Scalar> {
  let values = covarianceValues(a, c)
  return values.marginals.recorded(from: [a, c]) {
    [a = a.detached, c = c.detached] g, gradients in
    addCovarianceAdjoint(a, c, values, marginals: g.pointer, lagOne: nil, to: gradients)
  }
}

/// The blocks of a covariance matrix: first those on the diagonal, then those below it.
private struct CovarianceValues<Scalar: TensorScalar> {
  let joined: Tensor<Scalar>
  let shape: Shape

  var marginals: Tensor<Scalar> { joined.slice(0..<shape.count).reshaped(to: shape) }
}

private func covarianceValues<Scalar>(
  _ a: Tensor<Scalar>, _ c: Tensor<Scalar>
) -> CovarianceValues<Scalar> {
  let batch = BlockBatch(a.shape)
  let joined = Tensor<Scalar>([a.count + c.count]) { out in
    forRows(of: a) { rows, workspace in
      Scalar.kernels.blockChain.covariance(
        batch.rows(rows), LGBlocks(diagonal: a.pointer, below: c.pointer),
        LGBlockResult(diagonal: out, below: out + a.count), workspace)
    }
  }
  return CovarianceValues(joined: joined, shape: a.shape)
}

private func addCovarianceAdjoint<Scalar>(
  _ a: Tensor<Scalar>, _ c: Tensor<Scalar>, _ values: CovarianceValues<Scalar>,
  marginals: UnsafePointer<Scalar>, lagOne: UnsafePointer<Scalar>?,
  to gradients: Gradients<Scalar>
) {
  let batch = BlockBatch(a.shape)
  let results = [a, c].map { Tensor<Scalar>($0.shape) { _ in } }
  let memory = results.map { $0.mutablePointer }
  let known = values.joined
  forRows(of: a) { rows, workspace in
    Scalar.kernels.blockChain.covarianceAdjoint(
      batch.rows(rows), LGBlocks(diagonal: a.pointer, below: c.pointer),
      LGBlocks(diagonal: known.pointer, below: known.pointer + a.count),
      LGBlocks(diagonal: marginals, below: lagOne),
      LGBlockResult(diagonal: memory[0], below: memory[1]), workspace)
  }
  for (i, result) in results.enumerated() { gradients.add(to: i, result) }
}
