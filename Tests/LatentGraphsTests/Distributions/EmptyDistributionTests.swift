import LatentGraphs
import Testing

extension GraphTests {
  @Suite("Distributions of no variables, and empty batches") struct EmptyDistributions {
    /// The shapes of batches and the number of variables.
    static let shapes: [(batch: Shape, k: Int)] = [
      ([], 0), ([3], 0), ([0], 2), ([2, 0], 3), ([0], 0),
    ]

    private func expect(_ value: Tensor<Double>, _ shape: Shape, _ name: String) {
      #expect(value.shape == shape, "\(name)")
      #expect(value.scalars.allSatisfy { $0 == 0 }, "\(name): \(value)")
    }

    @Test(
      "A normal of no variables or an empty batch has results and gradients of the right shapes",
      arguments: shapes)
    func normal(batch: Shape, k: Int) {
      let moments = Tensor<Double>.zeros(batch + [2 * k]).tracked()
      let normal = Normal<Double>(moments: moments)
      let x = Tensor<Double>.zeros([4] + batch + [k]).tracked()
      let density = normal.logDensity(of: x)
      expect(density, [4] + batch, "density")
      let sample = normal.sample(noise: x)
      expect(sample, [4] + batch + [k], "sample")
      expect(normal.entropy, batch, "entropy")
      let divergence = normal.klDivergence(from: Normal<Double>.standard(k))
      expect(divergence, batch, "KL")
      let fused = normal.fused(with: normal)
      #expect(fused.moments.shape == moments.shape)
      expect(normal.mean, batch + [k], "mean")
      let loss = density.sum() + sample.sum() + divergence.sum() + fused.moments.sum()
      #expect(
        gradients(of: loss, withRespectTo: [moments, x]).map(\.shape) == [moments.shape, x.shape])
      var generator = Philox(seed: 1)
      #expect(normal.sample(2, using: &generator).shape == [2] + batch + [k])
    }

    @Test(
      "Bernoullis of no variables or an empty batch have results and gradients of the right shapes",
      arguments: shapes)
    func bernoulli(batch: Shape, k: Int) {
      let logits = Tensor<Double>.zeros(batch + [k]).tracked()
      let bits = Bernoulli(logits: logits)
      let x = Tensor<Double>.full(0.5, batch + [k]).tracked()
      var generator = Philox(seed: 1)
      expect(bits.logDensity(of: x), batch, "density")
      expect(bits.entropy, batch, "entropy")
      expect(bits.klDivergence(from: bits), batch, "KL")
      #expect(bits.sample(using: &generator).shape == batch + [k])
      let relaxed = RelaxedBernoulli(logits: logits, temperature: 0.5)
      expect(relaxed.logDensity(of: x), batch, "relaxed density")
      expect(relaxed.logDensity(ofLogits: x), batch, "relaxed density of log-odds")
      #expect(relaxed.sample(using: &generator).shape == batch + [k])
      let loss = bits.logDensity(of: x).sum() + bits.entropy.sum() + relaxed.logDensity(of: x).sum()
      #expect(
        gradients(of: loss, withRespectTo: [logits, x]).map(\.shape) == [logits.shape, x.shape])
    }

    @Test(
      "A logit-normal of an empty batch has results and gradients of the right shapes",
      arguments: [[0], [2, 0]] as [Shape])
    func logitNormal(batch: Shape) {
      let mean = Tensor<Double>.zeros(batch + [3]).tracked()
      let pixels = LogitNormal(
        mean: mean, precision: DiagonalPrecision(logFactor: .zeros(batch + [3])))
      let x = Tensor<Double>.zeros(batch + [3])
      expect(pixels.logDensity(of: x), batch, "density")
      expect(pixels.mean, batch + [3], "mean")
      expect(pixels.median, batch + [3], "median")
      expect(pixels.entropy, batch, "entropy")
      expect(pixels.klDivergence(from: pixels), batch, "KL")
      expect(pixels.sample(noise: x), batch + [3], "sample")
      let loss = pixels.mean.sum() + pixels.entropy.sum() + pixels.logDensity(of: x).sum()
      #expect(gradients(of: loss, withRespectTo: [mean])[0].shape == mean.shape)
    }
  }
}
