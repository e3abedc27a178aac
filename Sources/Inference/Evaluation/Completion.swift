import LatentGraphs
import NeuralNetworks
import Tensors

/// Observations whose missing elements a model has filled in.
public struct Completion<Scalar: TensorScalar> {
  /// A draw of the missing elements from their distribution given the seen ones, beside these:
  /// `[batch, pixels]`.
  public let draw: Tensor<Scalar>
  /// The mean of the missing elements given the seen ones, beside these: `[batch, pixels]`.
  public let mean: Tensor<Scalar>
  /// The share of the proposals that were accepted after the warm-up.
  public let acceptance: Double
}

/// Fills in the missing elements of observations `[batch, pixels]` by the model.
///
/// Two steps in turn, which leave `p(z, x_missing | x_seen)` as it is (Metropolis within Gibbs; Mattei and
/// Frellsen, 2018):
///
/// - latents given the whole observation: a draw `z′ ~ q(z|x)` is accepted with the probability
///   `min(1, w(z′)/w(z))`, `w(z) = p(x, z)/q(z|x)`; so the posterior need not be exact;
/// - missing elements given latents and seen elements, exactly: `x_missing ~ p(x_missing | x_seen, z)`, by
///   conditioning the observation model on what is seen. Where its pixels have a graph, the seen ones
///   speak to the missing ones across the border, not only through the latents.
///
/// The missing elements start at their mean under the prior. The first half of the sweeps is warm-up; in
/// half of it each draw is accepted, which is faster (Rezende, Mohamed and Wierstra, 2014). The mean is
/// that of `E[x_missing | x_seen, z]` over the second half.
///
/// - Parameters:
///   - x: the observations; what they have at missing places is not read.
///   - missing: the places of the missing elements, the same in all observations.
///   - sweeps: how often both steps are taken.
/// - Throws: `GraphicalModelError`, with the element, where a seen one is no finite number or outside of
///   what the observations' distribution takes (`[0, 1]` of a `LogitNormal`); `NotPositiveDefinite` where
///   rounding leaves no factor of the precision.
/// - Complexity: for each sweep an encoding and a decoding of the batch, and the conditioning: a
///   factorization of the precision of the missing elements for each observation.
public func complete<Model: LatentVariableModel>(
  _ x: Tensor<Model.Scalar>, missing: [Int], under model: Model, sweeps: Int = 100,
  using generator: inout Philox, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
) throws -> Completion<Model.Scalar> {
  require(x.rank == 2 && x.shape[0] > 0, "a completion of observations of shape \(x.shape)")
  require(sweeps >= 2, "a completion by \(sweeps) sweeps; it takes two at least")
  let gone = Set(missing)
  require(
    gone.count == missing.count && !gone.isEmpty && gone.count < x.shape[1]
      && missing.allSatisfy { (0..<x.shape[1]).contains($0) },
    "a completion of \(x.shape[1]) elements with \(missing.count) missing ones, which must be some "
      + "of them, each named once")
  return try withoutRecording {
    var chain = try CompletionChain(
      of: x, missing: gone.sorted(), under: model, using: &generator)
    for sweep in 0..<sweeps {
      try chain.advance(
        acceptsAll: sweep < sweeps / 4, counts: sweep >= sweeps / 2, using: &generator)
      progress(sweep + 1, sweeps)
    }
    return chain.completion
  }
}

/// The state of the Markov chain.
private struct CompletionChain<Model: LatentVariableModel> {
  typealias Scalar = Model.Scalar

  let model: Model
  let missing: [Int]
  let seen: [Int]
  /// `[batch, seen]`.
  let evidence: Tensor<Scalar>
  /// The missing elements, `[batch, missing]`.
  var filling: Tensor<Scalar>
  /// `[1, batch, latents]`; none before the first sweep.
  var latents: Tensor<Scalar>?
  var sumOfMeans: Tensor<Scalar>?
  var (sweeps, accepted) = (0, 0.0)

  init(
    of x: Tensor<Scalar>, missing: [Int], under model: Model, using generator: inout Philox
  ) throws {
    self.model = model
    self.missing = missing
    let gone = Set(missing)
    seen = (0..<x.shape[1]).filter { !gone.contains($0) }
    evidence = x.detached.gathered(at: seen)
    // Before the model sees them.
    try Evidence(of: seen, values: evidence).check(dimension: x.shape[1])
    let z = model.samplePrior(64, using: &generator)
    filling = model.observation(given: z, mode: .evaluation).mean.mean(axis: 0)
      .gathered(at: missing).broadcast(to: [x.shape[0], missing.count])
  }

  /// Seen and missing elements in their places, `[batch, pixels]`.
  func whole(_ filling: Tensor<Scalar>) -> Tensor<Scalar> {
    let count = seen.count + missing.count
    return evidence.scattered(to: seen, count: count)
      + filling.scattered(to: missing, count: count)
  }

  mutating func advance(
    acceptsAll: Bool, counts: Bool, using generator: inout Philox
  ) throws {
    let (z, acceptance) = updatedLatents(acceptsAll: acceptsAll, using: &generator)
    latents = z
    let observation = model.observation(given: z, mode: .evaluation)
    guard let pixels = observation as? any ConditionableDistribution<Scalar> else {
      stop(
        "observations that are a \(type(of: observation)) cannot be conditioned on some elements")
    }
    let values = evidence.addingAxis(at: 0)
    let conditional: any ReparameterizedDistribution<Scalar> = try pixels.conditioned(
      on: Evidence(of: seen, values: values))
    filling = conditional.sample(using: &generator).reshaped(to: filling.shape)
    guard counts else { return }
    accepted += acceptance
    let mean = conditional.mean.reshaped(to: filling.shape)
    sumOfMeans = sumOfMeans.map { $0 + mean } ?? mean
    sweeps += 1
  }

  /// Draws from the posterior given the whole, each accepted or not, and the share of those accepted.
  private func updatedLatents(
    acceptsAll: Bool, using generator: inout Philox
  ) -> (Tensor<Scalar>, acceptance: Double) {
    let x = whole(filling)
    let posterior = model.posterior(of: x, mode: .evaluation)
    let proposal = model.sample(from: posterior, draws: 1, mode: .evaluation, using: &generator)
    guard !acceptsAll, let latents else { return (proposal.latents, 1) }
    func logDensity(_ z: Tensor<Scalar>) -> Tensor<Scalar> {
      model.observation(given: z, mode: .evaluation).logDensity(of: x)
    }
    let gain =
      logDensity(proposal.latents) + proposal.logRatio() - logDensity(latents)
      - proposal.pathLogRatio(at: latents)
    let threshold = Tensor<Scalar>.uniform(gain.shape, using: &generator).log()
    let isAccepted = threshold.isLess(than: gain)
    let updated = isAccepted.addingAxis(at: -1).select(proposal.latents, latents)
    return (updated, Double(isAccepted.mean().scalar))
  }

  var completion: Completion<Scalar> {
    Completion(
      draw: whole(filling), mean: whole(sumOfMeans! * Scalar(1 / Double(sweeps))),
      acceptance: accepted / Double(sweeps))
  }
}
