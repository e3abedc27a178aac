import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The kind of pixels that a model generates, which determines its observation model.
public enum PixelKind: Hashable, Sendable {
  /// Zeros and ones: independent Bernoulli variables.
  case binary
  /// Numbers in [0, 1], both ends included, that are treated as the expectations of bits. The
  /// result is not a log-likelihood of the pixels and cannot be compared with that of bits.
  case grey
  /// Dequantized numbers in (0, 1): independent normal variables, each with a learned variance.
  case continuous
  /// Dequantized numbers in (0, 1): logit-normal variables that are correlated along the edges of a
  /// graph.
  case logitNormal(GraphStructure, ObservationPrecision = .scaled)

  /// Whether the pixels have a density, so that bits per dimension are defined.
  public var isContinuous: Bool { self != .binary && self != .grey }

  /// The observation model of images of this many pixels; `sizes` are the decoder's layer sizes up
  /// to its last hidden layer.
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
