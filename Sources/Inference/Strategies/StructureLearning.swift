import LatentGraphs
import NeuralNetworks
import Tensors

/// Structure learning: minimizes the expected loss of another strategy over the gates of the edges,
/// `E_c[L_c]` with `c_e ~ Bernoulli(μ_e)` (He et al., 2019, section 3.3), in the gates' log-odds and
/// in everything else at once.
///
/// The model has `edgeLogits`; on one without edges this is the strategy within.
/// ```swift
/// let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
/// ```
public struct StructureLearning<Inner: InferenceStrategy>: InferenceStrategy {
  /// How the expectation is had.
  public var estimator: GateEstimator
  /// What makes a loss of a batch for given gates.
  public var inner: Inner

  /// Structure learning by an estimator around another strategy.
  public init(_ estimator: GateEstimator = .gumbelSoftmax(), within inner: Inner) {
    if case .scoreFunction(let samples) = estimator {
      require(samples >= 2, "a leave-one-out baseline of \(samples) samples; it takes two")
    }
    self.estimator = estimator
    self.inner = inner
  }

  /// The expected objective.
  ///
  /// All structures of a step meet the same noise. In evaluation the most probable one counts.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    guard let logits = model.edgeLogits?.value, mode == .training else {
      return inner.objective(of: x, under: model, mode: mode, time: time, using: &generator)
    }
    // A stream of its own, so that the next call on the same generator meets other noise.
    let stream = generator.split()
    func objective(of gates: Tensor<Model.Scalar>) -> Objective<Model.Scalar> {
      var noise = stream
      return inner.objective(
        of: x, under: model.gated(by: gates), mode: mode, time: time, using: &noise)
    }
    switch estimator {
    case .fixed:
      return inner.objective(of: x, under: model, mode: mode, time: time, using: &generator)
    case .gumbelSoftmax(let start, let annealing):
      let relaxed = RelaxedBernoulli(
        logits: logits, temperature: start * annealing.factor(at: time))
      return objective(of: relaxed.sample(using: &generator))
    case .straightThrough(let start, let annealing):
      let relaxed = RelaxedBernoulli(
        logits: logits, temperature: start * annealing.factor(at: time)
      ).sample(using: &generator)
      let hard = relaxed.detached.isGreater(than: 0.5)
      return objective(of: hard + (relaxed - relaxed.detached))  // 0 or 1 to the last bit
    case .scoreFunction(let samples):
      let gates = Bernoulli(logits: logits)
      let drawn = (0..<samples).map { _ in gates.sample(using: &generator) }
      let objectives = drawn.map { objective(of: $0) }
      let losses = Tensor.stacked(objectives.map { $0.loss.detached })
      // Lₖ less the mean of the others is K/(K − 1) times what it exceeds the mean of all by.
      let excess = Model.Scalar(Double(samples) / Double(samples - 1)) * (losses - losses.mean())
      let scores = Tensor.stacked(drawn.map { gates.logDensity(of: $0) })
      let surrogate = (excess * scores).mean()
      return Objective(
        averaging: objectives, weights: .full(Model.Scalar(1 / Double(samples)), [samples]),
        plus: surrogate - surrogate.detached)
    case .exhaustive:
      let edges = logits.count
      require(
        edges <= GateEstimator.mostEdgesForExhaustive,
        "an exhaustive expectation over 2^\(edges) structures; at most 10 edges")
      let gates = Bernoulli(logits: logits)
      let structures = (0..<1 << edges).map { code in
        Tensor<Model.Scalar>((0..<edges).map { Model.Scalar((code >> $0) & 1) })
      }
      let probabilities = Tensor.stacked(structures.map { gates.logDensity(of: $0) }).exp()
      return Objective(
        averaging: structures.map { objective(of: $0) }, weights: probabilities, plus: Tensor(0))
    }
  }
}

extension Objective {
  /// The weighted sum of objectives; `weights` may be tracked, and the loss flows to them.
  init(averaging parts: [Objective], weights: Tensor<Scalar>, plus term: Tensor<Scalar>) {
    func average(_ part: (Objective) -> Tensor<Scalar>) -> Tensor<Scalar> {
      let stack = Tensor.stacked(parts.map(part))
      let shape = Shape([parts.count] + [Int](repeating: 1, count: stack.rank - 1))
      return (stack * weights.detached.reshaped(to: shape)).sum(axis: 0)
    }
    self.init(
      loss: (Tensor.stacked(parts.map { $0.loss.reshaped(to: []) }) * weights).sum() + term,
      evidenceLowerBound: average(\.evidenceLowerBound), logLikelihood: average(\.logLikelihood),
      klDivergence: average(\.klDivergence))
  }
}
