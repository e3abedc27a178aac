import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// What the pixels of a model are, and with them its observation model.
public enum PixelKind: Hashable, Sendable {
  /// Zeros and ones: independent Bernoulli variables.
  case binary
  /// Numbers from 0 to 1, both included, as expectations of bits with these probabilities. What comes
  /// out is no log-likelihood of the pixels, and does not compare with one of bits.
  case grey
  /// Dequantized numbers in `(0, 1)`: independent normal variables with a learned variance each.
  case continuous
  /// Dequantized numbers in `(0, 1)`: logit-normal variables that correlate along the edges of a graph.
  case logitNormal(GraphStructure, ObservationPrecision = .scaled)

  /// Whether the pixels have a density, and so bits per dimension.
  public var isContinuous: Bool { self != .binary && self != .grey }

  /// The observation model of images of this many pixels, whose decoder has these sizes up to its last
  /// hidden layer.
  func likelihood<Scalar: TensorScalar>(
    pixels: Int, decoder sizes: [Int], hasBatchNorm: Bool, using generator: inout Philox
  ) -> any ObservationModel<Scalar> {
    switch self {
    case .binary, .grey:
      return BernoulliObservation(
        MLP<Scalar>(sizes + [pixels], hasBatchNorm: hasBatchNorm, using: &generator),
        acceptsFractions: self == .grey)
    case .continuous:
      let decoder = MLP<Scalar>(sizes + [pixels], hasBatchNorm: hasBatchNorm, using: &generator)
      return NormalObservation(decoder, using: &generator)
    case .logitNormal(let structure, let precision):
      require(
        structure.dimension == pixels,
        "a \(structure) of \(structure.dimension) pixels for images of \(pixels)")
      return LogitNormalObservation<Scalar>(
        decoder: sizes, structure: structure, precision: precision, hasBatchNorm: hasBatchNorm,
        using: &generator)
    }
  }
}
