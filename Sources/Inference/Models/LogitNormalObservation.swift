import LatentGraphs
import NeuralNetworks
import Tensors

/// The part of an observation's precision that a network computes from the latents. The other part
/// is a parameter shared by all observations.
///
/// The precision is `P = D P₀ D`, with the scales `D` of the variables, and with `P₀` on the edges
/// of the graph. Computing the scales improves the likelihood most (by a quarter of a bit per pixel
/// on the digits), and is the default.
public enum ObservationPrecision: String, CaseIterable, Sendable {
  /// No part: scales and edges are shared. One factorization serves all observations.
  case shared
  /// The scales: each observation has its own conditional standard deviations, and the edges are
  /// shared. One factorization serves all observations.
  case scaled
  /// Scales and edges: each observation has its own factorization. On chains and extended grids,
  /// whose factors are given, the likelihood is better for little more time. On regular grids of
  /// 28×28, a training step takes several times as long.
  case perObservation = "per-image"

  /// The number of outputs of the network for observations with this graph, including the means.
  public func outputCount(for structure: GraphStructure) -> Int {
    let k = structure.dimension
    return switch self {
    case .shared: k
    case .scaled: 2 * k
    case .perObservation: 2 * k + structure.offDiagonalCount
    }
  }
}

/// Pixels in `(0, 1)` that are correlated along the edges of a graph: a logit-normal distribution
/// (the model of images of the poster *Gaussian Graphical Models for Variational Autoencoders*).
/// Its mean and, on request, its precision are computed by a network from the latents.
///
///     logit x ~ N(μ(z), P⁻¹),   P = D P₀ D,   D = diag(exp(s))
///
/// `P₀` is `GraphStructure.precision(_:)` for log-diagonal elements of zero, since `D` determines
/// the scales. Initially the variables are independent with standard deviations of about 4, so that
/// the log-odds of all grey levels have a substantial density.
///
/// Train the model on dequantized pixels, `(pixel + u)/256`. Their log-density is bounded, and
/// `bitsPerDimension(logDensity:dimension:levels:)` can be applied.
public struct LogitNormalObservation<Scalar: TensorScalar>: ObservationModel {
  /// The graph of the pixels.
  public let structure: GraphStructure
  /// The part of the precision that the network computes.
  public let precision: ObservationPrecision
  /// The network from the latents to the means, then the log-scales, then the edges, unless these
  /// are shared.
  public let decoder: MLP<Scalar>
  /// The log-scales if they are shared, `[pixels]`.
  public let sharedLogScale: Parameter<Scalar>?
  /// The elements on the edges if they are shared, `[edges]`.
  public let sharedEdges: Parameter<Scalar>?

  /// Pixels with this graph. The sizes of the network are those of the latents and of the hidden
  /// layers.
  public init(
    decoder sizes: [Int], structure: GraphStructure,
    precision: ObservationPrecision = .scaled, hasBatchNorm: Bool = false,
    using generator: inout Philox
  ) {
    let (k, outputs) = (structure.dimension, precision.outputCount(for: structure))
    decoder = MLP(sizes + [outputs], hasBatchNorm: hasBatchNorm, using: &generator)
    self.structure = structure
    self.precision = precision
    sharedLogScale =
      precision == .shared ? Parameter(.full(Self.firstLogScale, [k])) : nil
    sharedEdges =
      precision == .perObservation ? nil : Parameter(.zeros([structure.offDiagonalCount]))
    startIndependent(last: decoder.layers.last!)
  }

  /// The initial log-scale, for a standard deviation of 4.
  private static var firstLogScale: Scalar { Scalar(-1.3862943611198906) }

  private func startIndependent(last: Dense<Scalar>) {
    let (inputs, outputs) = (last.weight.value.shape[0], last.weight.value.shape[1])
    let k = structure.dimension
    guard outputs > k else { return }
    let means = last.weight.value.detached.slice(0..<k, axis: -1)
    last.weight.assign(.concatenated([means, .zeros([inputs, outputs - k])], axis: -1))
    last.bias!.assign(
      .concatenated([
        .zeros([k]), .full(Self.firstLogScale, [k]), .zeros([outputs - 2 * k]),
      ]))
  }

  /// The logit-normal distribution of observations given latents `[…, latents]`.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    let k = structure.dimension
    let outputs = decoder(latents, mode: mode)
    let mean = outputs.slice(0..<k, axis: -1)
    let logScale = sharedLogScale?.value ?? outputs.slice(k..<2 * k, axis: -1)
    let edges = sharedEdges?.value ?? outputs.slice(2 * k..<outputs.shape[-1], axis: -1)
    let diagonal = Tensor<Scalar>.zeros(edges.shape.replacing(axis: -1, with: k))
    let base = structure.precision(.concatenated([diagonal, edges], axis: -1))
    return LogitNormal(mean: mean, precision: ScaledPrecision(base, logScale: logScale))
  }
}

extension LogitNormalObservation {
  /// The first element that is not between 0 and 1.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    UnsupportedElement(in: x, support: "between 0 and 1") { $0 >= 0 && $0 <= 1 }
  }
}

extension ObservationPrecision: ArchitectureDescribing {
  /// The description of the case in a checkpoint.
  public var architecture: String {
    switch self {
    case .shared: "shared"
    case .scaled: "scaled"
    case .perObservation: "per-observation"
    }
  }
}
