import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The autoencoder of the poster "Gaussian Graphical Models for Variational Autoencoders": one node,
/// whose posterior is a Gaussian graphical model with a mean and a factor `L` that the encoder gives.
///
/// The prior is `N(0, I)`, the KL is exact, and the observations are binary or have a graph of their
/// own. With a diagonal structure it is the classic autoencoder.
public struct GaussianGraphVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The graph of the posterior.
  public let structure: GraphStructure
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with two hidden layers on either side and ELU between them.
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

  /// `q(z|x)` as a Gaussian graphical model for each observation.
  public func graphicalModel(of x: Tensor<Scalar>) -> GaussianGraphicalModel<Scalar> {
    let evidence = posterior(of: x, mode: .evaluation).evidence[0]
    let distribution = model.recognition.conditionals[0].distribution(
      given: nil, evidence: evidence, mode: .evaluation)
    guard let graphical = distribution as? GaussianGraphicalModel<Scalar> else {
      stop("the posterior is a \(type(of: distribution))")
    }
    return graphical
  }
}
