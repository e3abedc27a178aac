import Foundation
import LatentGraphs
import TestSupport
import Testing

/// An operation of a model, given a value or noise.
enum ModelOperation: String, CaseIterable {
  case logDensity, sample, entropy, logDensityAtMode

  func callAsFunction(
    _ model: GaussianGraphicalModel<Double>, _ x: Tensor<Double>
  ) -> Tensor<Double> {
    switch self {
    case .logDensity: model.logDensity(of: x)
    case .sample: model.sample(noise: x)
    case .entropy: model.entropy
    case .logDensityAtMode: model.logDensityAtMode
    }
  }

  func dense(mean: [Double], factor: Matrix, _ x: [Double]) -> [Double] {
    let twin = DenseGaussian(mean: mean, factor: factor)
    return switch self {
    case .logDensity: [twin.logDensity(of: x)]
    case .sample:
      zip(mean, factor.transposed.inverted().inverse * x).map { $0 + $1 }
    case .entropy: [twin.entropy]
    case .logDensityAtMode: [twin.logDensity(of: mean)]
    }
  }
}

extension GraphTests {
  @Suite("Operations of models in every structure") struct ModelOperations {
    @Test(
      "The operations of a model agree with the dense twin in every structure",
      arguments: StructureCase.all, BatchCase.batches)
    func matchDense(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 61)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let mean = Tensor<Double>.normal(batch + [structure.dimension], using: &generator)
      let x = Tensor<Double>.normal(batch + [structure.dimension], using: &generator)
      let model = GaussianGraphicalModel(
        mean: mean, precision: structure.precision(parameters))
      let factors = structure.factors(parameters)
      for operation in ModelOperation.allCases {
        let expected = factors.indices.flatMap { row in
          operation.dense(mean: mean.vectors[row], factor: factors[row], x.vectors[row])
        }
        expectClose(operation(model, x), expected, "\(operation)")
        CoverageTable.note(operation.rawValue, structure)
      }
    }

    @Test(
      "The gradients of a model's operations agree with central differences",
      arguments: StructureCase.all, BatchCase.batches)
    func gradients(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 62)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let vectors = (0..<2).map { _ in
        Tensor<Double>.normal(batch + [structure.dimension], using: &generator)
      }
      for operation in ModelOperation.allCases {
        expectGradients(at: vectors + parameters, within: 1e-7, "\(operation)") {
          let model = GaussianGraphicalModel(
            mean: $0[0], precision: structure.precision(Array($0.dropFirst(2))))
          return weightedSum([operation(model, $0[1])])
        }
        CoverageTable.note("gradient of \(operation)", structure)
      }
    }
  }
}
