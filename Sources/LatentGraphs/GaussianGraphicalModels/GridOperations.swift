import CKernels
import Tensors

/// A batch of chains or grids with their own parameters in each row, for the kernels.
struct GridBatch {
  /// The size of a grid; a chain has height 1.
  let height, width: Int
  /// The number of parameter rows.
  let count: Int

  /// Some parameter rows.
  func rows(_ range: Range<Int>) -> LGGridRows { rows(range, of: count) }

  /// Some of a number of batch rows, or some parameter rows with all of the batch rows.
  func rows(_ range: Range<Int>, of rows: Int) -> LGGridRows {
    LGGridRows(
      height: height, width: width, rows: rows, param_rows: count, begin: range.lowerBound,
      end: range.upperBound)
  }
}

/// The products and solves of the factor of a chain or an extended grid with vectors.
func gridOperations<Scalar>(
  name: String, height: Int, width: Int, bands: [Tensor<Scalar>],
  _ kernels: GridVectorKernels<Scalar>
) -> FactorOperations<Scalar> {
  let shape = bands[0].shape.dropLast()
  return FactorOperations(
    name: name, dimension: height * width, batchShape: shape, bands: bands,
    kernels: GridFactorKernels(
      batch: GridBatch(height: height, width: width, count: shape.count), kernels: kernels))
}

/// The kernels of chains and extended grids.
private struct GridFactorKernels<Scalar: TensorScalar>: FusedFactorKernels {
  let batch: GridBatch
  let kernels: GridVectorKernels<Scalar>

  func whiten(_ vectors: FactorVectors<Scalar>) { apply(kernels.whiten, to: vectors) }
  func unwhiten(_ vectors: FactorVectors<Scalar>) { apply(kernels.unwhiten, to: vectors) }
  func multiply(_ vectors: FactorVectors<Scalar>) { apply(kernels.multiply, to: vectors) }
  func solve(_ vectors: FactorVectors<Scalar>) { apply(kernels.solve, to: vectors) }

  private func apply(
    _ kernel: GridVectorKernels<Scalar>.Vector, to vectors: FactorVectors<Scalar>
  ) {
    kernel(
      batch.rows(vectors.rows, of: vectors.rows.upperBound), LGGridFactor(vectors.bands),
      vectors.x, vectors.y)
  }

  func outerProducts(_ products: FactorProducts<Scalar>) {
    kernels.outer(
      batch.rows(products.parameterRows, of: products.rowCount),
      LGElementRange(low: products.columns.lowerBound, high: products.columns.upperBound),
      products.a, products.b, products.isNegated, LGGridGradient(products.results))
  }

  func unwhitenAdjoint(_ adjoint: UnwhitenAdjoint<Scalar>) {
    kernels.unwhitenAdjoint(
      batch.rows(adjoint.parameterRows, of: adjoint.rowCount), LGGridFactor(adjoint.bands),
      adjoint.upstream, adjoint.value, adjoint.noiseGradient, LGGridGradient(adjoint.results))
  }
}
