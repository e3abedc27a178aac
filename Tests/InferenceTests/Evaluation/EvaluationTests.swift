import Foundation
import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("Evaluation of a model with a known likelihood")
struct EvaluationTests {
  let model = FactorAnalysis(latents: 3, pixels: 5)

  @Test(
    "With the exact posterior the importance-sampled likelihood is exact for any number of samples")
  func exactPosterior() {
    var generator = Philox(seed: 5)
    let x = linearGaussianData(model, count: 7, seed: 2).rows
    let estimate = importanceSampledLogLikelihood(
      of: x, under: model, draws: 4, using: &generator)
    for (a, b) in zip(estimate.scalars, model.exactLogLikelihood(of: x)) {
      #expect(abs(a - b) < 1e-10)
    }
  }

  @Test("With an inexact posterior the importance-sampled likelihood is within its error")
  func tiltedPosterior() {
    // With this tilt the weights are log-normal with a variance below 0.6. The mean of 20,000
    // weights has a relative error of about 0.6 %, and exceeds 6 times this error with a
    // probability of about 2·10⁻⁹.
    var tilted = model
    tilted.tilt = 0.1
    var generator = Philox(seed: 6)
    let x = linearGaussianData(model, count: 5, seed: 3).rows
    let estimate = importanceSampledLogLikelihood(
      of: x, under: tilted, draws: 20_000, rowsAtOnce: 997, using: &generator)
    for (a, b) in zip(estimate.scalars, model.exactLogLikelihood(of: x)) {
      #expect(abs(a - b) < 0.04)
      #expect(a != b)
    }
  }

  @Test("Any number of rows may be decoded at once")
  func anyRowsAtOnce() {
    var generator = Philox(seed: 5)
    let x = linearGaussianData(model, count: 1, seed: 2).rows
    let estimate = importanceSampledLogLikelihood(
      of: x, under: model, draws: 4, rowsAtOnce: .max, using: &generator)
    #expect(abs(estimate.scalars[0] - model.exactLogLikelihood(of: x)[0]) < 1e-10)
  }

  @Test(
    "The likelihood does not depend on how many rows are computed at once",
    arguments: [1, 7, 64, 100_000])
  func chunks(rows: Int) {
    var generator = Philox(seed: 7)
    let data = linearGaussianData(model, count: 10, seed: 4)
    let mean = meanLogLikelihood(
      of: data, under: model, draws: 13, rowsAtOnce: rows, using: &generator)
    let exact = model.exactLogLikelihood(of: data.rows).reduce(0, +) / 10
    #expect(abs(mean - exact) < 1e-10)
  }

  /// With the exact posterior the expectation of the bound is log p(x), but single draws vary. The
  /// mean of 60 estimates exceeds 7 of its standard errors with a probability of 3·10⁻⁹, by
  /// Student's distribution with 59 degrees of freedom.
  @Test("With the exact posterior the bound is log p(x), and its KL divergence is the exact one")
  func bound() throws {
    var generator = Philox(seed: 8)
    let data = linearGaussianData(model, count: 10, seed: 5)
    let results = (0..<60).map { _ in
      evidenceLowerBound(of: data, under: model, draws: 100, using: &generator)
    }
    let bounds = results.map(\.evidenceLowerBound)
    let mean = bounds.reduce(0, +) / 60
    let variance = bounds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59
    let error = (variance / 60).squareRoot()
    let exact = model.exactLogLikelihood(of: data.rows).reduce(0, +) / 10
    #expect(abs(mean - exact) < 7 * error)
    // The bound is small enough to detect an error of a hundredth of a nat for each dimension.
    #expect(7 * error < 0.05)
    let divergence = exactDivergence(of: data.rows)
    #expect(results.allSatisfy { abs($0.klDivergence - divergence) < 1e-10 })
  }

  /// The mean of `KL(N(m, A⁻¹) ‖ N(0, I))` with `A = I + W Wᵀ/σ²` and `m = A⁻¹ W x/σ²`, by the
  /// dense formula.
  private func exactDivergence(of x: Tensor<Double>) -> Double {
    let (weight, k) = (Matrix(model.weight.value.vectors), model.latents)
    let scale = 1 / (model.deviation * model.deviation)
    var precision = weight * weight.transposed
    for i in 0..<k {
      for j in 0..<k { precision.rows[i][j] = scale * precision.rows[i][j] + (i == j ? 1 : 0) }
    }
    let covariance = precision.inverted().inverse
    let prior = DenseGaussian(mean: Array(repeating: 0, count: k), covariance: .identity(k))
    let divergences = x.vectors.map { row in
      let mean = (covariance * (weight * row)).map { scale * $0 }
      return DenseGaussian(mean: mean, covariance: covariance).divergence(from: prior)
    }
    return divergences.reduce(0, +) / Double(divergences.count)
  }

  @Test("A likelihood with no samples stops the program with the number")
  func noSamples() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Philox(seed: 1)
      let model = FactorAnalysis(latents: 3, pixels: 5)
      let data = linearGaussianData(model, count: 2, seed: 1)
      _ = meanLogLikelihood(of: data, under: model, draws: 0, using: &generator)
    }
    expectMessage(result, "a likelihood got 0 draws")
  }

  @Test("A log-likelihood computes only the matrix products of its networks, chunk by chunk")
  func products() {
    var generator = Philox(seed: 10)
    let model = smallLatentGraph(nodes: 2, learnsStructure: false)
    let x = smallImages(5)
    let products = loggedProducts {
      _ = importanceSampledLogLikelihood(
        of: x, under: model, draws: 4, rowsAtOnce: 10, using: &generator)
    }
    // The sizes are rows, outputs and inputs. The encoder processes the 5 observations once. There
    // are two chunks of 2 draws. In each, the first node of the posterior processes 5 rows. The
    // second node of the posterior, that of the prior, and the decoder process 10 rows.
    let encoder = [[5, 3, 4]]
    let chunk = [
      [5, 3, 3], [5, 2, 3], [10, 3, 4], [10, 2, 3], [10, 3, 1], [10, 2, 3], [10, 4, 2], [10, 4, 4],
    ]
    #expect(products.map { [$0.plan.m, $0.plan.n, $0.plan.k] } == encoder + chunk + chunk)
    #expect(products.allSatisfy { $0.plan.count == 1 && $0.hasBias })
  }

  @Test(
    "The batch size of the mean log-likelihood is as large as the row limit allows",
    arguments: [(1000, 500, 8), (5, 500, 5), (10, 4096, 1), (10, 5000, 1), (9000, 1, 4096)])
  func batches(count: Int, samples: Int, batch: Int) {
    #expect(observationsScoredAtOnce(of: count, draws: samples) == batch)
  }

  @Test("Evaluation does not record operations")
  func recordsNothing() {
    var generator = Philox(seed: 9)
    let x = linearGaussianData(model, count: 2, seed: 6).rows
    let estimate = importanceSampledLogLikelihood(
      of: x, under: model, draws: 2, using: &generator)
    #expect(!estimate.isTracked)
  }
}
