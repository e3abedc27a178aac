import NeuralNetworks
import Tensors

/// How the expectation over the gates of the edges, and its gradient in their log-odds, is computed.
public enum GateEstimator: Sendable {
  /// The most probable structure, as it is; nothing flows to the log-odds.
  case fixed
  /// Gates in `(0, 1)` by the binary Gumbel-softmax (He et al., 2019, eq. 9): of low variance, and
  /// biased, the less the nearer its positive temperature is to 0.
  case gumbelSoftmax(temperature: Double = 1, annealing: Schedule = .exponential(rate: 0.99))
  /// Gates of 0 or 1 forward, and the derivative of the Gumbel-softmax backward (Jang et al., 2017):
  /// biased. Not for nodes whose networks put a batch norm behind gated inputs, as those of the
  /// Graph VAE do: at a gate of 0 its slope is about `1/√ε`, and the gradient's length some hundred
  /// times what it should be (`Documentation/gate-estimators.md`).
  case straightThrough(temperature: Double = 1, annealing: Schedule = .exponential(rate: 0.99))
  /// Several drawn structures, each compared with the mean loss of the others (Kool et al., 2019):
  /// unbiased, of high variance, at the cost of as many passes.
  case scoreFunction(samples: Int = 4)
  /// The exact expectation over all `2^edges` structures, for at most 10 edges: the oracle of the
  /// others, at the cost of as many passes.
  case exhaustive

  /// The most edges of an exhaustive expectation.
  public static var mostEdgesForExhaustive: Int { 10 }

  /// Stops where a number makes no estimator.
  func check() {
    switch self {
    case .fixed, .exhaustive: break
    case .gumbelSoftmax(let temperature, let annealing),
      .straightThrough(let temperature, let annealing):
      require(
        temperature > 0 && temperature.isFinite,
        "relaxed gates of temperature \(temperature), which is not positive and finite")
      annealing.check()
    case .scoreFunction(let samples):
      require(samples >= 2, "a leave-one-out baseline of \(samples) samples; it takes two")
    }
  }

  /// Whether gates are drawn or enumerated, rather than those of the model taken.
  var drawsGates: Bool {
    if case .fixed = self { false } else { true }
  }
}
