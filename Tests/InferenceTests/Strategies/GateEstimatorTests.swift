import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Estimators of the gradient with respect to the gates")
struct GateEstimatorTests {
  let model = smallLatentGraph(nodes: 4)
  let x = smallImages(5)
  let inner = FixedNoise(inner: VariationalInference(), seed: 3)

  private func loss(_ estimator: GateEstimator, _ generator: inout Philox) -> Tensor<Double> {
    StructureLearning(estimator, within: inner)
      .objective(of: x, under: model, mode: .training, time: 0, using: &generator).loss
  }

  private var exactGradient: [Double] {
    var generator = Philox(seed: 1)
    return model.gradient(of: loss(.exhaustive, &generator))
  }

  /// The positions of the log-odds in the gradient with respect to all parameters.
  private var edgeElements: Range<Int> {
    let members = model.namedParameters()
    let before = members.prefix { $0.name != "edgeLogits" }
    let start = before.reduce(0) { $0 + $1.parameter.value.count }
    return start..<start + 6
  }

  @Test("The exhaustive loss and gradient agree with explicit sums over all 64 structures")
  func exhaustive() {
    var generator = Philox(seed: 1)
    let objective = StructureLearning(.exhaustive, within: inner)
      .objective(of: x, under: model, mode: .training, time: 0, using: &generator)
    let means = model.edgeProbabilities!
    var (expected, bound) = (0.0, 0.0)
    var slopes = [Double](repeating: 0, count: 6)
    var rest = [Double](repeating: 0, count: model.parameterCount)
    for code in 0..<64 {
      let gates = (0..<6).map { code >> $0 & 1 == 1 }
      let probability = zip(gates, means).reduce(1) { $0 * ($1.0 ? $1.1 : 1 - $1.1) }
      let part = inner.objective(
        of: x, under: model.gated(by: Tensor(gates.map { $0 ? 1 : 0 })), mode: .training,
        time: 0, using: &generator)
      let loss = part.loss.scalar
      expected += probability * loss
      bound += probability * part.evidenceLowerBound.mean().scalar
      // The derivative is ∂/∂μₑ Σ p(c) L(c) = E[L | cₑ = 1] − E[L | cₑ = 0], and ∂μ/∂logit = μ(1 −
      // μ).
      for edge in 0..<6 {
        slopes[edge] += probability * loss * (gates[edge] ? 1 - means[edge] : -means[edge])
      }
      for (index, value) in model.gradient(of: part.loss).enumerated() {
        rest[index] += probability * value
      }
    }
    #expect(abs(objective.loss.scalar - expected) < 1e-12)
    #expect(abs(objective.evidenceLowerBound.mean().scalar - bound) < 1e-12)
    let gradient = model.gradient(of: objective.loss)
    rest.replaceSubrange(edgeElements, with: slopes)
    #expect(slopes.allSatisfy { abs($0) > 1e-4 })
    for (a, b) in zip(gradient, rest) { #expect(abs(a - b) < 1e-12) }
  }

  @Test(
    "The score-function gradient is unbiased for the gates and for all other parameters",
    arguments: [2, 4])
  func scoreFunction(draws: Int) {
    var generator = Philox(seed: 4)
    var moments = RunningMoments()
    for _ in 0..<2000 {
      moments.add(model.gradient(of: loss(.scoreFunction(draws: draws), &generator)))
    }
    expectCalibrated { $0.compareMeans(of: moments, exactGradient) }
    // The errors are small compared to the gradient, so that a biased estimator would be detected.
    let edges = edgeElements
    let error = moments.squaredErrors[edges].reduce(0, +).squareRoot()
    let size = exactGradient[edges].reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(error < 0.15 * size)
  }

  @Test("Relaxed and straight-through gates give the gradients of their own expectations")
  func relaxed() {
    // For one gate the expectation over the logistic noise is an integral, computed here from 4,000
    // quantiles.
    let single = smallLatentGraph(nodes: 2)
    let logit = single.edgeLogits!.value.scalar
    for temperature in [1, 0.25] {
      var (soft, hard) = (0.0, 0.0)
      for index in 0..<4000 {
        let u = (Double(index) + 0.5) / 4000
        let gate = 1 / (1 + exp(-(logit + log(u / (1 - u))) / temperature))
        let chain = gate * (1 - gate) / temperature
        soft += slope(of: single, at: gate) * chain / 4000
        hard += slope(of: single, at: gate > 0.5 ? 1 : 0) * chain / 4000
      }
      for (estimator, expected) in [
        (GateEstimator.gumbelSoftmax(temperature: temperature), soft),
        (.straightThrough(temperature: temperature), hard),
      ] {
        var generator = Philox(seed: 5)
        var moments = RunningMoments()
        let learning = StructureLearning(estimator, within: inner)
        for _ in 0..<4000 {
          let loss = learning.objective(
            of: x, under: single, mode: .training, time: 0, using: &generator
          ).loss
          moments.add(
            gradients(of: loss, withRespectTo: [single.edgeLogits!.value])[0].scalars)
        }
        // The error of the quadrature is far below one standard error of the draws.
        expectCalibrated { $0.compareMeans(of: moments, [expected]) }
      }
    }
  }

  /// The derivative of the loss with respect to a single gate.
  private func slope(of model: LatentGraphModel<Double>, at gate: Double) -> Double {
    valueWithGradient(at: Tensor([gate])) { gates in
      var generator = Philox(seed: 0)
      return inner.objective(
        of: x, under: model.gated(by: gates), mode: .training, time: 0, using: &generator
      ).loss
    }.gradient.scalar
  }

  @Test("Straight-through gates are exactly 0 or 1, and relaxed gates lie between")
  func values() {
    var generator = Philox(seed: 6)
    for _ in 0..<50 {
      let hard = probed(.straightThrough(), time: 0, &generator).scalars
      #expect(hard.allSatisfy { $0 == 0 || $0 == 1 })
      let soft = probed(.gumbelSoftmax(), time: 0, &generator).scalars
      #expect(soft.allSatisfy { $0 > 0 && $0 < 1 })
      let drawn = probed(.scoreFunction(draws: 2), time: 0, &generator).scalars
      #expect(drawn.allSatisfy { [0, 0.5, 1].contains($0) })  // The mean of two samples.
    }
  }

  @Test("The temperature of relaxed gates falls with the epochs")
  func annealing() {
    let schedule = Schedule.exponential(rate: 0.5)
    let estimator = GateEstimator.gumbelSoftmax(temperature: 2, annealing: schedule)
    var (first, second) = (Philox(seed: 7), Philox(seed: 7))
    let late = probed(estimator, time: 3, &first)
    let same = probed(
      .gumbelSoftmax(temperature: 0.25, annealing: .constant), time: 0, &second)
    #expect(late.scalars == same.scalars)
  }

  @Test("The temperature of relaxed gates stays large enough to divide by in late epochs")
  func lateAnnealing() {
    var generator = Philox(seed: 12)
    let graph = LatentGraph.fullyConnected(nodes: 3, dimension: 1)
    let model = LatentGraphModel<Float>(
      encoder: MLP([4, 3], using: &generator),
      recognition: .fusingPosterior(graph, features: 3, hidden: 4, using: &generator),
      prior: .neuralPrior(graph, hidden: 4, using: &generator),
      likelihood: BernoulliObservation(MLP([3, 4], using: &generator)), learnsStructure: true)
    // 0.99^9000 has no finite reciprocal in Float, and 0.99^100000 underflows to 0 in Double.
    for estimator in [GateEstimator.gumbelSoftmax(), .straightThrough()] {
      for time in [9_000.0, 100_000] {
        let objective = StructureLearning(estimator, within: GateProbe()).objective(
          of: .zeros([2, 4]), under: model, mode: .training, time: time, using: &generator)
        #expect(objective.evidenceLowerBound.scalars.allSatisfy { $0 == 0 || $0 == 1 })
        let slopes = gradients(
          of: objective.loss, withRespectTo: [model.edgeLogits!.value])[0].scalars
        #expect(slopes == [0, 0, 0])
      }
    }
  }

  /// The gates that the inner strategy receives.
  private func probed(
    _ estimator: GateEstimator, time: Double, _ generator: inout Philox
  ) -> Tensor<Double> {
    StructureLearning(estimator, within: GateProbe())
      .objective(of: x, under: model, mode: .training, time: time, using: &generator)
      .evidenceLowerBound
  }

  @Test("A second call with the same generator uses other noise for every estimator")
  func noise() {
    for estimator in [
      GateEstimator.exhaustive, .scoreFunction(), .gumbelSoftmax(), .straightThrough(), .fixed,
    ] {
      let learning = StructureLearning(estimator, within: VariationalInference())
      var generator = Philox(seed: 8)
      let losses = (0..<2).map { _ in
        learning.objective(
          of: x, under: model, mode: .training, time: 0, using: &generator
        ).loss.scalar
      }
      #expect(losses[0] != losses[1])
    }
  }

  @Test("In evaluation, and with fixed gates, the most probable structure is used")
  func evaluation() {
    let gates = Tensor(model.edgeLogits!.value.scalars.map { $0 >= 0 ? 1.0 : 0 })
    var generator = Philox(seed: 9)
    let expected = inner.objective(
      of: x, under: model.gated(by: gates), mode: .evaluation, time: 0, using: &generator
    ).loss.scalar
    for estimator in [GateEstimator.exhaustive, .gumbelSoftmax(), .fixed] {
      let objective = StructureLearning(estimator, within: inner, edgePrior: prior)
        .objective(of: x, under: model, mode: .evaluation, time: 0, using: &generator)
      #expect(objective.loss.scalar == expected)
    }
    let trained = StructureLearning(.fixed, within: inner)
      .objective(of: x, under: model, mode: .training, time: 0, using: &generator)
    #expect(model.gradient(of: trained.loss)[edgeElements].allSatisfy { $0 == 0 })
  }

  private let prior = EdgePrior(logOdds: [-1, -2, -3, 0.5, 1, 0], observations: 40)

  @Test("The prior of the edges adds its divergence to the loss and changes nothing else")
  func edgePrior() {
    var (first, second) = (Philox(seed: 10), Philox(seed: 10))
    let without = StructureLearning(.exhaustive, within: inner)
      .objective(of: x, under: model, mode: .training, time: 0, using: &first)
    let with = StructureLearning(.exhaustive, within: inner, edgePrior: prior)
      .objective(of: x, under: model, mode: .training, time: 0, using: &second)
    let divergence = zip(model.edgeProbabilities!, prior.logOdds).reduce(0) { sum, pair in
      let (m, r) = (pair.0, 1 / (1 + exp(-pair.1)))
      return sum + m * log(m / r) + (1 - m) * log((1 - m) / (1 - r))
    }
    #expect(abs(with.loss.scalar - without.loss.scalar - divergence / 40) < 1e-12)
    #expect(with.evidenceLowerBound.scalars == without.evidenceLowerBound.scalars)
    // The expected derivative is d KL/d logit = μ(1 − μ)(logit μ − logit ρ).
    let slopes = zip(model.gradient(of: with.loss), model.gradient(of: without.loss)).map(-)
    for (index, edge) in edgeElements.enumerated() {
      let (m, l) = (model.edgeProbabilities![index], model.edgeLogits!.value.scalars[index])
      let expected = m * (1 - m) * (l - prior.logOdds[index]) / 40
      #expect(abs(slopes[edge] - expected) < 1e-12)
    }
  }

  @Test("Schwarz's prior subtracts ½ log N from the log-odds for each weight of an edge")
  func bic() throws {
    let graph = try LatentGraph([
      .init("a", dimension: 2), .init("b", dimension: 3, parents: ["a"]),
      .init("c", dimension: 1, parents: ["a", "b"]),
    ])
    let odds = EdgePrior.bic(for: graph, observations: 100).logOdds
    for (value, weights) in zip(odds, [6.0, 2, 3]) {
      #expect(abs(value + 0.5 * weights * log(100)) < 1e-12)
    }
    #expect(abs(EdgePrior(probability: 0.2, observations: 1).logOdds[0] - log(0.25)) < 1e-15)
  }

  @Test("The exhaustive estimator refuses a graph of fifteen edges")
  func tooManyEdges() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = smallLatentGraph(nodes: 6)
      var generator = Philox(seed: 1)
      _ = StructureLearning(.exhaustive, within: VariationalInference()).objective(
        of: smallImages(2), under: model, mode: .training, time: 0, using: &generator)
    }
    expectMessage(result, "got 15 edges")
  }
}

/// A strategy that reports the gates as its bound.
private struct GateProbe: InferenceStrategy {
  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let gates = (model as! GatedModel<LatentGraphModel<Model.Scalar>>).gates
    return Objective(
      loss: gates.sum(), evidenceLowerBound: gates, logLikelihood: gates, klDivergence: gates)
  }
}
