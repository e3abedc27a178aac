import Inference
import NeuralNetworks
import Programs

/// The objective that is maximized.
enum ObjectiveKind: String, CaseIterable, Sendable { case elbo, iwae, dreg }

/// The gradient estimator of the gates.
enum EstimatorKind: String, CaseIterable, Sendable {
  case fixed
  case gumbelSoftmax = "gumbel-softmax"
  case straightThrough = "straight-through"
  case scoreFunction = "score-function"
  case exhaustive

  var estimator: GateEstimator {
    switch self {
    case .fixed: .fixed
    case .gumbelSoftmax: .gumbelSoftmax()
    case .straightThrough: .straightThrough()
    case .scoreFunction: .scoreFunction()
    case .exhaustive: .exhaustive
    }
  }
}

/// The strategy that the options describe.
func strategy(_ arguments: Arguments) -> any InferenceStrategy {
  let inner = objective(arguments)
  guard arguments[Options.model].learnsStructure else { return inner }
  return learningStructure(by: arguments[Options.estimator].estimator, within: inner)
}

private func objective(_ arguments: Arguments) -> any InferenceStrategy {
  let samples = arguments[Options.importanceSamples]
  switch arguments[Options.objective] {
  case .elbo:
    let warmUp = arguments[Options.warmUp]
    return VariationalInference(
      divergence: arguments[Options.divergence] == "exact" ? .exact : .sampled,
      weight: warmUp > 0 ? .warmUp(duration: warmUp, then: .constant) : .constant,
      freeNats: arguments[Options.freeNats])
  case .iwae: return ImportanceWeightedInference(draws: samples, gradient: .standard)
  case .dreg:
    return ImportanceWeightedInference(draws: samples, gradient: .doublyReparameterized)
  }
}

private func learningStructure(
  by estimator: GateEstimator, within inner: some InferenceStrategy
) -> any InferenceStrategy { StructureLearning(estimator, within: inner) }
