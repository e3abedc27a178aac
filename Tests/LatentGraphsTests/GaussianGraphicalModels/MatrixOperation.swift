import LatentGraphs
import TestSupport
import Testing

/// A property of `PrecisionStructure` that depends on the parameters only, and the same property
/// computed from the dense factor.
enum MatrixOperation: String, CaseIterable, Sendable {
  case logDeterminantOfFactor, logDeterminant, marginalVariances, covarianceTrace, matrix
  case covarianceMatrix

  func callAsFunction<Scalar>(_ precision: any PrecisionStructure<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .logDeterminantOfFactor: precision.logDeterminantOfFactor
    case .logDeterminant: precision.logDeterminant
    case .marginalVariances: precision.marginalVariances
    case .covarianceTrace: precision.covarianceTrace
    case .matrix: precision.matrix
    case .covarianceMatrix: precision.covarianceMatrix
    }
  }

  /// The shape of the result for a single matrix.
  func shape(_ k: Int) -> Shape {
    switch self {
    case .logDeterminantOfFactor, .logDeterminant, .covarianceTrace: []
    case .marginalVariances: [k]
    case .matrix, .covarianceMatrix: [k, k]
    }
  }

  func dense(_ factor: Matrix) -> [Double] {
    let precision = factor * factor.transposed
    let (covariance, logDeterminant) = precision.inverted()
    return switch self {
    case .logDeterminantOfFactor: [logDeterminant / 2]
    case .logDeterminant: [logDeterminant]
    case .marginalVariances: covariance.band(0)
    case .covarianceTrace: [covariance.trace]
    case .matrix: precision.rows.flatMap { $0 }
    case .covarianceMatrix: covariance.rows.flatMap { $0 }
    }
  }
}

extension GraphTests {
  @Suite("Properties of precision matrices") struct MatrixOperations {
    @Test(
      "The properties of a precision agree with the dense twin in every structure",
      arguments: StructureCase.all, BatchCase.batches)
    func matchDense(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 6)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let precision = structure.precision(parameters)
      #expect(precision.dimension == structure.dimension)
      #expect(precision.batchShape == batch)
      let factors = structure.factors(parameters)
      for operation in MatrixOperation.allCases {
        let value = operation(precision)
        #expect(value.shape == batch + operation.shape(structure.dimension), "\(operation)")
        expectClose(value, factors.flatMap(operation.dense), "\(operation)")
        CoverageTable.note(operation.rawValue, structure)
      }
    }

    @Test(
      "The gradients of a precision's properties agree with central differences",
      arguments: StructureCase.all, BatchCase.batches)
    func gradients(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 7)
      let parameters = structure.parameters(batch: batch, using: &generator)
      for operation in MatrixOperation.allCases {
        expectGradients(at: parameters, within: 1e-7, "\(operation)") {
          weightedSum([operation(structure.precision($0))])
        }
        CoverageTable.note("gradient of \(operation)", structure)
      }
    }

    @Test(
      "The properties of a batch of precisions equal those of each precision alone",
      arguments: StructureCase.all)
    func oneByOne(_ structure: StructureCase) {
      var generator = Philox(seed: 8)
      let parameters = structure.parameters(batch: [3], using: &generator)
      let parts = (0..<3).map { row in
        structure.precision(parameters.map { $0.slice(at: row) })
      }
      let whole = structure.precision(parameters)
      for operation in MatrixOperation.allCases {
        let joined = Tensor.stacked(parts.map { operation($0) })
        expectClose(operation(whole), joined.scalars, within: 1e-14, "\(operation)")
      }
    }
  }
}
