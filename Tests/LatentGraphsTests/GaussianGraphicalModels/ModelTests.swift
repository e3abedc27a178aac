import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Gaussian graphical models") struct Models {
    @Test("A chain of two variables agrees with a hand computation")
    func byHand() {
      // With L = [2 0; 1 1], P = [4 2; 2 2] and Σ = [0.5 −0.5; −0.5 1].
      let model = GaussianGraphicalModel(
        mean: Tensor<Double>([1, -1]),
        precision: ChainPrecision(
          factorDiagonal: Tensor([2, 1]), factorOffDiagonal: Tensor([1])))
      expectClose(model.precision.matrix, [4, 2, 2, 2], within: 1e-15)
      expectClose(model.precision.covarianceMatrix, [0.5, -0.5, -0.5, 1], within: 1e-15)
      expectClose(model.variance, [0.5, 1], within: 1e-15)
      // The solution is u₂ = 3 and u₁ = (1 − 3)/2.
      expectClose(model.sample(noise: Tensor([1, 3])), [0, 2], within: 1e-15)
      expectClose(
        model.logDensity(of: Tensor([0, 2])), [log(2) - log(2 * .pi) - 5], within: 1e-15)
      expectClose(model.entropy, [1 + log(2 * .pi) - log(2)], within: 1e-15)
    }

    /// The batch shapes of the mean, of the precision and of the resulting model.
    static let shapes: [(mean: Shape, precision: Shape, model: Shape)] = [
      ([], [], []), ([3], [], [3]), ([2, 3], [3], [2, 3]), ([], [3], [3]), ([], [2, 3], [2, 3]),
      ([1], [3], [3]), ([1, 1], [3], [1, 3]), ([2, 1], [3], [2, 3]), ([3], [2, 3], [2, 3]),
    ]

    @Test(
      "A model broadcasts its mean and its precision to a common batch",
      arguments: StructureCase.kinds, shapes)
    func batches(
      _ structure: StructureCase, _ batch: (mean: Shape, precision: Shape, model: Shape)
    ) {
      var generator = Philox(seed: 90)
      let example = ModelCase(
        structure, meanBatch: batch.mean, batch: batch.precision, using: &generator)
      let model = example.model
      let k = structure.dimension
      #expect(model.batchShape == batch.model)
      #expect(model.mean.shape == batch.model + [k])
      #expect(model.entropy.shape == batch.model)
      #expect(model.variance.shape == batch.model + [k])
      let value = model.sample(2, using: &generator)
      #expect(value.shape == [2] + batch.model + [k])
      #expect(model.logDensity(of: value).shape == [2] + batch.model)
      // The expected values are computed row by row.
      let parameters = Array(example.inputs.dropFirst())
      let factors = structure.factors(parameters)
      let expected = value.vectors.enumerated().map { row, z in
        DenseGaussian(
          mean: model.mean.vectors[row % batch.model.count], factor: factors[row % factors.count]
        ).logDensity(of: z)
      }
      expectClose(model.logDensity(of: value), expected)
      expectGradients(at: example.inputs) {
        let model = example.model($0)
        return weightedSum([model.logDensity(of: value), model.entropy, model.variance])
      }
    }

    @Test("The standard model and the standard normal have zero mean and unit variances")
    func standard() {
      let model = GaussianGraphicalModel<Double>.standard(3)
      expectClose(model.precision.matrix, Matrix.identity(3).rows.flatMap { $0 }, within: 0)
      #expect(model.mean.scalars == [0, 0, 0])
      let normal = Normal<Double>.standard(3)
      let value = Tensor<Double>([1, -2, 0.5])
      expectClose(
        normal.logDensity(of: value), model.logDensity(of: value).scalars, within: 1e-15)
      expectClose(normal.standardDeviation, [1, 1, 1], within: 0)
      expectClose(normal.variance, [1, 1, 1], within: 0)
    }

    @Test("A model of independent variables agrees with a normal distribution")
    func normal() {
      let mean = Tensor<Double>([1, 2], shape: [2, 1])
      let logVariance = Tensor<Double>([-1, 0, 0.8])
      let normal = Normal(mean: mean, logVariance: logVariance)
      #expect(normal.batchShape == [2] && normal.dimension == 3)
      expectClose(normal.mean, [1, 1, 1, 2, 2, 2], within: 0)
      expectClose(
        normal.variance, [exp(-1), 1, exp(0.8), exp(-1), 1, exp(0.8)], within: 1e-15)
      let model = GaussianGraphicalModel(
        mean: normal.mean, precision: DiagonalPrecision(logFactor: -normal.logStandardDeviation))
      var generator = Philox(seed: 91)
      let noise = Tensor<Double>.normal([4, 2, 3], using: &generator)
      let sample = normal.sample(noise: noise)
      expectClose(sample, model.sample(noise: noise).scalars, within: 1e-14)
      expectClose(
        normal.logDensity(of: sample), model.logDensity(of: sample).scalars, within: 1e-14)
      expectClose(normal.entropy, model.entropy.scalars, within: 1e-14)
      expectClose(normal.variance, model.variance.scalars, within: 1e-14)
    }
  }
}
