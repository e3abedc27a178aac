import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// A prior `p(c) = Π Bernoulli(cₑ; ρₑ)` of the gates of the edges. It closes edges that do not
/// improve the likelihood.
///
/// The likelihood alone does not close them: an edge with zero weights has the same likelihood
/// whether it is open or closed, and free weights always improve the likelihood slightly. If the
/// gates are latent variables shared by all observations, the bound on `log p(x₁, …, x_N)` contains
/// `−KL(q(c) ‖ p(c))` once for the data set. The loss, which is the mean over observations,
/// therefore contains
///
///     1/N Σₑ KL(Bernoulli(μₑ) ‖ Bernoulli(ρₑ)).
///
/// At the optimum the log-odds of an edge are `logit ρ + N·g`, where `g` is the improvement of the
/// mean log-likelihood by the edge, in nats per observation.
public struct EdgePrior: Sendable, Hashable {
  /// `logit ρ` for each edge, in the order of the graph's edges, or one for all edges.
  public let logOdds: [Double]
  /// `N`, the number of observations of the data set.
  public let observations: Int

  /// The prior with these log-odds, one for each edge or one for all.
  public init(logOdds: [Double], observations: Int) {
    require(observations > 0, "a prior of edges got \(observations) observations")
    require(
      !logOdds.isEmpty && logOdds.allSatisfy(\.isFinite),
      "a prior of edges got the log-odds \(logOdds), which must be finite")
    self.logOdds = logOdds
    self.observations = observations
  }

  /// The prior in which each edge exists with this probability, which must be between 0 and 1.
  public init(probability: Double, observations: Int) {
    require(
      probability > 0 && probability < 1,
      "a prior of edges got the probability \(probability), which is not between 0 and 1")
    self.init(logOdds: [log(probability / (1 - probability))], observations: observations)
  }

  /// The prior that subtracts `½ log N` nats for each weight of an edge, as Schwarz's criterion
  /// (BIC): `logit ρ = −½ k log N`, where `k` is the dimension of the parent times that of the
  /// child.
  ///
  /// The weights are point estimates, which gain `½ χ²ₖ` from noise. The prior compensates for the
  /// missing width of their posterior, to leading order in `N`. For linear nodes it finds the
  /// correct edges with a probability that approaches 1 as `N` increases. A superfluous edge
  /// between scalar nodes remains with a probability of about `P(χ²₁ > log N)`, which is 0.6 % for
  /// `N = 2000` (G. Schwarz, “Estimating the dimension of a model”, 1978).
  public static func bic(for graph: LatentGraph, observations: Int) -> EdgePrior {
    require(!graph.edges.isEmpty, "a prior of edges got a graph without edges")
    return EdgePrior(
      logOdds: graph.edges.map {
        let weights = graph.nodes[$0.parent].dimension * graph.nodes[$0.child].dimension
        return -0.5 * Double(weights) * log(Double(observations))
      }, observations: observations)
  }

  /// `1/N Σₑ KL(Bernoulli(μₑ) ‖ Bernoulli(ρₑ))` in nats, a scalar, for gates with the log-odds
  /// `logit μ`, `[edges]`.
  public func divergence<Scalar>(fromPriorOf logits: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      logOdds.count == 1 || logits.shape == [logOdds.count],
      "a prior of \(logOdds.count) edges got gates of shape \(logits.shape)")
    let prior = Tensor<Scalar>(logOdds.map { Scalar($0) }).broadcast(to: logits.shape)
    require(prior.isFinite, "the log-odds \(logOdds) of a prior of edges exceed \(Scalar.self)")
    let divergence = Bernoulli(logits: logits).klDivergence(from: Bernoulli(logits: prior))
    return Scalar(1 / Double(observations)) * divergence
  }
}
