import LatentGraphs
import Tensors
import TestSupport
import Testing

/// An operation of `PrecisionStructure` on vectors, and the same operation with the dense factor.
enum VectorOperation: String, CaseIterable, Sendable {
  case whiten, unwhiten, multiplyFactor, solveFactor, multiply, solve

  func callAsFunction<Scalar>(
    _ precision: any PrecisionStructure<Scalar>, _ x: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    switch self {
    case .whiten: precision.whiten(x)
    case .unwhiten: precision.unwhiten(x)
    case .multiplyFactor: precision.multiplyFactor(x)
    case .solveFactor: precision.solveFactor(x)
    case .multiply: precision.multiply(x)
    case .solve: precision.solve(x)
    }
  }

  /// The matrix that the operation applies, computed from the factor `L`.
  func matrix(_ factor: Matrix) -> Matrix {
    switch self {
    case .whiten: factor.transposed
    case .unwhiten: factor.transposed.inverted().inverse
    case .multiplyFactor: factor
    case .solveFactor: factor.inverted().inverse
    case .multiply: factor * factor.transposed
    case .solve: (factor * factor.transposed).inverted().inverse
    }
  }
}

/// The axes of the draws, which come first, and the batch of the parameters.
struct BatchCase: Hashable, Sendable, CustomTestStringConvertible {
  let draws: Shape
  let batch: Shape

  var testDescription: String { "draws \(draws), batch \(batch)" }

  static let batches: [Shape] = [[], [3], [2, 3]]
  static let all: [BatchCase] = batches.flatMap { batch in
    [Shape([]), [4], [2, 2]].map { BatchCase(draws: $0, batch: batch) }
  }
}

extension GraphTests {
  @Suite("Operations of precisions on vectors") struct VectorOperations {
    @Test(
      "The operations on vectors agree with the dense twin in every structure",
      arguments: StructureCase.all, BatchCase.all)
    func matchDense(_ structure: StructureCase, _ shapes: BatchCase) {
      var generator = Philox(seed: 1)
      let parameters = structure.parameters(batch: shapes.batch, using: &generator)
      let x = Tensor<Double>.normal(
        shapes.draws + shapes.batch + [structure.dimension], using: &generator)
      let precision = structure.precision(parameters)
      let factors = structure.factors(parameters)
      for operation in VectorOperation.allCases {
        let matrices = factors.map(operation.matrix)
        let expected: [[Double]] = x.vectors.enumerated().map { row, vector in
          matrices[row % matrices.count] * vector
        }
        let value = operation(precision, x)
        #expect(value.shape == x.shape)
        expectClose(value, expected.flatMap { $0 }, "\(operation)")
        CoverageTable.note(operation.rawValue, structure)
      }
    }

    @Test(
      "The gradients of the operations on vectors agree with central differences",
      arguments: StructureCase.all, BatchCase.all)
    func gradients(_ structure: StructureCase, _ shapes: BatchCase) {
      var generator = Philox(seed: 2)
      let parameters = structure.parameters(batch: shapes.batch, using: &generator)
      let x = Tensor<Double>.normal(
        shapes.draws + shapes.batch + [structure.dimension], using: &generator)
      for operation in VectorOperation.allCases {
        expectGradients(at: [x] + parameters, "\(operation)") {
          weightedSum([operation(structure.precision(Array($0.dropFirst())), $0[0])])
        }
        CoverageTable.note("gradient of \(operation)", structure)
      }
    }

    @Test(
      "Operations with a batch of precisions equal those with each precision alone",
      arguments: StructureCase.all, [Shape([]), [4]])
    func oneByOne(_ structure: StructureCase, _ draws: Shape) {
      var generator = Philox(seed: 3)
      let parameters = structure.parameters(batch: [3], using: &generator)
      let x = Tensor<Double>.normal(draws + [3, structure.dimension], using: &generator)
      let precision = structure.precision(parameters)
      for operation in VectorOperation.allCases {
        let whole = operation(precision, x)
        let parts = (0..<3).map { row in
          operation(
            structure.precision(parameters.map { $0.slice(at: row) }),
            x.slice(at: row, axis: draws.rank))
        }
        let joined = Tensor.stacked(parts, axis: draws.rank)
        if structure.usesProducts {
          // A product of matrices may sum in another order for another number of rows.
          expectClose(whole, joined.scalars, within: 1e-14, "\(operation)")
        } else {
          #expect(whole.scalars == joined.scalars, "\(operation)")
        }
      }
    }

    @Test(
      "Operations on no draws give empty results and zero gradients", arguments: StructureCase.kinds
    )
    func noDraws(_ structure: StructureCase) {
      var generator = Philox(seed: 4)
      for batch: Shape in [[], [3]] {
        let parameters = structure.parameters(batch: batch, using: &generator)
          .map { $0.tracked() }
        let precision = structure.precision(parameters)
        let x = Tensor<Double>.zeros([0] + batch + [structure.dimension])
        for operation in VectorOperation.allCases {
          let value = operation(precision, x)
          #expect(value.shape == x.shape)
          let found = Tensors.gradients(of: value.sum(), withRespectTo: parameters)
          #expect(found.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } }, "\(operation)")
        }
      }
    }

    @Test(
      "The operations on vectors in Float agree with those in Double", arguments: StructureCase.all)
    func single(_ structure: StructureCase) {
      var generator = Philox(seed: 5)
      let parameters = structure.parameters(batch: [3], using: &generator)
        .map { $0.converted(to: Float.self) }
      let x = Tensor<Float>.normal([4, 3, structure.dimension], using: &generator)
      let double = structure.precision(parameters.map { $0.converted(to: Double.self) })
      let single = structure.precision(parameters)
      for operation in VectorOperation.allCases {
        let expected = operation(double, x.converted())
        expectClose(operation(single, x), expected.scalars, within: 1e-5, "\(operation)")
      }
    }
  }
}
