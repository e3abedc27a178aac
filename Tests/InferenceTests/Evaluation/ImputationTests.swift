import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A model `z ~ N(0, I)`, `x|z ~ N(W z, P⁻¹)` in which `P` is a chain, with a posterior that is
/// deliberately inexact.
private struct ChainOfPixels: LatentVariableModel {
  typealias Scalar = Double

  let weight: Tensor<Double>
  let precision: ChainPrecision<Double>
  /// The linear map from an observation to the mean of its posterior, `[pixels, latents]`.
  let recognition: Tensor<Double>

  init(latents: Int = 2, pixels: Int = 5) {
    var generator = Philox(seed: 91)
    weight = .normal([latents, pixels], using: &generator)
    precision = ChainPrecision(
      factorDiagonal: .uniform([pixels], in: 1..<1.6, using: &generator),
      factorOffDiagonal: .uniform([pixels - 1], in: -1.2 ..< -0.6, using: &generator))
    recognition = 0.15 * weight.transposed()
  }

  func posterior(of x: Tensor<Double>, mode: Mode) -> Normal<Double> {
    let mean = matrixProduct(x, recognition)
    return Normal(mean: mean, logVariance: .full(-0.5, mean.shape))
  }

  func sample(
    from posterior: Normal<Double>, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Double> {
    let prior = Normal<Double>.standard(weight.shape[0])
    let z = posterior.sample(draws, using: &generator)
    func ratio(_ z: Tensor<Double>) -> Tensor<Double> {
      prior.logDensity(of: z) - posterior.logDensity(of: z)
    }
    return LatentSample(
      latents: z, divergences: { posterior.klDivergence(from: prior).addingAxis(at: 0) },
      logRatio: { ratio(z) },
      pathLogRatio: ratio)
  }

  func observation(given latents: Tensor<Double>, mode: Mode) -> any Distribution<Double> {
    let rows = latents.reshaped(to: [latents.shape.dropLast().count, latents.shape[-1]])
    let mean = matrixProduct(rows, weight)
      .reshaped(to: latents.shape.dropLast() + [weight.shape[1]])
    return GaussianGraphicalModel(mean: mean, precision: precision)
  }

  func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Double> {
    .normal([count, weight.shape[0]], using: &generator)
  }

  /// The exact marginal `p(x) = N(0, WᵀW + P⁻¹)`.
  var marginal: GaussianGraphicalModel<Double> {
    get throws {
      let covariance =
        matrixProduct(weight, weight, transposingLeft: true) + precision.covarianceMatrix
      let inverse = try DensePrecision(matrix: covariance).covarianceMatrix
      return GaussianGraphicalModel(precision: try DensePrecision(matrix: inverse))
    }
  }
}

@Suite("Imputation of missing elements")
struct ImputationTests {
  /// The `rows` copies of one observation are independent Markov chains. The mean of the chains'
  /// means and the moments of their last draws are compared with the exact conditional.
  @Test("Imputation samples the exact conditional of a linear model with an inexact posterior")
  func exact() throws {
    let model = ChainOfPixels()
    let rows = 4_000
    let seen: [Int: Double] = [0: 1.2, 3: -0.8, 4: 0.4]
    let missing = [2, 1]
    let exact = try model.marginal.conditioned(on: seen)
    var x = [Double](repeating: .nan, count: 5)
    for (place, value) in seen { x[place] = value }
    var generator = Philox(seed: 92)
    let imputation = try impute(
      Tensor(x, shape: [1, 5]).broadcast(to: [rows, 5]), missing: missing, under: model,
      sweeps: 120, using: &generator)
    #expect((0.1..<0.95).contains(imputation.acceptance))
    // Observed elements are returned unchanged.
    for (place, value) in seen {
      #expect(imputation.draw.slice(at: place, axis: 1).scalars.allSatisfy { $0 == value })
      #expect(imputation.mean.slice(at: place, axis: 1).scalars.allSatisfy { $0 == value })
    }
    let covariance = exact.precision.covarianceMatrix
    let draws = [1, 2].enumerated().map {
      imputation.draw.slice(at: $1, axis: 1) - exact.mean.scalars[$0]
    }
    expectCalibrated { statistics in
      for (index, place) in missing.sorted().enumerated() {
        statistics.compareMean(
          of: imputation.mean.slice(at: place, axis: 1), exact.mean.scalars[index],
          "mean of \(place)")
        statistics.compareMean(of: draws[index], 0, "draws of \(place)")
        statistics.compareMean(
          of: draws[index].squared(), covariance[index, index], "variance of \(place)")
      }
      statistics.compareMean(of: draws[0] * draws[1], covariance[0, 1], "covariance")
    }
  }

  @Test("A completion is determined by the seed, and its progress is reported")
  func seeds() throws {
    let x = Tensor<Double>([1, .nan, 0, .nan, 0.5], shape: [1, 5])
    func run(_ seed: UInt64) throws -> [Double] {
      var generator = Philox(seed: seed)
      var steps: [Int] = []
      let imputation = try impute(
        x, missing: [1, 3], under: ChainOfPixels(), sweeps: 6, using: &generator
      ) { done, total in
        #expect(total == 6)
        steps.append(done)
      }
      #expect(steps == Array(1...6))
      return imputation.draw.scalars
    }
    #expect(try run(1) == run(1))
    #expect(try run(1) != run(2))
  }

  @Test("An observed element that is NaN causes an error with its index")
  func notANumber() {
    let x = Tensor<Double>([1, .nan, 0, .nan, 0.5], shape: [1, 5])
    var generator = Philox(seed: 1)
    #expect(throws: GraphicalModelError.evidenceNotFinite(variable: 3)) {
      try impute(x, missing: [1], under: ChainOfPixels(), sweeps: 4, using: &generator)
    }
  }

  @Test("An observed pixel outside of [0, 1] causes an error with its index and value")
  func outside() {
    var generator = Philox(seed: 2)
    let pixels = LogitNormalObservation<Double>(
      decoder: [2, 3], structure: .chain(4), using: &generator)
    let model = smallLatentGraph(nodes: 2, likelihood: pixels)
    let x = Tensor([0.5, 0, 1, 0.2, 0.5, 0.1, 0.1, 255], shape: [2, 4])
    #expect(throws: GraphicalModelError.evidenceOutsideUnitInterval(variable: 3, value: 255)) {
      try impute(x, missing: [1], under: model, sweeps: 2, using: &generator)
    }
    // The value of a missing element is not used.
    #expect(throws: Never.self) {
      try impute(x, missing: [3], under: model, sweeps: 2, using: &generator)
    }
  }

  @Test("Imputation stops if no element or every element is missing, or an index is out of range")
  func mistakes() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 1)
        _ = try impute(
          Tensor<Double>.zeros([1, 5]), missing: [], under: ChainOfPixels(), using: &generator)
      }, "a completion of 5 elements got 0 missing ones")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 1)
        _ = try impute(
          Tensor<Double>.zeros([1, 5]), missing: [0, 1, 2, 3, 4], under: ChainOfPixels(),
          using: &generator)
      }, "a completion of 5 elements got 5 missing ones")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 1)
        _ = try impute(
          Tensor<Double>.zeros([1, 5]), missing: [5], under: ChainOfPixels(), using: &generator)
      }, "a completion of 5 elements got 1 missing ones", "distinct elements")
  }
}
