import LatentGraphs
import NeuralNetworks
import Tensors

/// A model `p(x, z) = p(z) p(x|z)` of observations by latent variables, with an approximate posterior
/// `q(z|x)`.
///
/// Observations come as `[batch, pixels]`, latents as `[draws, batch, latents]`.
public protocol LatentVariableModel<Scalar>: Module {
  /// What the encoder makes of a batch, before any latent is drawn.
  associatedtype Posterior

  /// `q(z|x)` for a batch of observations.
  func posterior(of x: Tensor<Scalar>, mode: Mode) -> Posterior

  /// Draws latents for each observation of the batch.
  func sample(
    from posterior: Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Scalar>

  /// `p(x|z)` of latents `[…, latents]`.
  func observation(given latents: Tensor<Scalar>, mode: Mode) -> any Distribution<Scalar>

  /// Latents drawn from the prior: `[count, latents]`, constants of which nothing is recorded.
  func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar>

  /// The log-odds of the gates on the edges of its latent graph, `[edges]`, where the structure is
  /// learned; `nil`, as by default, where it is given.
  var edgeLogits: Parameter<Scalar>? { get }

  /// The same model with these gates on its edges, `[edges]`, in place of its most probable ones. A
  /// model without learned edges returns itself, as by default.
  func gated(by gates: Tensor<Scalar>) -> Self

  /// The first element of observations `[batch, pixels]` that lies outside of the support of `p(x|z)`,
  /// whatever the latents; `nil` where there is none, and by default.
  func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement?
}

extension LatentVariableModel {
  /// `nil`: the structure is given.
  public var edgeLogits: Parameter<Scalar>? { nil }

  /// Itself.
  public func gated(by gates: Tensor<Scalar>) -> Self { self }

  /// `nil`: nothing is known of the support.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? { nil }

  /// The probabilities of the edges, where the structure is learned.
  public var edgeProbabilities: [Double]? {
    edgeLogits?.value.detached.sigmoid().scalars.map { Double($0) }
  }
}

/// Latents that were drawn from a posterior, and how they score.
public struct LatentSample<Scalar: TensorScalar> {
  /// The latents, `[draws, batch, latents]`.
  public let latents: Tensor<Scalar>
  private let divergence: () -> Tensor<Scalar>
  private let ratio: () -> Tensor<Scalar>
  private let path: ((Tensor<Scalar>) -> Tensor<Scalar>)?

  /// Latents and how they score, which is computed when asked for.
  ///
  /// - Parameters:
  ///   - divergences: the exact divergence of each node, `[nodes, batch]` or
  ///     `[nodes, draws, batch]`.
  ///   - logRatio: `log p(z) − log q(z|x)`, `[draws, batch]`.
  ///   - pathLogRatio: the same at given latents, differentiable in them and in `p`, with all that
  ///     determines `q` held constant; without it a model cannot be trained by the doubly
  ///     reparameterized gradient.
  public init(
    latents: Tensor<Scalar>, divergences: @escaping () -> Tensor<Scalar>,
    logRatio: @escaping () -> Tensor<Scalar>,
    pathLogRatio: ((Tensor<Scalar>) -> Tensor<Scalar>)? = nil
  ) {
    self.latents = latents
    divergence = divergences
    ratio = logRatio
    path = pathLogRatio
  }

  /// `KL(q(zₙ|x, parents) ‖ p(zₙ|parents))` in nats of each node, exact given the drawn parents and
  /// averaged over the draws: `[nodes, batch]`.
  public func divergences() -> Tensor<Scalar> {
    let divergences = divergence()
    require(
      (2...3).contains(divergences.rank) && divergences.shape[-1] == latents.shape[-2],
      "divergences of shape \(divergences.shape) for latents \(latents.shape); they are a row a node"
    )
    return divergences.rank == 3 ? divergences.mean(axis: 1) : divergences
  }

  /// `KL(q(z|x) ‖ p(z))` in nats, the sum over the nodes: `[batch]`.
  public func klDivergence() -> Tensor<Scalar> { divergences().sum(axis: 0) }

  /// `log p(z) − log q(z|x)` in nats of these latents: `[draws, batch]`.
  public func logRatio() -> Tensor<Scalar> { ratio() }

  /// The same at other latents, with the posterior held constant.
  public func pathLogRatio(at latents: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let path else { stop("this model's samples have no log-ratio along a path") }
    return path(latents)
  }
}
