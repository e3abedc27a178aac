import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// A wrapper of a `LatentGraphModel`; the autoencoders of this module conform to it.
public protocol LatentGraphAutoencoder<Scalar>: LatentVariableModel {
  /// The model.
  var model: LatentGraphModel<Scalar> { get set }
}

extension LatentGraphAutoencoder {
  /// The graph of the latents.
  public var graph: LatentGraph { model.graph }

  /// The features that the encoder computes for the nodes, from a batch of observations.
  public func posterior(
    of x: Tensor<Scalar>, mode: Mode
  ) -> LatentGraphModel<Scalar>.Posterior { model.posterior(of: x, mode: mode) }

  /// The same under the structure with these gates, `[edges]`.
  public func posterior(
    of x: Tensor<Scalar>, gates: Tensor<Scalar>, mode: Mode
  ) -> LatentGraphModel<Scalar>.Posterior { model.posterior(of: x, gates: gates, mode: mode) }

  /// Samples of `q(z|x)`.
  public func sample(
    from posterior: LatentGraphModel<Scalar>.Posterior, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Scalar> {
    model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
  }

  /// The distribution `p(x|z)`.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> { model.observation(given: latents, mode: mode) }

  /// The first element of `x` outside of the support of the observation model; `nil` if there is
  /// none.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    model.firstOutsideSupport(x)
  }

  /// Samples of the prior.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    model.samplePrior(count, using: &generator)
  }

  /// The same under the structure with these gates, `[edges]`.
  public func samplePrior(
    _ count: Int, gates: Tensor<Scalar>, using generator: inout Philox
  ) -> Tensor<Scalar> { model.samplePrior(count, gates: gates, using: &generator) }

  /// The log-odds of the gates; `nil` if the structure is not learned.
  public var edgeLogits: Parameter<Scalar>? { model.edgeLogits }

  /// The model with its most probable structure, which is no longer learned.
  public func frozenStructure() -> Self {
    var copy = self
    copy.model = model.frozenStructure()
    return copy
  }
}

/// The nodes that are the decoder's input.
public enum DecodedNodes: Sendable {
  /// All nodes.
  case all
  /// Only `z1`, the last node, as appendix B of He et al. prints the decoder.
  case last
}

extension LatentGraphModel {
  /// The networks of He et al. (2019), appendix B, for any graph, with batch norm and ELU: an
  /// encoder `pixels → 512 → 512 → 256 → 128`, heads with 128 hidden units at the nodes, and a
  /// decoder `latents → 256 → 512 → 512 → pixels`.
  public init(
    pixels: Int, graph: LatentGraph, learnsStructure: Bool = false, sharesGates: Bool = true,
    pixelKind: PixelKind = .binary, decodes: DecodedNodes = .all, using generator: inout Philox
  ) {
    require(pixels > 0, "an autoencoder of \(pixels) pixels; at least one is needed")
    let last = graph.nodes.count - 1
    let latents = decodes == .all ? graph.dimension : graph.nodes[last].dimension
    let encoder = MLP<Scalar>(
      [pixels, 512, 512, 256, 128], hasBatchNorm: true, using: &generator)
    let recognition = BayesNet<Scalar>.fusingPosterior(graph, features: 128, using: &generator)
    let prior = BayesNet<Scalar>.neuralPrior(graph, using: &generator)
    let likelihood: any ObservationModel<Scalar> = pixelKind.likelihood(
      pixels: pixels, decoder: [latents, 256, 512, 512], hasBatchNorm: true, using: &generator)
    self.init(
      encoder: encoder, recognition: recognition, prior: prior, likelihood: likelihood,
      learnsStructure: learnsStructure, decodedNodes: decodes == .all ? nil : [last],
      sharesGates: sharesGates)
  }
}
