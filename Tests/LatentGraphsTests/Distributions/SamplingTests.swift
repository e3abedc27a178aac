import Foundation
import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  /// Compares draws with exact moments. Each test fails falsely for about one seed in a million.
  /// The bound of a comparison is the number of standard errors that a normal variable exceeds with
  /// a probability of 10⁻⁶ divided by the number of comparisons. It is multiplied by 1.03 to allow
  /// for the skewness of mean products of 200,000 draws.
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
      let (k, n) = (example.dimension, Self.draws)
      let sample = distribution.sample(n, using: &generator)
      let comparisons = batch * (k + k * (k + 1) / 2)
      let bound = Self.slack * deviations(rate: 1e-6, comparisons: comparisons)
      for (row, gaussian) in example.gaussians(parameters).enumerated() {
        let z = sample.slice(at: row, axis: 1) - Tensor(gaussian.mean)
        let mean = z.mean(axis: 0).scalars
        let products = matrixProduct(z, z, transposingLeft: true) / Double(n)
        let exact = gaussian.covariance.rows
        for i in 0..<k {
          let deviation = (exact[i][i] / Double(n)).squareRoot()
          #expect(abs(mean[i]) < bound * deviation, "mean of \(i)")
          for j in 0...i {
            let variance = (exact[i][i] * exact[j][j] + exact[i][j] * exact[i][j]) / Double(n)
            let error = products[i, j] - exact[i][j]
            #expect(abs(error) < bound * variance.squareRoot(), "covariance of \(i) and \(j)")
          }
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
      let bound = Self.slack * deviations(rate: 1e-6, comparisons: k + k * (k - 1) / 2)
      for i in 0..<k {
        let variance = p[i] * (1 - p[i])
        #expect(abs(mean[i]) < bound * (variance / Double(n)).squareRoot())
        for j in 0..<i {
          let product = variance * p[j] * (1 - p[j])
          #expect(abs(products[i, j]) < bound * (product / Double(n)).squareRoot())
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
