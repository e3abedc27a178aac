import TestSupport
import Tensors

/// The batch axes of the left and the right factor of a matrix product.
private let batches: [(String, Shape, Shape)] = [
  ("one product", [], []), ("batched", [2], [2]), ("batch times matrix", [2], []),
  ("matrix times batch", [], [2]), ("two axes times matrix", [2, 3], []),
  ("batch of one", [1], [3]), ("times batch of one", [3], [1]), ("both", [2, 1], [1, 3]),
  ("inner", [2, 3], [3]), ("ones", [1, 1], [1]), ("no matrices", [0], []),
]

private let products = batches.flatMap { name, left, right in
  [false, true].flatMap { transposingLeft in
    [false, true].map { transposingRight in
      let a = left + (transposingLeft ? [4, 3] : [3, 4])
      let b = right + (transposingRight ? [2, 4] : [4, 2])
      return DifferentiableOperation(
        "\(name): \(a)\(transposingLeft ? "ᵀ" : "") \(b)\(transposingRight ? "ᵀ" : "")",
        [.normal(a), .normal(b)]
      ) {
        matrixProduct(
          $0[0], $0[1], transposingLeft: transposingLeft, transposingRight: transposingRight)
      }
    }
  }
}

private let factors: [(Shape, Shape)] = [
  ([3, 3], [3, 2]), ([2, 3, 3], [2, 3, 2]), ([3, 3], [4, 3, 2]), ([2, 2, 3, 3], [2, 2, 3, 1]),
  ([1, 1], [1, 1]), ([0, 0], [0, 2]), ([3, 3], [3, 0]),
]

private let solves = factors.flatMap { factor, right in
  [false, true].map { transposing in
    DifferentiableOperation(
      "solve \(factor)\(transposing ? "ᵀ" : ""), \(right)", [.factor(factor), .normal(right)]
    ) { triangularSolve($0[0], $0[1], transposing: transposing) }
  }
}

private let choleskys = ([[1, 1], [3, 3], [2, 4, 4], [2, 2, 2, 2], [0, 0]] as [Shape]).map {
  shape in
  // The gradient is defined for a symmetric argument, so the argument is computed as `L Lᵀ + I`.
  DifferentiableOperation("cholesky \(shape)", [.factor(shape)]) {
    let a = matrixProduct($0[0], $0[0], transposingRight: true) + Tensor<Double>.identity(shape[-1])
    return try a.cholesky()
  }
}

let linearAlgebraOperations: [DifferentiableOperation] =
  products + solves + choleskys + [
    .init(
      "cholesky of a symmetrized matrix", [.numbers([4, 1, 0.5, 1, 3, -1, 0.5, -1, 5], [3, 3])]
    ) { try (0.5 * ($0[0] + $0[0].transposed())).cholesky() },
    .init("A Aᵀ", [.normal([3, 2])]) { matrixProduct($0[0], $0[0], transposingRight: true) },
    .init("A A", [.normal([2, 3, 3])]) { matrixProduct($0[0], $0[0]) },
    .init("vectors", [.normal([2, 3, 4]), .normal([2, 4])]) { $0[0].product(withVector: $0[1]) },
    .init("one matrix, many vectors", [.normal([3, 4]), .normal([5, 4])]) {
      $0[0].product(withVector: $0[1])
    },
    .init("no inner size", [.normal([2, 0]), .normal([0, 3])]) { matrixProduct($0[0], $0[1]) },
    .init("solve with one tensor for both", [.factor([3, 3])]) { triangularSolve($0[0], $0[0]) },
    .init("lower triangle", [.normal([2, 3, 3])]) { $0[0].lowerTriangle() },
    .init("lower triangle, wide", [.normal([2, 4])]) { $0[0].lowerTriangle() },
    .init("lower triangle, tall", [.normal([4, 2])]) { $0[0].lowerTriangle(withDiagonal: false) },
    .init("strict lower triangle", [.normal([3, 3])]) { $0[0].lowerTriangle(withDiagonal: false) },
    .init("diagonal", [.normal([3, 3])]) { $0[0].diagonal() },
    .init("diagonals", [.normal([2, 2, 3, 3])]) { $0[0].diagonal() },
    .init("diagonal of nothing", [.normal([2, 0, 0])]) { $0[0].diagonal() },
  ]
