import Inference
import LatentGraphs
import VariationalAutoencoders

/// A trained autoencoder and its scores on the test images, in nats an image.
struct Result {
  let structure: GraphStructure
  let model: GaussianGraphVAE<Float>
  let history: [EpochMetrics]
  let bound: BoundEstimate
  let logLikelihood: Double
  /// The posterior mean of one image after each epoch. A resumed run has no values for the epochs
  /// before it was resumed.
  let means: [(epoch: Int, values: [Float])]
  let seconds: Double
}
