import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// A model that is a `LatentGraphModel` under a name: what the wrappers of this module have in common.
public protocol LatentGraphAutoencoder<Scalar>: LatentVariableModel {
  /// The model.
  var model: LatentGraphModel<Scalar> { get set }
}

extension LatentGraphAutoencoder {
  /// The graph of the latents.
  public var graph: LatentGraph { model.graph }

  /// What the nodes see of a batch of observations.
  public func posterior(
    of x: Tensor<Scalar>, mode: Mode
  ) -> LatentGraphModel<Scalar>.Posterior { model.posterior(of: x, mode: mode) }

  /// Draws from `q(z|x)`.
  public func sample(
    from posterior: LatentGraphModel<Scalar>.Posterior, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Scalar> {
    model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
  }

  /// `p(x|z)`.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> { model.observation(given: latents, mode: mode) }

  /// The first element outside of the support of the observation model.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    model.firstOutsideSupport(x)
  }

  /// Draws from the prior.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    model.samplePrior(count, using: &generator)
  }

  /// The log-odds of the gates, where the structure is learned.
  public var edgeLogits: Parameter<Scalar>? { model.edgeLogits }

  /// The same model with these gates.
  public func gated(by gates: Tensor<Scalar>) -> Self {
    var copy = self
    copy.model = model.gated(by: gates)
    return copy
  }
}

/// Which nodes the decoder sees.
public enum DecodedNodes: Sendable {
  /// All of them.
  case all
  /// `z1`, the last one, alone: appendix B of He et al. prints the decoder so.
  case last
}

extension LatentGraphModel {
  /// The networks of He et al. (2019), appendix B, over any graph: an encoder
  /// `pixels → 512 → 512 → 256 → 128`, heads of 128 hidden units at the nodes, and a decoder
  /// `latents → 256 → 512 → 512 → pixels`, with batch norm and ELU.
  public init(
    pixels: Int, graph: LatentGraph, learnsStructure: Bool = false, sharesGates: Bool = true,
    pixelKind: PixelKind = .binary, decodes: DecodedNodes = .all, using generator: inout Philox
  ) {
    require(pixels > 0, "an autoencoder of \(pixels) pixels")
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
