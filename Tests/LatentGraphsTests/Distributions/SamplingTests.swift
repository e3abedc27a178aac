import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Compares draws with exact moments. The slack of 1.03 allows for the skewness of mean products
  /// of 200,000 draws.
  @Suite("Draws have the moments of their distribution") struct Sampling {
    static let draws = 200_000
    static let slack = 1.03

    @Test(
      "Draws have the exact mean and the exact covariance matrix",
      arguments: GaussianCase.reparameterized, [2])
    func gaussian(_ example: GaussianCase, _ batch: Int) {
      var generator = Philox(seed: 50)
      let parameters = example.parameters(batch: [batch], using: &generator)
      let distribution = example.continuous(parameters)
      let sample = distribution.sample(Self.draws, using: &generator)
      expectCalibrated(slack: Self.slack) { statistics in
        for (row, gaussian) in example.gaussians(parameters).enumerated() {
          statistics.compareMoments(of: sample.slice(at: row, axis: 1), gaussian)
        }
      }
    }

    @Test("Draws of a Bernoulli have the exact probabilities and no covariance")
    func bernoulli() {
      var generator = Philox(seed: 51)
      let k = 6
      let logits = Tensor<Double>([-3, -1, -0.1, 0, 0.7, 2.5])
      let n = Self.draws
      let distribution = Bernoulli(logits: logits.broadcast(to: [n, k]))
      let sample = distribution.sample(using: &generator)
      #expect(sample.shape == [n, k])
      #expect(sample.scalars.allSatisfy { $0 == 0 || $0 == 1 })
      let p = logits.scalars.map { 1 / (1 + exp(-$0)) }
      let z = sample - Tensor(p)
      let products = (matrixProduct(z, z, transposingLeft: true) / Double(n))
      let mean = z.mean(axis: 0).scalars
      expectCalibrated(slack: Self.slack) { statistics in
        for i in 0..<k {
          let variance = p[i] * (1 - p[i])
          statistics.compare(mean[i], 0, error: (variance / Double(n)).squareRoot())
          for j in 0..<i {
            let product = variance * p[j] * (1 - p[j])
            statistics.compare(products[i, j], 0, error: (product / Double(n)).squareRoot())
          }
        }
      }
    }

    @Test("The draws of a Bernoulli are not tracked")
    func discrete() {
      var generator = Philox(seed: 52)
      let logits = Tensor<Double>.zeros([4, 3]).tracked()
      let sample = Bernoulli(logits: logits).sample(using: &generator)
      #expect(sample.shape == [4, 3] && !sample.isTracked)
    }
  }
}
