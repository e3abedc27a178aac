import NeuralNetworks

// Descriptions of a run's settings for its checkpoint. On resuming, they are compared with the
// given settings. The words are part of the file format and must not change if a type or a case is
// renamed.

extension Optional<Double> {
  var recipe: String { map { "\($0)" } ?? "none" }
}

extension Schedule {
  var recipe: String {
    switch self {
    case .constant: "constant"
    case .step(let period, let factor): "step(period \(period), factor \(factor))"
    case .exponential(let rate): "exponential(rate \(rate))"
    case .cosine(let duration, let final): "cosine(duration \(duration), final \(final))"
    case .warmUp(let duration, let then): "warm-up(duration \(duration), then \(then.recipe))"
    }
  }
}

extension Optimizer {
  var recipe: String {
    switch self {
    case let adam as Adam:
      "adam(rate \(adam.learningRate), betas \(adam.beta1) \(adam.beta2), "
        + "epsilon \(adam.epsilon), decay \(adam.weightDecay))"
    case let sgd as SGD: "sgd(rate \(sgd.learningRate), momentum \(sgd.momentum))"
    default: "\(self)"
    }
  }
}

extension VariationalInference.Divergence {
  fileprivate var recipe: String { self == .exact ? "exact" : "sampled" }
}

extension VariationalInference {
  /// The description of the strategy in a checkpoint.
  public var recipe: String {
    "elbo(draws \(draws), kl \(divergence.recipe), weight \(weight.recipe), "
      + "free nats \(freeNats))"
  }
}

extension ImportanceWeightedInference {
  /// The description of the strategy in a checkpoint.
  public var recipe: String {
    let gradient = gradient == .standard ? "standard" : "doubly reparameterized"
    // The exact divergence is not mentioned, as in checkpoints of older versions.
    let evaluation = divergence == .exact ? "" : ", kl \(divergence.recipe)"
    return "importance-weighted(draws \(draws), gradient \(gradient)\(evaluation))"
  }
}

extension ExactInference {
  /// The description of the strategy in a checkpoint.
  public var recipe: String { "exact" }
}

extension StructureLearning {
  /// The description of the strategy in a checkpoint.
  public var recipe: String {
    let prior = edgePrior.map { "\($0.logOdds) over \($0.observations)" } ?? "none"
    return "structure(gates \(estimator.recipe), within \(inner.recipe), edge prior \(prior))"
  }
}

extension GateEstimator {
  fileprivate var recipe: String {
    switch self {
    case .fixed: "fixed"
    case .gumbelSoftmax(let temperature, let annealing):
      "gumbel-softmax(temperature \(temperature), annealing \(annealing.recipe))"
    case .straightThrough(let temperature, let annealing):
      "straight-through(temperature \(temperature), annealing \(annealing.recipe))"
    case .scoreFunction(let draws): "score-function(samples \(draws))"
    case .exhaustive: "exhaustive"
    }
  }
}
