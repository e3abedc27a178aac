import Tensors

/// The operations of a block chain's factor on vectors.
func blockChainOperations<Scalar>(
  _ A: Tensor<Scalar>, _ C: Tensor<Scalar>
) -> FactorOperations<Scalar> {
  let kernels = Scalar.kernels.blockChain
  let (T, d) = (A.shape[-3], A.shape[-1])
  let batch = A.shape.droppingLast(3)
  let count = batch.count
  func rows(
    _ kernel: @escaping BlockChainKernels<Scalar>.VectorKernel
  ) -> FactorOperations<Scalar>.RowKernel {
    { rows, f, x, y in kernel(rows.lowerBound, rows.upperBound, T, d, count, f[0], f[1], x, y) }
  }
  return FactorOperations(
    name: "block chain", dimension: T * d, batchShape: batch, bands: [A, C],
    whitening: rows(kernels.whiten), unwhitening: rows(kernels.unwhiten),
    multiplying: rows(kernels.multiply), solving: rows(kernels.solve),
    unwhiteningAdjoint: { parameterRows, rows, f, g, u, noiseGradient, out in
      kernels.unwhitenAdjoint(
        parameterRows.lowerBound, parameterRows.upperBound, rows, T, d, count, f[0], f[1], g, u,
        noiseGradient, out[0], out[1])
    },
    outer: { parameterRows, columns, rows, a, b, negate, out in
      kernels.outer(
        parameterRows.lowerBound, parameterRows.upperBound, columns.lowerBound,
        columns.upperBound, rows, T, d, count, a, b, negate, out[0], out[1])
    },
    workPerElement: d)
}

/// The lower triangles of blocks, recorded.
func lowerBlocks<Scalar>(_ blocks: Tensor<Scalar>) -> Tensor<Scalar> {
  let d = blocks.shape[-1]
  func lower(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    Tensor<Scalar>(x.shape) { out in
      Scalar.kernels.blockChain.lower(x.shape.droppingLast(2).count, d, x.pointer, out)
    }
  }
  return lower(blocks).recorded(from: [blocks]) { g, gradients in gradients.add(to: 0, lower(g)) }
}

/// Calls `body` with ranges of the rows of a batch of block chains, and workspace for each.
private func forRows<Scalar>(
  of A: Tensor<Scalar>, _ body: (Range<Int>, UnsafeMutablePointer<Scalar>) -> Void
) {
  let d = A.shape[-1]
  let work = max(1, A.shape.last(3).count * d)
  let size = Scalar.kernels.blockChain.workspace(blockSize: d)
  parallelFor(count: A.shape.droppingLast(3).count, grain: max(1, (1 << 16) / work)) { rows in
    _ = Tensor<Scalar>([size]) { body(rows, $0) }
  }
}

/// The factor of a block-tridiagonal matrix, recorded.
func blockChainFactor<Scalar>(
  diagonal: Tensor<Scalar>, lower: Tensor<Scalar>
) throws -> (Tensor<Scalar>, Tensor<Scalar>) {
  let kernels = Scalar.kernels.blockChain
  let (T, d) = (diagonal.shape[-3], diagonal.shape[-1])
  let shapes = [diagonal.shape, lower.shape]
  // Both bands in one tensor, so that one operation gives both.
  let split = diagonal.count
  let factor = Tensor<Scalar>([split + lower.count]) { _ in }
  let (A, C) = (factor.mutablePointer, factor.mutablePointer + split)
  let failures = Tensor<Double>.full(-1, [max(1, shapes[0].droppingLast(3).count)])
  let found = failures.mutablePointer
  forRows(of: diagonal) { rows, workspace in
    found[rows.lowerBound] = Double(
      kernels.factor(
        rows.lowerBound, rows.upperBound, T, d, diagonal.pointer, lower.pointer, A, C, workspace))
  }
  if let failure = failures.scalars.first(where: { $0 >= 0 }).map({ Int($0) }) {
    throw NotPositiveDefinite(pivot: failure % (T * d), matrix: failure / (T * d))
  }
  let recorded = factor.recorded(from: [diagonal, lower]) { g, gradients in
    let results = shapes.map { Tensor<Scalar>($0) { _ in } }
    let memory = results.map { $0.mutablePointer }
    forRows(of: results[0]) { rows, workspace in
      kernels.factorAdjoint(
        rows.lowerBound, rows.upperBound, T, d, factor.pointer, factor.pointer + split, g.pointer,
        g.pointer + split, memory[0], memory[1], workspace)
    }
    for (i, result) in results.enumerated() { gradients.add(to: i, result) }
  }
  let parts = recorded.split(sizes: [split, lower.count])
  return (parts[0].reshaped(to: shapes[0]), parts[1].reshaped(to: shapes[1]))
}

