import LatentGraphs
import NeuralNetworks
import Tensors

/// What of the precision of an observation a network makes of the latents, and what is learned once for
/// all observations.
///
/// The precision is `P = D P₀ D`: scales `D` of the variables, and `P₀` with the edges of the graph.
/// Scales of one's own are worth most (a quarter of a bit a pixel of the digits), and are the default.
public enum ObservationPrecision: String, CaseIterable, Sendable {
  /// Nothing: scales and edges are learned once. One factorization serves all observations.
  case shared
  /// The scales: each observation has its own deviations, all have the same edges. One factorization
  /// serves all observations here too.
  case scaled
  /// Scales and edges: each observation has its own factorization. On chains and extended grids, where
  /// that is linear, it scores better for little more time; on regular grids of 28×28 a step takes
  /// several times as long.
  case perObservation = "per-image"

  /// How many numbers the network gives for observations with this graph, means included.
  public func outputCount(for structure: GraphStructure) -> Int {
    let k = structure.dimension
    return switch self {
    case .shared: k
    case .scaled: 2 * k
    case .perObservation: 2 * k + structure.offDiagonalCount
    }
  }
}

/// Pixels in `(0, 1)` that correlate along the edges of a graph: a logit-normal distribution (the
/// poster's model of images) whose mean, and on request precision, a network makes of the latents.
///
///     logit x ~ N(μ(z), P⁻¹),   P = D P₀ D,   D = diag(exp(s))
///
/// `P₀` has the elements of `GraphStructure.precision(_:)` with a diagonal of zeros, which `D` makes
/// free. At first the variables are independent with deviations of about 4, so that the log-odds of all
/// levels of grey are likely.
///
/// Train it on dequantized pixels, `(pixel + u)/256`: their log-density has a bound, and
/// `bitsPerDimension(logDensity:dimension:levels:)` applies.
public struct LogitNormalObservation<Scalar: TensorScalar>: ObservationModel {
  /// The graph of the pixels.
  public let structure: GraphStructure
  /// What of the precision the network gives.
  public let precision: ObservationPrecision
  /// From the latents to the means, then the log-scales, then the edges, as far as it gives them.
  public let decoder: MLP<Scalar>
  /// The log-scales where they are shared, `[pixels]`.
  public let sharedLogScale: Parameter<Scalar>?
  /// The elements on the edges where they are shared, `[edges]`.
  public let sharedEdges: Parameter<Scalar>?

  /// Pixels with this graph, whose network has these sizes: those of the latents and the hidden layers.
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

  /// The log-scale at first: a deviation of 4.
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

  /// Logit-normal variables.
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
  /// The case in the words of a checkpoint.
  public var architecture: String {
    switch self {
    case .shared: "shared"
    case .scaled: "scaled"
    case .perObservation: "per-observation"
    }
  }
}
