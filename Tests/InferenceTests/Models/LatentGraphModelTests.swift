import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A recognition node for hand computations: `z ~ N(features[n] + slope·parent,
/// e^(2·logStandardDeviation))`.
private struct ShiftedNode: Conditional {
  typealias Scalar = Double

  let node: Int
  let slope: Parameter<Double>
  let logStandardDeviation: Parameter<Double>

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? {
    features.slice(node..<node + 1, axis: -1)
  }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let mean = parents.map { message! + slope.value * $0 } ?? message!
    return Normal(mean: mean, logStandardDeviation: logStandardDeviation.value)
  }
}

private func logNormal(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
  let z = (x - mean) / deviation
  return -0.5 * z * z - log(deviation) - 0.5 * log(2 * .pi)
}

@Suite("LatentGraphModel with two nodes, by hand")
struct LatentGraphModelTests {
  /// The prior `a ~ N(0.2, 0.8²)`, `b ~ N(1.1·c·a − 0.3, 0.6²)` and the posterior `a ~ N(x₀,
  /// 0.5²)`, `b ~ N(x₁ + 0.4·c·a, 0.9²)`, with the gate `c`.
  private func model(gate: Double? = nil, sharesGates: Bool = true) throws
    -> LatentGraphModel<Double>
  {
    let graph = try LatentGraph([
      .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
    ])
    let recognition = BayesNet<Double>(
      graph,
      conditionals: [(0, 0.5), (1, 0.9)].map { node, deviation in
        ShiftedNode(
          node: node, slope: Parameter(Tensor([0.4])),
          logStandardDeviation: Parameter(Tensor([log(deviation)])))
      })
    let prior = BayesNet<Double>(
      graph,
      conditionals: [
        LinearGaussian(
          weight: nil, bias: Tensor([0.2]), logStandardDeviation: Tensor([log(0.8)])),
        LinearGaussian(
          weight: Tensor([1.1], shape: [1, 1]), bias: Tensor([-0.3]),
          logStandardDeviation: Tensor([log(0.6)])),
      ])
    var generator = Philox(seed: 41)
    return LatentGraphModel(
      encoder: Identity(), recognition: recognition, prior: prior,
      likelihood: BernoulliObservation(MLP([2, 2], using: &generator)),
      gates: gate.map { Tensor([$0]) }, sharesGates: sharesGates)
  }

  private let x = Tensor<Double>([0.3, -1.2, 2, 0.1, -0.7, 0.6], shape: [3, 2])

  private func sample(_ model: LatentGraphModel<Double>, draws: Int = 2) -> LatentSample<Double> {
    var generator = Philox(seed: 42)
    return model.sample(
      from: model.posterior(of: x, mode: .training), draws: draws, mode: .training,
      using: &generator)
  }

  private func logPrior(_ a: Double, _ b: Double, gate: Double) -> Double {
    logNormal(a, 0.2, 0.8) + logNormal(b, 1.1 * gate * a - 0.3, 0.6)
  }

  private func logPosterior(_ a: Double, _ b: Double, row: Int, gate: Double) -> Double {
    logNormal(a, x[row, 0], 0.5) + logNormal(b, x[row, 1] + 0.4 * gate * a, 0.9)
  }

  @Test(
    "The log-ratio of a sample is log p(z) − log q(z|x)", arguments: [nil, 0, 0.7] as [Double?],
    [true, false])
  func logRatio(gate: Double?, shares: Bool) throws {
    let sample = sample(try model(gate: gate, sharesGates: shares))
    let (z, ratio) = (sample.latents, sample.logRatio())
    #expect(z.shape == [2, 3, 2] && ratio.shape == [2, 3])
    let path = sample.pathLogRatio(at: z)
    for draw in 0..<2 {
      for row in 0..<3 {
        let (a, b) = (z[draw, row, 0], z[draw, row, 1])
        let exact =
          logPrior(a, b, gate: gate ?? 1)
          - logPosterior(a, b, row: row, gate: shares ? gate ?? 1 : 1)
        #expect(abs(ratio[draw, row] - exact) < 1e-12)
        #expect(abs(path[draw, row] - exact) < 1e-12)
      }
    }
  }

  @Test(
    "The divergences are from the gated conditional prior, not from N(0, I)", arguments: [1, 0.7])
  func divergences(gate: Double) throws {
    let sample = sample(try model(gate: gate))
    let divergences = sample.divergences()
    #expect(divergences.shape == [2, 3])
    func divergence(_ m: Double, _ s: Double, _ n: Double, _ t: Double) -> Double {
      log(t / s) + (s * s + (m - n) * (m - n)) / (2 * t * t) - 0.5
    }
    for row in 0..<3 {
      let root = divergence(x[row, 0], 0.5, 0.2, 0.8)
      let child = (0..<2).map { draw in
        let a = sample.latents[draw, row, 0]
        return divergence(x[row, 1] + 0.4 * gate * a, 0.9, 1.1 * gate * a - 0.3, 0.6)
      }
      let mean = 0.5 * (child[0] + child[1])
      #expect(abs(divergences[0, row] - root) < 1e-12)
      #expect(abs(divergences[1, row] - mean) < 1e-12)
      #expect(abs(sample.klDivergence()[row] - root - mean) < 1e-12)
    }
  }

