import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A posterior whose divergence from any distribution is infinite.
private struct FarNormal: ReparameterizedDistribution {
  typealias Scalar = Double
  let normal: Normal<Double>

  var batchShape: Shape { normal.batchShape }
  var dimension: Int { normal.dimension }
  var support: Support<Double> { normal.support }
  var mean: Tensor<Double> { normal.mean }
  var variance: Tensor<Double> { normal.variance }
  var entropy: Tensor<Double> { normal.entropy }
  func logDensity(of value: Tensor<Double>) -> Tensor<Double> { normal.logDensity(of: value) }
  func sample(noise: Tensor<Double>) -> Tensor<Double> { normal.sample(noise: noise) }
  func exactKLDivergence(from other: any Distribution<Double>) -> Tensor<Double>? {
    .full(.infinity, batchShape)
  }
}

private struct FarRecognition: Conditional {
  typealias Scalar = Double
  let within: SmallRecognition

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? { features }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let normal = within.distribution(given: parents, message: message, mode: mode)
    return FarNormal(normal: normal as! Normal<Double>)
  }
}

/// An observation model with the log-density `offset + shift` for every observation and all
/// latents.
private struct FlatObservation: ObservationModel {
  typealias Scalar = Double
  let offset: Parameter<Double>
  let shift: Double

  struct Flat: Distribution {
    let density: Tensor<Double>
    let mean: Tensor<Double>
    var batchShape: Shape { mean.shape.dropLast() }
    var dimension: Int { mean.shape[-1] }
    var support: Support<Double> { .real }
    var variance: Tensor<Double> { .full(.infinity, mean.shape) }
    var entropy: Tensor<Double> { .full(.infinity, batchShape) }
    func logDensity(of value: Tensor<Double>) -> Tensor<Double> {
      density.broadcast(to: batchShape)
    }
    func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Double> {
      mean.broadcast(to: draws + mean.shape)
    }
  }

  func distribution(
    given latents: Tensor<Double>, mode: Mode
  ) -> any Distribution<Double> {
    Flat(
      density: offset.value + shift,
      mean: .zeros(latents.shape.dropLast() + [4]) + 0 * latents.sum())
  }
}

/// A strategy with an objective of infinite loss unless all gates are open.
private struct InfiniteWhereClosed: InferenceStrategy {
  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let gates = (model as! GatedModel<LatentGraphModel<Model.Scalar>>).gates
    let isOpen = gates.min(axis: 0).scalar == 1
    let value = isOpen ? Model.Scalar(2) : .infinity
    return Objective(
      loss: Tensor(value), evidenceLowerBound: Tensor([-value]), logLikelihood: Tensor([-value]),
      klDivergence: Tensor([0]))
  }
}

@Suite("Objectives with infinite or very large terms")
struct ExtremeObjectiveTests {
  let model = smallLatentGraph(nodes: 2, learnsStructure: false)
  let x = smallImages(3)

  @Test(
    "An infinite divergence of weight zero does not affect the other terms of the loss",
    arguments: [0, 0.5])
  func noWeight(freeNats: Double) {
    let far = LatentGraphModel<Double>(
      encoder: model.encoder,
      recognition: BayesNet<Double>(
        model.graph,
        conditionals: model.recognition.conditionals.map {
          FarRecognition(within: $0 as! SmallRecognition)
        }), prior: model.prior, likelihood: model.likelihood)
    let strategy = VariationalInference(
      weight: .warmUp(duration: 4, then: .constant), freeNats: freeNats)
    func objective(time: Double) -> Objective<Double> {
      var generator = Philox(seed: 3)
      return strategy.objective(of: x, under: far, mode: .training, time: time, using: &generator)
    }
    let start = objective(time: 0)
    #expect(start.klDivergence.scalars.allSatisfy { $0 == .infinity })
    #expect(start.loss.scalar == -start.logLikelihood.mean().scalar && start.loss.isFinite)
    let parameters = far.namedParameters().map(\.parameter.value)
    #expect(gradients(of: start.loss, withRespectTo: parameters).allSatisfy { $0.isFinite })
    #expect(objective(time: 1).loss.scalar == .infinity)
  }

