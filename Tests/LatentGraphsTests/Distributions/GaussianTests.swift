import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Properties of Gaussians of every structure, logit-normals and bits.
  @Suite("Properties of Gaussians and bits") struct Gaussians {
    @Test(
      "The log-density of every distribution agrees with its reference and has the right shape",
      arguments: GaussianCase.all, BatchCase.all)
    func logDensity(_ example: GaussianCase, _ shapes: BatchCase) {
      var generator = Philox(seed: 40)
      let parameters = example.parameters(batch: shapes.batch, using: &generator)
      let distribution = example.distribution(parameters)
      #expect(distribution.batchShape == shapes.batch)
      #expect(distribution.dimension == example.dimension)
      let value = example.value(shapes.draws + shapes.batch, using: &generator)
      let density = distribution.logDensity(of: value)
      #expect(density.shape == shapes.draws + shapes.batch)
      expectClose(density, example.logDensities(parameters, of: value))
    }

    @Test(
      "Gradients of the log-density in value and parameters agree with central differences",
      arguments: GaussianCase.all, BatchCase.all)
    func gradientsOfLogDensity(_ example: GaussianCase, _ shapes: BatchCase) {
      var generator = Philox(seed: 41)
      let parameters = example.parameters(batch: shapes.batch, using: &generator)
      var value = example.value(shapes.draws + shapes.batch, using: &generator)
      // Fractional values, because beyond 0 and 1 the density is −∞.
      if case .bernoulli = example { value = 0.25 + 0.5 * value }
      expectGradients(at: [value] + parameters) {
        weightedSum([
          example.distribution(Array($0.dropFirst())).logDensity(of: $0[0])
        ])
      }
    }

    @Test(
      "Sampling is a differentiable function of the noise and the parameters",
      arguments: GaussianCase.reparameterized, BatchCase.all)
    func sample(_ example: GaussianCase, _ shapes: BatchCase) throws {
      var generator = Philox(seed: 42)
      let parameters = example.parameters(batch: shapes.batch, using: &generator)
      let distribution = example.continuous(parameters)
      let shape = shapes.draws + shapes.batch + [example.dimension]
      let noise = Tensor<Double>.normal(shape, using: &generator)
      let draw = distribution.sample(noise: noise)
      #expect(draw.shape == shape)
      // Zero noise gives the mean, negative noise the antithetic draw, and the same noise the same
      // value.
      let mean = try distribution.mean.broadcast(to: shape)
      #expect(distribution.sample(noise: .zeros(shape)).scalars == mean.scalars)
      expectClose(distribution.sample(noise: -noise), (2 * mean - draw).scalars, within: 1e-14)
      #expect(distribution.sample(noise: noise).scalars == draw.scalars)
      expectGradients(at: [noise] + parameters) {
        weightedSum([example.continuous(Array($0.dropFirst())).sample(noise: $0[0])])
      }
    }

    /// For `z = f(ε)`, `log p(z) = log N(ε) − log|det ∂z/∂ε|`, and the mean of `−log p` is the
    /// entropy. These relations connect sampling, density and entropy.
    @Test(
      "The samples, the density and the entropy of every distribution are consistent",
      arguments: GaussianCase.reparameterized, BatchCase.all)
    func changeOfVariables(_ example: GaussianCase, _ shapes: BatchCase) throws {
      var generator = Philox(seed: 43)
      let parameters = example.parameters(batch: shapes.batch, using: &generator)
      let distribution = example.continuous(parameters)
      let k = Double(example.dimension)
      let entropy = try distribution.entropy
      #expect(entropy.shape == shapes.batch)
      expectClose(entropy, example.gaussians(parameters).map(\.entropy))
      let noise = Tensor<Double>.normal(
        shapes.draws + shapes.batch + [example.dimension], using: &generator)
      let density = distribution.logDensity(of: distribution.sample(noise: noise))
      let expected = 0.5 * k - entropy - 0.5 * noise.squared().sum(axis: -1)
      expectClose(density, expected.scalars)
      expectGradients(at: parameters) { weightedSum([try! example.continuous($0).entropy]) }
    }

    @Test(
      "Draws by a generator have the right shape, advance the generator and are reproducible",
      arguments: GaussianCase.reparameterized)
    func draws(_ example: GaussianCase) {
      var generator = Philox(seed: 44)
      let distribution = example.continuous(example.parameters(batch: [2, 3], using: &generator))
      let before = generator
      let one = distribution.sample(using: &generator)
      #expect(one.shape == [2, 3, example.dimension])
      #expect(generator != before)
      let five = distribution.sample(5, using: &generator)
      #expect(five.shape == [5, 2, 3, example.dimension])
      var again = before
      #expect(distribution.sample(using: &again).scalars == one.scalars)
      #expect(Set(five.scalars).count == five.count)
    }

    @Test(
      "The results of every distribution in Float agree with those in Double up to rounding",
      arguments: GaussianCase.all)
    func single(_ example: GaussianCase) throws {
      var generator = Philox(seed: 45)
      let parameters = example.parameters(batch: [3], using: &generator)
        .map { $0.converted(to: Float.self) }
      let doubles = parameters.map { $0.converted(to: Double.self) }
      let value = example.value([4, 3], using: &generator).converted(to: Float.self)
      expectClose(
        example.distribution(parameters).logDensity(of: value),
        example.distribution(doubles).logDensity(of: value.converted()).scalars, within: 3e-6)
      if case .bernoulli = example { return }
      let (single, double) = (example.continuous(parameters), example.continuous(doubles))
      expectClose(
        single.sample(noise: value), double.sample(noise: value.converted()).scalars,
        within: 3e-6)
      expectClose(try single.entropy, try double.entropy.scalars, within: 3e-6)
    }
  }
}
