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
  let batch = GridBatch(height: height, width: width, count: shape.count)
  func rows(
    _ kernel: @escaping GridVectorKernels<Scalar>.Vector
  ) -> FactorOperations<Scalar>.RowKernel {
    { rows, f, x, y in kernel(batch.rows(rows, of: rows.upperBound), LGGridFactor(f), x, y) }
  }
  return FactorOperations(
    name: name, dimension: height * width, batchShape: shape, bands: bands,
    whitening: rows(kernels.whiten), unwhitening: rows(kernels.unwhiten),
    multiplying: rows(kernels.multiply), solving: rows(kernels.solve),
    unwhiteningAdjoint: { parameterRows, rows, f, g, u, noiseGradient, out in
      kernels.unwhitenAdjoint(
        batch.rows(parameterRows, of: rows), LGGridFactor(f), g, u, noiseGradient,
        LGGridGradient(out))
    },
    outer: { parameterRows, columns, rows, a, b, negate, out in
      kernels.outer(
        batch.rows(parameterRows, of: rows),
        LGElementRange(low: columns.lowerBound, high: columns.upperBound), a, b, negate,
        LGGridGradient(out))
    })
}
