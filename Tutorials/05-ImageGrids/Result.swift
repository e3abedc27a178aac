import Inference
import LatentGraphs
import Tensors
import VariationalAutoencoders

/// A trained autoencoder and its scores on the test images.
struct Result {
  /// The name and the graph of the pixels' precision.
  let name: String, graph: GraphStructure
  let model: GaussianGraphVAE<Float>
  /// The bound and the log-likelihood, in nats an image.
  let bound: BoundEstimate, logLikelihood: Double
  /// The log-likelihood in bits per dimension.
  let bitsPerDimension: Double
  let seconds: Double

  /// The distribution of the pixels given latents `[…, latents]`.
  func pixels(_ latents: Tensor<Float>) -> LatentGraphs.LogitNormal<Float> {
    let distribution = model.observation(given: latents, mode: .evaluation)
    guard let pixels = distribution as? LogitNormal<Float> else {
      fatalError("the pixels are a \(type(of: distribution)), not a LogitNormal")
    }
    return pixels
  }
}
