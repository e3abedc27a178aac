import LatentGraphs
import NeuralNetworks
import Tensors

/// Observations whose missing elements were imputed by a model.
public struct Imputation<Scalar: TensorScalar> {
  /// The observations with the missing elements sampled from their distribution given the observed
  /// elements: `[batch, variables]`.
  public let draw: Tensor<Scalar>
  /// The observations with the missing elements replaced by their means given the observed
  /// elements: `[batch, variables]`.
  public let mean: Tensor<Scalar>
  /// The fraction of the proposals that were accepted after the warm-up.
  public let acceptance: Double
}

/// Imputes the missing elements of observations `[batch, variables]` by a Markov chain.
///
/// Each sweep consists of two steps, which leave `p(z, x_missing | x_seen)` invariant (Metropolis
/// within Gibbs; Mattei and Frellsen, 2018):
///
/// - The latents are updated given the whole observation. A proposal `z′ ~ q(z|x)` is accepted with
///   the probability `min(1, w(z′)/w(z))`, where `w(z) = p(x, z)/q(z|x)`. The approximate posterior
///   therefore need not be exact.
/// - The missing elements are sampled given the latents and the observed elements, exactly:
///   `x_missing ~ p(x_missing | x_seen, z)`, by conditioning the observation model on the observed
///   elements. If the elements have a graph, observed ones are directly correlated with missing ones
///   next to them, and not only through the latents.
///
/// The missing elements are initialized with their mean under the prior. The first half of the
/// sweeps is the warm-up. In the first half of the warm-up every proposal is accepted, which
/// converges faster (Rezende, Mohamed and Wierstra, 2014). The mean is that of
/// `E[x_missing | x_seen, z]` over the second half of the sweeps.
///
/// - Parameters:
///   - x: the observations, whose missing elements are not read.
///   - missing: the indices of the missing elements, the same in all observations.
///   - sweeps: the number of sweeps, at least 2.
/// - Throws: `GraphicalModelError`, with the element, if an observed element is not finite or is
///   outside the support of the observation model (`[0, 1]` for a `LogitNormal`);
///   `NotPositiveDefinite` if the factorization of a precision fails because of rounding;
///   `ImputationError` if the probability of accepting a proposal is NaN.
/// - Complexity: in each sweep, the batch is encoded and decoded, and the precision of the missing
///   elements is factored for each observation.
public func impute<Model: LatentVariableModel>(
  _ x: Tensor<Model.Scalar>, missing: [Int], under model: Model, sweeps: Int = 100,
  using generator: inout Philox, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
) throws -> Imputation<Model.Scalar> {
  require(x.rank == 2 && x.shape[0] > 0, "a completion got observations of shape \(x.shape)")
  require(sweeps >= 2, "a completion got \(sweeps) sweeps; it takes at least 2")
  let gone = Set(missing)
  require(
    gone.count == missing.count && !gone.isEmpty && gone.count < x.shape[1]
      && missing.allSatisfy { (0..<x.shape[1]).contains($0) },
    "a completion of \(x.shape[1]) elements got \(missing.count) missing ones; these must be "
      + "distinct elements, but not all")
  return try withoutRecording {
    var chain = try ImputationChain(
      of: x, missing: gone.sorted(), under: model, using: &generator)
    for sweep in 0..<sweeps {
      try chain.advance(
        acceptsAll: sweep < sweeps / 4, counts: sweep >= sweeps / 2, using: &generator)
      progress(sweep + 1, sweeps)
    }
    return chain.completion
  }
}

/// An error during the imputation of missing elements.
public enum ImputationError: DescribedError, Equatable {
  /// The densities of this observation's latents cannot be compared in this sweep, which is counted
  /// from 1.
  case undefinedAcceptance(observation: Int, sweep: Int)

  /// A description of the error and of how to correct it.
  public var description: String {
    switch self {
    case .undefinedAcceptance(let observation, let sweep):
      "the probability of accepting the latents of observation \(observation) is NaN in sweep "
        + "\(sweep): a latent was rounded to an end of its support, or an output of the model is NaN; "
        + "raise the temperature of relaxed latents, or check the parameters of the model for NaN"
    }
  }
}

/// The state of the Markov chain.
private struct ImputationChain<Model: LatentVariableModel> {
  typealias Scalar = Model.Scalar

