import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// A prior `p(c) = Π Bernoulli(cₑ; ρₑ)` of the gates of the edges: what makes an edge that explains
/// nothing close.
///
/// The likelihood alone does not: an edge whose weights are 0 fits as well open as closed, and one
/// with free weights always fits a little better. With the gates as latent variables that all
/// observations share, the bound on `log p(x₁, …, x_N)` loses `KL(q(c) ‖ p(c))` once for the data
/// set; so the loss, which is the mean over observations, gains
///
///     1/N Σₑ KL(Bernoulli(μₑ) ‖ Bernoulli(ρₑ)).
///
/// At the optimum the log-odds of an edge are `logit ρ + N·(what it gains an observation)`.
public struct EdgePrior: Sendable, Hashable {
  /// `logit ρ`, of each edge in the order of the graph's edges, or one for all.
  public let logOdds: [Double]
  /// `N`, the number of observations of the data set.
  public let observations: Int

  /// The prior with these log-odds: one for each edge, or one for all.
  public init(logOdds: [Double], observations: Int) {
    require(observations > 0, "a prior of edges for \(observations) observations")
    require(
      !logOdds.isEmpty && logOdds.allSatisfy(\.isFinite),
      "a prior of edges with the log-odds \(logOdds)")
    self.logOdds = logOdds
    self.observations = observations
  }

  /// The prior under which each edge is there with this probability, between 0 and 1.
  public init(probability: Double, observations: Int) {
    require(
      probability > 0 && probability < 1,
      "a prior of edges with the probability \(probability), which is not between 0 and 1")
    self.init(logOdds: [log(probability / (1 - probability))], observations: observations)
  }

  /// The prior that charges an edge `½ log N` nats for each of its weights, as Schwarz's criterion
  /// (BIC) does: `logit ρ = −½ k log N`, `k` the dimension of the parent times that of the child.
  ///
  /// The weights are point estimates, which gain `½ χ²ₖ` from noise; this makes up for the width of
  /// their posterior, to leading order in `N`. For linear nodes it finds the right edges with a
  /// probability that goes to 1 with `N`; a superfluous edge between scalar nodes stays with about
  /// `P(χ²₁ > log N)`, 0.6 % at `N = 2000` (G. Schwarz, "Estimating the dimension of a model", 1978).
  public static func schwarz(for graph: LatentGraph, observations: Int) -> EdgePrior {
    require(!graph.edges.isEmpty, "a prior of edges of a graph that has none")
    return EdgePrior(
      logOdds: graph.edges.map {
        let weights = graph.nodes[$0.parent].dimension * graph.nodes[$0.child].dimension
        return -0.5 * Double(weights) * log(Double(observations))
      }, observations: observations)
  }

  /// `1/N Σₑ KL(Bernoulli(μₑ) ‖ Bernoulli(ρₑ))` in nats of gates with the log-odds `logit μ`,
  /// `[edges]`; `[]`.
  public func divergence<Scalar>(fromPriorOf logits: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      logOdds.count == 1 || logits.shape == [logOdds.count],
      "a prior of \(logOdds.count) edges for gates of shape \(logits.shape)")
    let prior = Tensor<Scalar>(logOdds.map { Scalar($0) }).broadcast(to: logits.shape)
    let divergence = klDivergence(Bernoulli(logits: logits), Bernoulli(logits: prior))
    return Scalar(1 / Double(observations)) * divergence
  }
}
