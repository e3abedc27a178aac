import NeuralNetworks
import Tensors

/// The method that computes the expectation over the gates of the edges, and its gradient in their
/// log-odds.
public enum GateEstimator: Sendable {
  /// The most probable structure. No gradient flows to the log-odds.
  case fixed
  /// Gates in `(0, 1)` sampled by the binary Gumbel-softmax (He et al., 2019, eq. 9). The gradient
  /// has a low variance and a bias, which decreases with the temperature. The temperature must be
  /// positive.
  case gumbelSoftmax(temperature: Double = 1, annealing: Schedule = .exponential(rate: 0.99))
  /// Gates of 0 or 1 in the forward pass, and the derivative of the Gumbel-softmax in the backward
  /// pass (Jang et al., 2017). The gradient is biased. Do not use this estimator for nodes whose
  /// networks have a batch norm after gated inputs, as those of the Graph VAE: at a gate of 0 the
  /// derivative of the batch norm is about `1/√ε`, and the gradient is some hundred times too long
  /// (`Documentation/gate-estimators.md`).
  case straightThrough(temperature: Double = 1, annealing: Schedule = .exponential(rate: 0.99))
  /// Several sampled structures, each compared with the mean loss of the others (Kool et al.,
  /// 2019). The gradient is unbiased and has a high variance. It takes a pass for each sample.
  case scoreFunction(draws: Int = 4)
  /// The exact expectation over all `2^edges` structures, for at most 10 edges. It takes a pass for
  /// each structure and is the reference for the other estimators.
  case exhaustive

  /// The largest number of edges of an exhaustive expectation.
  public static var mostEdgesForExhaustive: Int { 10 }

  /// Stops the program if a parameter of the estimator is invalid.
  func check() {
    switch self {
    case .fixed, .exhaustive: break
    case .gumbelSoftmax(let temperature, let annealing),
      .straightThrough(let temperature, let annealing):
      require(
        temperature > 0 && temperature.isFinite,
        "relaxed gates of temperature \(temperature), which is not positive and finite")
      annealing.check()
    case .scoreFunction(let draws):
      require(draws >= 2, "a leave-one-out baseline of \(draws) draws; it takes at least 2")
    }
  }

  /// Whether gates are sampled or enumerated. Otherwise the gates of the model are used.
  var drawsGates: Bool {
    if case .fixed = self { false } else { true }
  }
}