  @Test("The log-ratio along a path has gradients in the latents and the prior, but not in q")
  func path() throws {
    let model = try model(gate: 0.7)
    let sample = sample(model)
    let latents = sample.latents.detached
    expectGradients(at: [latents], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
      sample.pathLogRatio(at: $0[0])
    }
    func slopes(_ ratio: Tensor<Double>, _ net: BayesNet<Double>) -> [Bool] {
      gradients(
        of: ratio.sum(), withRespectTo: net.namedParameters().map(\.parameter.value)
      ).map { $0.scalars.contains { $0 != 0 } }
    }
    let path = sample.pathLogRatio(at: latents)
    #expect(slopes(path, model.recognition).allSatisfy { !$0 })
    #expect(slopes(path, model.prior).allSatisfy { $0 })
    // The plain ratio also has gradients in q, except in the root's slope, which is not used.
    #expect(slopes(sample.logRatio(), model.recognition) == [false, true, true, true])
  }

  /// The slack allows for the skewness of products.
  @Test(
    "Draws from the prior have its mean and covariance for open, partial and closed gates",
    arguments: [1, 0.7, 0])
  func prior(gate: Double) throws {
    let n = 100_000
    var generator = Philox(seed: 43)
    let z = try model(gate: gate).samplePrior(n, using: &generator)
    #expect(!z.isTracked)
    #expect(z.shape == [n, 2])
    let slope = 1.1 * gate
    let mean = [0.2, 0.2 * slope - 0.3]
    let covariance = [[0.64, 0.64 * slope], [0.64 * slope, 0.64 * slope * slope + 0.36]]
    expectCalibrated(slack: 1.03) {
      $0.compareMoments(of: z, DenseGaussian(mean: mean, covariance: Matrix(covariance)))
    }
  }

  @Test("The posterior of every node, including the root, depends on the observation")
  func rootSeesObservation() throws {
    let model = try model()
    let variable = x.tracked()
    var generator = Philox(seed: 44)
    let sample = model.sample(
      from: model.posterior(of: variable, mode: .training), draws: 1, mode: .training,
      using: &generator)
    let root = sample.latents.slice(0..<1, axis: -1).sum()
    #expect(gradients(of: root, withRespectTo: [variable])[0].scalars == [1, 0, 1, 0, 1, 0])
  }

  @Test("The observation model receives the requested nodes in the requested order")
  func decodedNodes() throws {
    let whole = try self.model()
    let z = Tensor<Double>([0.4, -0.9], shape: [1, 2])
    var generator = Philox(seed: 45)
    func model(_ nodes: [Int], _ likelihood: MLP<Double>) -> LatentGraphModel<Double> {
      LatentGraphModel(
        encoder: Identity(), recognition: whole.recognition, prior: whole.prior,
        likelihood: BernoulliObservation(likelihood), decodedNodes: nodes)
    }
    let (one, two) = (
      MLP<Double>([1, 2], using: &generator), MLP<Double>([2, 2], using: &generator)
    )
    func logits(_ model: LatentGraphModel<Double>) -> [Double] {
      (model.observation(given: z, mode: .evaluation) as! Bernoulli<Double>).logits.scalars
    }
    let last = Tensor<Double>([-0.9], shape: [1, 1])
    #expect(logits(model([1], one)) == one(last, mode: .evaluation).scalars)
    let swapped = Tensor<Double>([-0.9, 0.4], shape: [1, 2])
    #expect(logits(model([1, 0], two)) == two(swapped, mode: .evaluation).scalars)
    #expect(logits(model([0, 1], two)) == two(z, mode: .evaluation).scalars)
  }

  @Test("Learned edges are open initially, and given gates replace the most probable structure")
  func gates() throws {
    let parts = try model()
    let learned = LatentGraphModel(
      encoder: Identity(), recognition: parts.recognition, prior: parts.prior,
      likelihood: parts.likelihood, learnsStructure: true)
    #expect(learned.edgeProbabilities == [0.5] && learned.gates?.scalars == [1])
    learned.edgeLogits!.assign(Tensor([-0.1]))
    #expect(learned.gates?.scalars == [0] && learned.gates?.isTracked == false)
    let x = Tensor<Double>.zeros([1, 2])
    #expect(learned.posterior(of: x, mode: .evaluation).gates?.scalars == [0])
    let given = learned.posterior(of: x, gates: Tensor([0.3]), mode: .evaluation)
    #expect(given.gates?.scalars == [0.3])
    #expect(learned.gates?.scalars == [0])
    #expect(parts.gates == nil && parts.edgeProbabilities == nil)
  }

  @Test("Parts that do not fit together stop the program with their values")
  func mistakes() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parts = try LatentGraphModelTests().model()
        _ = parts.posterior(of: .zeros([1, 2]), gates: .ones([2]), mode: .evaluation)
      }, "gates of shape [2] for 1 edges")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parts = try LatentGraphModelTests().model()
        var generator = Philox(seed: 1)
        _ = LatentGraphModel(
          encoder: Identity(), recognition: parts.recognition,
          prior: .neuralPrior(.chain(nodes: 2, dimension: 1), using: &generator),
          likelihood: parts.likelihood)
      }, "z2", "the graphs must be the same")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parts = try LatentGraphModelTests().model()
        _ = LatentGraphModel(
          encoder: Identity(), recognition: parts.recognition, prior: parts.prior,
          likelihood: parts.likelihood, learnsStructure: true, gates: .ones([1]))
      }, "a structure that is learned got fixed gates")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = try LatentGraphModelTests().model()
        _ = model.posterior(of: .ones([4]), mode: .evaluation)
      }, "shape [4]", "not [batch, variables]", "use [1, variables]")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = try LatentGraphModelTests().model()
        var generator = Philox(seed: 1)
        _ = importanceSampledLogLikelihood(
          of: .ones([4]), under: model, draws: 3, using: &generator)
      }, "a likelihood got observations of shape [4]")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = try TensorRows(Tensor<Double>.ones([4]))
      }, "observations of shape [4] are not rows")
  }
}