  /// For log-weights of 10¹⁷, the logarithm of the number of draws is below the rounding error.
  @Test(
    "Normalized weights add up to one for very large log-weights",
    arguments: [ImportanceWeightedInference.Gradient.standard, .doublyReparameterized],
    [0, -1e17, 1e17])
  func largeWeights(gradient: ImportanceWeightedInference.Gradient, shift: Double) {
    let observation = FlatObservation(offset: Parameter(Tensor(0)), shift: shift)
    let flat = LatentGraphModel<Double>(
      encoder: model.encoder, recognition: model.recognition, prior: model.prior,
      likelihood: observation)
    var generator = Philox(seed: 4)
    let objective = ImportanceWeightedInference(draws: 4, gradient: gradient)
      .objective(of: x, under: flat, mode: .training, time: 0, using: &generator)
    // The bound changes one to one with the offset.
    let slope = gradients(of: objective.loss, withRespectTo: [observation.offset.value])[0].scalar
    #expect(abs(slope + 1) < 1e-15, "\(slope)")
    #expect(abs(objective.loss.scalar + objective.evidenceLowerBound.mean().scalar) == 0)
    let parameters = flat.namedParameters().map(\.parameter.value)
    #expect(gradients(of: objective.loss, withRespectTo: parameters).allSatisfy { $0.isFinite })
  }
}

extension ExtremeObjectiveTests {
  @Test("A structure of probability zero does not contribute, even if its loss is infinite")
  func impossibleStructure() {
    let model = smallLatentGraph(nodes: 2)
    model.edgeLogits!.assign(Tensor([1000]))
    var generator = Philox(seed: 5)
    let objective = StructureLearning(.exhaustive, within: InfiniteWhereClosed())
      .objective(of: x, under: model, mode: .training, time: 0, using: &generator)
    #expect(objective.loss.scalar == 2 && objective.evidenceLowerBound.scalars == [-2])
    let slope = gradients(of: objective.loss, withRespectTo: [model.edgeLogits!.value])[0]
    #expect(slope.scalar == 0)
  }
}

@Suite("Invalid settings of strategies")
struct StrategyMistakeTests {
  fileprivate static let mistakes: [Mistake] = [
    .init("relaxed gates of temperature 0.0, which is not positive and finite") {
      _ = StructureLearning(.gumbelSoftmax(temperature: 0), within: VariationalInference())
    },
    .init("relaxed gates of temperature -1.0, which is not positive and finite") {
      _ = StructureLearning(.gumbelSoftmax(temperature: -1), within: VariationalInference())
    },
    .init("relaxed gates of temperature nan, which is not positive and finite") {
      _ = StructureLearning(.straightThrough(temperature: .nan), within: VariationalInference())
    },
    .init("a schedule's period of 0.0 is not positive") {
      _ = TrainingSettings(schedule: .step(period: 0, factor: 0.5))
    },
    .init("a schedule's final factor of -2.0 is not finite and at least 0") {
      var settings = TrainingSettings()
      settings.schedule = .warmUp(duration: 1, then: .cosine(duration: 1, final: -2))
    },
    .init("a schedule's rate of -0.5 is not finite and at least 0") {
      _ = StructureLearning(
        .gumbelSoftmax(annealing: .exponential(rate: -0.5)), within: VariationalInference())
    },
    .init("a leave-one-out baseline of 1 draws") {
      _ = StructureLearning(.scoreFunction(draws: 1), within: VariationalInference())
    },
    .init("variational inference got -3 draws") {
      var strategy = VariationalInference()
      strategy.draws = -3
    },
    .init("-1.0 free nats are negative or not finite") {
      var strategy = VariationalInference()
      strategy.freeNats = -1
    },
    .init("nan free nats are negative or not finite") {
      var strategy = VariationalInference()
      strategy.freeNats = .nan
    },
    .init("free nats need the exact divergence") {
      var strategy = VariationalInference(freeNats: 1)
      strategy.divergence = .sampled
    },
    .init("a schedule's duration of -1.0 is not finite and at least 0") {
      var strategy = VariationalInference()
      strategy.weight = .warmUp(duration: -1, then: .constant)
    },
    .init("importance-weighted inference got 0 draws") {
      var strategy = ImportanceWeightedInference(draws: 2)
      strategy.draws = 0
    },
  ]

  @Test(
    "An invalid setting of a strategy stops the program with a message",
    arguments: StrategyMistakeTests.mistakes.indices)
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try StrategyMistakeTests.mistakes[index].commit()
    }
    expectMessage(result, StrategyMistakeTests.mistakes[index])
  }
}
