import Inference

/// A trained model and its scores on the test images, in nats an image.
struct Result {
  let kind: Kind
  let model: LatentGraphModel<Float>
  let history: [EpochMetrics]
  let bound: BoundEstimate
  let logLikelihood: Double
  let seconds: Double
}