/// The covariances within blocks and of neighbouring blocks, recorded.
func blockChainCovariance<Scalar>(
  _ A: Tensor<Scalar>, _ C: Tensor<Scalar>
) -> (marginals: Tensor<Scalar>, lagOne: Tensor<Scalar>) {
  let values = covarianceValues(A, C)
  let joined = values.joined.recorded(from: [A, C]) {
    [A = A.detached, C = C.detached] g, gradients in
    addCovarianceAdjoint(
      A, C, values, marginals: g.pointer, lagOne: g.pointer + A.count, to: gradients)
  }
  let parts = joined.split(sizes: [A.count, C.count])
  return (parts[0].reshaped(to: A.shape), parts[1].reshaped(to: C.shape))
}

/// The covariances within blocks alone, recorded.
func blockChainMarginals<Scalar>(_ A: Tensor<Scalar>, _ C: Tensor<Scalar>) -> Tensor<Scalar> {
  let values = covarianceValues(A, C)
  return values.marginals.recorded(from: [A, C]) {
    [A = A.detached, C = C.detached] g, gradients in
    addCovarianceAdjoint(A, C, values, marginals: g.pointer, lagOne: nil, to: gradients)
  }
}

/// The blocks of a covariance: those on the diagonal, then those below it.
private struct CovarianceValues<Scalar: TensorScalar> {
  let joined: Tensor<Scalar>
  let shape: Shape

  var marginals: Tensor<Scalar> { joined.slice(0..<shape.count).reshaped(to: shape) }
}

private func covarianceValues<Scalar>(
  _ A: Tensor<Scalar>, _ C: Tensor<Scalar>
) -> CovarianceValues<Scalar> {
  let (T, d) = (A.shape[-3], A.shape[-1])
  let joined = Tensor<Scalar>([A.count + C.count]) { out in
    forRows(of: A) { rows, workspace in
      Scalar.kernels.blockChain.covariance(
        rows.lowerBound, rows.upperBound, T, d, A.pointer, C.pointer, out, out + A.count, workspace)
    }
  }
  return CovarianceValues(joined: joined, shape: A.shape)
}

private func addCovarianceAdjoint<Scalar>(
  _ A: Tensor<Scalar>, _ C: Tensor<Scalar>, _ values: CovarianceValues<Scalar>,
  marginals: UnsafePointer<Scalar>, lagOne: UnsafePointer<Scalar>?,
  to gradients: Gradients<Scalar>
) {
  let (T, d) = (A.shape[-3], A.shape[-1])
  let results = [A, C].map { Tensor<Scalar>($0.shape) { _ in } }
  let memory = results.map { $0.mutablePointer }
  let known = values.joined
  forRows(of: A) { rows, workspace in
    Scalar.kernels.blockChain.covarianceAdjoint(
      rows.lowerBound, rows.upperBound, T, d, A.pointer, C.pointer, known.pointer,
      known.pointer + A.count, marginals, lagOne, memory[0], memory[1], workspace)
  }
  for (i, result) in results.enumerated() { gradients.add(to: i, result) }
}
