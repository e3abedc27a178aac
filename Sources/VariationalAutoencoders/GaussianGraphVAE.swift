import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The autoencoder of the poster "Gaussian Graphical Models for Variational Autoencoders": one
/// latent node, whose posterior is a Gaussian graphical model. The encoder computes its mean and
/// the factor `L` of its precision.
///
/// The prior is `N(0, I)` and the KL divergence is exact. Observations are independent given `z`,
/// or correlated along a graph of their own. With a diagonal structure this is the classic VAE.
public struct GaussianGraphVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The graph of the posterior.
  public let structure: GraphStructure
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with two hidden layers each in the encoder and the decoder, and ELU
  /// activations.
  public init(
    pixels: Int, structure: GraphStructure, hidden: Int = 500, pixelKind: PixelKind = .binary,
    using generator: inout Philox
  ) {
    require(
      pixels > 0 && hidden > 0 && structure.dimension > 0,
      "a VAE of \(pixels) pixels, \(hidden) hidden units and \(structure.dimension) latents")
    self.structure = structure
    let graph = LatentGraph.single(dimension: structure.dimension)
    let encoder = MLP<Scalar>(
      [pixels, hidden, hidden], activatesLast: true, using: &generator)
    let recognition = BayesNet<Scalar>(graph) { _, _ in
      NeuralGaussianGraph(
        parents: 0, features: hidden, structure: structure, hidden: 0, using: &generator)
    }
    model = LatentGraphModel(
      encoder: encoder, recognition: recognition,
      prior: BayesNet(graph) { _, _ in StandardNormal(structure.dimension) },
      likelihood: pixelKind.likelihood(
        pixels: pixels, decoder: [structure.dimension, hidden, hidden], hasBatchNorm: false,
        using: &generator))
  }

  /// `q(z|x)`, a Gaussian graphical model for each observation.
  public func graphicalModel(of x: Tensor<Scalar>) -> GaussianGraphicalModel<Scalar> {
    let message = posterior(of: x, mode: .evaluation).messages[0]
    let distribution = model.recognition.conditionals[0].distribution(
      given: nil, message: message, mode: .evaluation)
    guard let graphical = distribution as? GaussianGraphicalModel<Scalar> else {
      stop("the posterior is a \(type(of: distribution)), not a GaussianGraphicalModel")
    }
    return graphical
  }
}
