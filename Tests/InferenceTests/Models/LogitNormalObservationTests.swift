import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Logit-normal observation models")
struct LogitNormalObservationTests {
  static let structures: [GraphStructure] = [
    .diagonal(6), .chain(6), .extendedGrid(height: 2, width: 3), .grid(height: 2, width: 3),
    .dense(6),
  ]

  static func model(
    _ structure: GraphStructure, _ precision: ObservationPrecision, hasBatchNorm: Bool = false
  ) -> LogitNormalObservation<Double> {
    var generator = Philox(seed: 61)
    return LogitNormalObservation(
      decoder: [2, 5], structure: structure, precision: precision, hasBatchNorm: hasBatchNorm,
      using: &generator)
  }

  static func latents(_ shape: Shape) -> Tensor<Double> {
    var generator = Philox(seed: 62)
    return .normal(shape + [2], using: &generator)
  }

  static func pixels(
    _ model: LogitNormalObservation<Double>, _ z: Tensor<Double>
  ) throws -> LogitNormal<Double> {
    try #require(model.distribution(given: z, mode: .evaluation) as? LogitNormal<Double>)
  }

  @Test(
    "A logit-normal observation model starts with independent pixels and deviations near 4",
    arguments: structures,
    ObservationPrecision.allCases)
  func start(_ structure: GraphStructure, _ precision: ObservationPrecision) throws {
    let model = Self.model(structure, precision)
    let z = Self.latents([3, 4])
    let pixels = try Self.pixels(model, z)
    #expect(pixels.batchShape == [3, 4] && pixels.dimension == 6)
    #expect(
      pixels.logits.mean.scalars
        == model.decoder(z, mode: .evaluation).slice(0..<6, axis: -1).scalars)
    #expect(Set(pixels.logits.mean.scalars).count == 72)
    let elements = pixels.logits.precision.elements
    #expect(elements.offDiagonal.scalars.allSatisfy { $0 == 0 })
    let first = elements.diagonal.scalars[0]
    #expect(elements.diagonal.scalars.allSatisfy { abs($0 - first) < 1e-14 })
    #expect((3...5).contains(1 / first.squareRoot()))
  }

  @Test(
    "The precision varies between images exactly in the parts that are not shared",
    arguments: structures, ObservationPrecision.allCases)
  func adaptation(_ structure: GraphStructure, _ precision: ObservationPrecision) throws {
    let model = Self.model(structure, precision)
    randomizeParameters(of: model, deviation: 0.4, seed: 63)
    let matrices = try Self.pixels(model, Self.latents([2])).logits.precision.matrix
      .broadcast(to: [2, 6, 6])
    let (a, b) = (matrices.slice(at: 0), matrices.slice(at: 1))
    /// The elements of the matrix divided by the roots of its diagonal: partial correlations up to
    /// sign.
    func correlations(_ matrix: Tensor<Double>) -> [Double] {
      let d = matrix.diagonal().squareRoot()
      return (matrix / d.reshaped(to: [6, 1]) / d).scalars
    }
    let difference = (a - b).abs().max(axis: 0).max(axis: 0).scalar
    #expect((difference > 1e-3) == (precision != .shared))
    let edges = zip(correlations(a), correlations(b)).map { abs($0 - $1) }.max()!
    if structure == .diagonal(6) || precision != .perObservation {
      // In `L = D L₀` the rows of L₀ are scaled, so that the partial correlations of P are those of
      // P₀.
      #expect(edges < 1e-12)
    } else {
      #expect(edges > 1e-3)
    }
    #expect(
      model.decoder.layers.last!.weight.value.shape[1] == precision.outputCount(for: structure))
  }

  @Test(
    "The gradients of a logit-normal observation model agree with central differences",
    arguments: structures, ObservationPrecision.allCases)
  func gradient(_ structure: GraphStructure, _ precision: ObservationPrecision) {
    for hasBatchNorm in [false, true] {
      let model = Self.model(structure, precision, hasBatchNorm: hasBatchNorm)
      randomizeParameters(of: model, deviation: 0.3, seed: 64)
      var generator = Philox(seed: 65)
      let x = Tensor<Double>.uniform([4, 6], in: 0.05..<0.95, using: &generator)
      let z = Self.latents([2, 4])
      expectGradients(of: model) {
        model.distribution(given: z, mode: .training).logDensity(of: x).mean()
      }
    }
  }

  @Test("The density of an image under each draw agrees with the dense Gaussian of its log-odds")
  func dense() throws {
    let model = Self.model(.extendedGrid(height: 2, width: 3), .perObservation)
    randomizeParameters(of: model, deviation: 0.4, seed: 66)
    var generator = Philox(seed: 67)
    let x = Tensor<Double>.uniform([4, 6], in: 0.05..<0.95, using: &generator)
    let pixels = try Self.pixels(model, Self.latents([2, 4]))
    let twin = GaussianGraphicalModel(
      mean: pixels.logits.mean,
      precision: try DensePrecision(matrix: pixels.logits.precision.matrix))
    let odds = Tensor(x.scalars.map { log($0 / (1 - $0)) }, shape: [4, 6])
    let jacobian = Tensor(x.scalars.map { log($0 * (1 - $0)) }, shape: [4, 6]).sum(axis: -1)
    let expected = twin.logDensity(of: odds.broadcast(to: [2, 4, 6])) - jacobian
    for (a, b) in zip(pixels.logDensity(of: x).scalars, expected.scalars) {
      #expect(abs(a - b) < 1e-9 * max(1, abs(b)))
    }
  }
}
