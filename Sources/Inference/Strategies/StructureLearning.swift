import LatentGraphs
import NeuralNetworks
import Tensors

/// Structure learning: minimizes the expected loss of another strategy over the gates of the edges,
/// `E_c[L_c]` with `c_e ~ Bernoulli(μ_e)` (He et al., 2019, section 3.3), jointly in the gates'
/// log-odds and all other parameters.
///
/// The model must have `edgeLogits`; for a model without them, this is the inner strategy.
/// ```swift
/// let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
/// ```
public struct StructureLearning<Inner: InferenceStrategy>: InferenceStrategy {
  /// The estimator of the expectation over the gates.
  public let estimator: GateEstimator
  /// The strategy that computes the loss for given gates.
  public var inner: Inner
  /// The prior of the edges, whose divergence is added to the loss but not to the reported bound.
  /// With `nil`, as in the paper, edges that do not improve the likelihood are not closed.
  public var edgePrior: EdgePrior?

  /// Structure learning with an estimator and an inner strategy.
  public init(
    _ estimator: GateEstimator = .gumbelSoftmax(), within inner: Inner,
    edgePrior: EdgePrior? = nil
  ) {
    estimator.check()
    self.estimator = estimator
    self.inner = inner
    self.edgePrior = edgePrior
  }

  /// The setting of the inner strategy.
  public var divergence: VariationalInference.Divergence { inner.divergence }

  /// The expected objective.
  ///
  /// All structures of a step use the same noise. In evaluation the most probable structure is
  /// used.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    guard let logits = model.edgeLogits?.value, mode.isTraining, estimator.drawsGates else {
      return inner.objective(of: x, under: model, mode: mode, time: time, using: &generator)
    }
    // A separate stream, so that the next call with the same generator uses other noise.
    let stream = generator.split()
    let expected = expectedObjective(of: logits, time: time, using: &generator) { gates in
      var noise = stream
      return inner.objective(
        of: x, under: model.gated(by: gates), mode: mode, time: time, using: &noise)
    }
    return edgePrior.map { expected.adding($0.divergence(fromPriorOf: logits)) } ?? expected
  }

  private func expectedObjective<Scalar>(
    of logits: Tensor<Scalar>, time: Double, using generator: inout Philox,
    _ objective: (_ gates: Tensor<Scalar>) -> Objective<Scalar>
  ) -> Objective<Scalar> {
    func relaxed(_ temperature: Double, _ annealing: Schedule) -> Tensor<Scalar> {
      // At such a low temperature the gates are 0 or 1, and `1/τ` is still finite in `Float`.
      let annealed = max(temperature * annealing.factor(at: time), 1e-30)
      // The gates are computed from log-odds, so that they can be exactly 0 or 1.
      return RelaxedBernoulli(logits: logits, temperature: annealed)
        .sampleLogits(using: &generator).sigmoid()
    }
    switch estimator {
    case .fixed:
      return objective(logits.detached .>= 0)
    case .gumbelSoftmax(let temperature, let annealing):
      return objective(relaxed(temperature, annealing))
    case .straightThrough(let temperature, let annealing):
      let soft = relaxed(temperature, annealing)
      let hard = soft.detached .> 0.5
      return objective(hard + (soft - soft.detached))  // exactly 0 or 1
    case .scoreFunction(let draws):
      let gates = Bernoulli(logits: logits)
      let drawn = (0..<draws).map { _ in gates.sample(using: &generator) }
      return scoreFunction(of: gates, drawn, drawn.map(objective))
    case .exhaustive:
      let structures = allStructures(of: logits)
      let gates = Bernoulli(logits: logits)
      let probabilities = Tensor.stacked(structures.map { gates.logDensity(of: $0) }).exp()
      return Objective(averaging: structures.map(objective), weights: probabilities)
    }
  }

  /// `1/K Σₖ (Lₖ − mean of the other L)·∇log p(cₖ)`, in addition to the gradient of the mean loss.
  private func scoreFunction<Scalar>(
    of gates: Bernoulli<Scalar>, _ drawn: [Tensor<Scalar>], _ objectives: [Objective<Scalar>]
  ) -> Objective<Scalar> {
    let samples = Double(drawn.count)
    let losses = Tensor.stacked(objectives.map { $0.loss.detached.reshaped(to: []) })
    // Lₖ minus the mean of the other losses is K/(K − 1) times Lₖ minus the mean of all losses.
    let excess = Scalar(samples / (samples - 1)) * (losses - losses.mean())
    let scores = Tensor.stacked(drawn.map { gates.logDensity(of: $0) })
    let surrogate = (excess * scores).mean()
    return Objective(
      averaging: objectives, weights: .full(Scalar(1 / samples), [drawn.count])
    ).adding(surrogate - surrogate.detached)
  }

  private func allStructures<Scalar>(of logits: Tensor<Scalar>) -> [Tensor<Scalar>] {
    let edges = logits.count
    require(
      edges <= GateEstimator.mostEdgesForExhaustive,
      "an exhaustive expectation got \(edges) edges; it takes at most 10")
    return (0..<(1 << edges)).map { code in
      Tensor((0..<edges).map { Scalar((code >> $0) & 1) })
    }
  }
}

extension Objective {
  /// The weighted sum of objectives. If `weights` are tracked, gradients of the loss flow to them.
  init(averaging parts: [Objective], weights: Tensor<Scalar>) {
    /// An infinite part with a zero weight is ignored, since their product would be NaN.
    func weighted(_ parts: [Tensor<Scalar>], _ weights: Tensor<Scalar>) -> Tensor<Scalar> {
      let stack = Tensor.stacked(parts)
      let weights = weights.reshaped(
        to: Shape([parts.count] + [Int](repeating: 1, count: stack.rank - 1)))
      let isInfinite = stack.detached.abs() .== Tensor(.infinity)
      let isVoid = (weights .== Tensor(0)) * isInfinite
      return (isVoid.select(Tensor(0), stack) * weights).sum(axis: 0)
    }
    func average(_ part: (Objective) -> Tensor<Scalar>) -> Tensor<Scalar> {
      weighted(parts.map(part), weights.detached)
    }
    self.init(
      loss: weighted(parts.map { $0.loss.reshaped(to: []) }, weights),
      evidenceLowerBound: average(\.evidenceLowerBound), logLikelihood: average(\.logLikelihood),
      klDivergence: average(\.klDivergence))
  }

  /// The objective with a term added to the loss.
  func adding(_ term: Tensor<Scalar>) -> Objective {
    Objective(
      loss: loss + term, evidenceLowerBound: evidenceLowerBound, logLikelihood: logLikelihood,
      klDivergence: klDivergence)
  }
}