  let model: Model
  let missing: [Int]
  let seen: [Int]
  /// The observed elements, `[batch, seen]`.
  let evidence: Tensor<Scalar>
  /// The missing elements, `[batch, missing]`.
  var filling: Tensor<Scalar>
  /// The latents, `[1, batch, latents]`; `nil` before the first sweep.
  var latents: Tensor<Scalar>?
  var sumOfMeans: Tensor<Scalar>?
  var (sweeps, countedSweeps, accepted) = (0, 0, 0.0)

  init(
    of x: Tensor<Scalar>, missing: [Int], under model: Model, using generator: inout Philox
  ) throws {
    self.model = model
    self.missing = missing
    let gone = Set(missing)
    seen = (0..<x.shape[1]).filter { !gone.contains($0) }
    evidence = x.detached.gathered(at: seen)
    // This is checked before the model computes anything from the evidence.
    try Evidence(of: seen, values: evidence).check(dimension: x.shape[1])
    let z = model.samplePrior(64, using: &generator)
    filling = try model.observation(given: z, mode: .evaluation).mean.mean(axis: 0)
      .gathered(at: missing).broadcast(to: [x.shape[0], missing.count])
  }

  /// The observed and the given missing elements in their places, `[batch, variables]`.
  func whole(_ filling: Tensor<Scalar>) -> Tensor<Scalar> {
    let count = seen.count + missing.count
    return evidence.scatterAdded(to: seen, count: count)
      + filling.scatterAdded(to: missing, count: count)
  }

  mutating func advance(
    acceptsAll: Bool, counts: Bool, using generator: inout Philox
  ) throws {
    sweeps += 1
    let (z, acceptance) = try updatedLatents(acceptsAll: acceptsAll, using: &generator)
    latents = z
    let observation = model.observation(given: z, mode: .evaluation)
    guard let conditionable = observation as? any ConditionableDistribution<Scalar> else {
      stop(
        "a \(type(of: observation)) of observations cannot be conditioned on some elements")
    }
    let values = evidence.addingAxis(at: 0)
    let conditional: any Distribution<Scalar> = try conditionable.conditioned(
      on: Evidence(of: seen, values: values))
    filling = conditional.sample(using: &generator).reshaped(to: filling.shape)
    guard counts else { return }
    accepted += acceptance
    let mean = try conditional.mean.reshaped(to: filling.shape)
    sumOfMeans = sumOfMeans.map { $0 + mean } ?? mean
    countedSweeps += 1
  }

  /// The latents after a step given the whole observations, and the fraction of accepted proposals.
  private func updatedLatents(
    acceptsAll: Bool, using generator: inout Philox
  ) throws(ImputationError) -> (Tensor<Scalar>, acceptance: Double) {
    let x = whole(filling)
    let posterior = model.posterior(of: x, mode: .evaluation)
    let proposal = model.sample(from: posterior, draws: 1, mode: .evaluation, using: &generator)
    // Later proposals are compared at these values, which must therefore determine the density.
    try check(proposal.pathLogRatio(at: proposal.latents))
    guard !acceptsAll, let latents else { return (proposal.latents, 1) }
    func logDensity(_ z: Tensor<Scalar>) -> Tensor<Scalar> {
      model.observation(given: z, mode: .evaluation).logDensity(of: x)
    }
    let gain =
      logDensity(proposal.latents) + proposal.logRatio() - logDensity(latents)
      - proposal.pathLogRatio(at: latents)
    try check(gain)
    let threshold = Tensor<Scalar>.uniform(gain.shape, using: &generator).log()
    let isAccepted = threshold .< gain
    let updated = isAccepted.addingAxis(at: -1).select(proposal.latents, latents)
    return (updated, Double(isAccepted.mean().scalar))
  }

  /// Checks the terms of the logarithm of an acceptance probability, `[1, batch]`.
  private func check(_ terms: Tensor<Scalar>) throws(ImputationError) {
    if let observation = terms.scalars.firstIndex(where: \.isNaN) {
      throw .undefinedAcceptance(observation: observation, sweep: sweeps)
    }
  }

  var completion: Imputation<Scalar> {
    Imputation(
      draw: whole(filling), mean: whole(sumOfMeans! * Scalar(1 / Double(countedSweeps))),
      acceptance: accepted / Double(countedSweeps))
  }
}
