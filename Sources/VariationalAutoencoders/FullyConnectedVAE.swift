import Inference
import LatentGraphs
import Tensors

/// The fully connected VAE of He et al. (2019): the parents of each node are all nodes before it.
public struct FullyConnectedVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with `nodes` of `dimension` variables each.
  public init(
    pixels: Int, nodes: Int = 5, dimension: Int = 16, pixelKind: PixelKind = .binary,
    decodes: DecodedNodes = .all, using generator: inout Philox
  ) {
    model = LatentGraphModel(
      pixels: pixels, graph: .fullyConnected(nodes: nodes, dimension: dimension),
      pixelKind: pixelKind, decodes: decodes, using: &generator)
  }
}
