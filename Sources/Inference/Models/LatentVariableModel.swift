import LatentGraphs
import NeuralNetworks
import Tensors

/// A model `p(x, z) = p(z) p(x|z)` of observations with latent variables and an approximate
/// posterior `q(z|x)`.
///
/// Observations have the shape `[batch, variables]`, for example the pixels of images, and latents
/// the shape `[draws, batch, latents]`.
public protocol LatentVariableModel<Scalar>: Module {
  /// The result of the encoder for a batch, before latents are sampled.
  associatedtype Posterior

  /// `q(z|x)` for a batch of observations, under the most probable structure if it is learned.
  func posterior(of x: Tensor<Scalar>, mode: Mode) -> Posterior

  /// `q(z|x)` for a batch of observations, under the structure with these gates on its edges,
  /// `[edges]`. Samples from it are drawn and scored under the same structure. By default the program
  /// stops unless there are no edges: a model without learned edges has no gates.
  func posterior(of x: Tensor<Scalar>, gates: Tensor<Scalar>, mode: Mode) -> Posterior

  /// Samples latents for each observation of the batch.
  func sample(
    from posterior: Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Scalar>

  /// `p(x|z)` given latents `[…, latents]`.
  func observation(given latents: Tensor<Scalar>, mode: Mode) -> any Distribution<Scalar>

  /// Latents sampled from the prior: `[count, latents]`, under the most probable structure if it is
  /// learned. They are constants; no operations are recorded.
  func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar>

  /// The same under the structure with these gates, `[edges]`. By default the program stops unless
  /// there are no edges.
  func samplePrior(
    _ count: Int, gates: Tensor<Scalar>, using generator: inout Philox
  ) -> Tensor<Scalar>

  /// The log-odds of the gates on the edges of the latent graph, `[edges]`, if the structure is
  /// learned. The default is `nil`: the structure is not learned.
  var edgeLogits: Parameter<Scalar>? { get }

  /// The first element of observations `[batch, variables]` that is outside the support of `p(x|z)`
  /// for all latents; `nil` if there is none. The default is `nil`.
  func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement?

  /// The reason for which gradients through the latents of observations `[batch, variables]` would be
  /// wrong, such as a discrete latent; `nil` if there is none, which is the default. The trainer
  /// throws it before the first step.
  func refusalOfGradients(at x: Tensor<Scalar>) -> (any Error)?
}

extension LatentVariableModel {
  /// `nil`: the structure is not learned.
  public var edgeLogits: Parameter<Scalar>? { nil }

  /// The posterior of a model without gates.
  public func posterior(of x: Tensor<Scalar>, gates: Tensor<Scalar>, mode: Mode) -> Posterior {
    requireNoGates(gates)
    return posterior(of: x, mode: mode)
  }

  /// Samples of a model without gates.
  public func samplePrior(
    _ count: Int, gates: Tensor<Scalar>, using generator: inout Philox
  ) -> Tensor<Scalar> {
    requireNoGates(gates)
    return samplePrior(count, using: &generator)
  }

  private func requireNoGates(_ gates: Tensor<Scalar>) {
    require(
      gates.count == 0,
      "a \(Self.self) got gates of shape \(gates.shape), but has no edges that can be gated; a model "
        + "with such edges implements posterior(of:gates:mode:) and samplePrior(_:gates:using:)")
  }

  /// `nil`: the support is not known.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? { nil }

  /// `nil`: the latents are differentiable.
  public func refusalOfGradients(at x: Tensor<Scalar>) -> (any Error)? { nil }

  /// The probabilities of the edges, if the structure is learned.
  public var edgeProbabilities: [Double]? {
    edgeLogits?.value.detached.sigmoid().scalars.map { Double($0) }
  }
}

/// Latents that were sampled from a posterior, and their scores.
public struct LatentSample<Scalar: TensorScalar> {
  /// The latents, `[draws, batch, latents]`.
  public let latents: Tensor<Scalar>
  private let divergence: () -> Tensor<Scalar>
  private let ratio: () -> Tensor<Scalar>
  private let path: ((Tensor<Scalar>) -> Tensor<Scalar>)?

  /// Latents and their scores, which are computed on request.
  ///
  /// - Parameters:
  ///   - divergences: the exact divergence of each node, `[nodes, batch]` or
  ///     `[nodes, draws, batch]`.
  ///   - logRatio: `log p(z) − log q(z|x)`, `[draws, batch]`.
  ///   - pathLogRatio: the same at given latents, differentiable in the latents and in `p`, with
  ///     the parameters of `q` held constant. Without it, a model cannot be trained with the doubly
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

  /// The exact `KL(q(zₙ|x, parents) ‖ p(zₙ|parents))` in nats of each node given the sampled
  /// parents, averaged over the samples: `[nodes, batch]`.
  public func divergences() -> Tensor<Scalar> {
    let divergences = divergence()
    require(
      (2...3).contains(divergences.rank) && divergences.shape[-1] == latents.shape[-2],
      "divergences of shape \(divergences.shape) for latents \(latents.shape); one row per node"
    )
    return divergences.rank == 3 ? divergences.mean(axis: 1) : divergences
  }

  /// `KL(q(z|x) ‖ p(z))` in nats, the sum over the nodes: `[batch]`.
  public func klDivergence() -> Tensor<Scalar> { divergences().sum(axis: 0) }

  /// `log p(z) − log q(z|x)` in nats of these latents: `[draws, batch]`.
  public func logRatio() -> Tensor<Scalar> { ratio() }

  /// `log p(z) − log q(z|x)` at other latents, with the parameters of the posterior held constant.
  /// A `LatentGraphModel` gives NaN where a sampled latent has been rounded to an end of its support;
  /// `logRatio()` does not need the digits that it has lost.
  public func pathLogRatio(at latents: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let path else { stop("the samples of this model have no pathLogRatio") }
    return path(latents)
  }
}
