import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

@Suite("Kinds of pixels")
struct PixelKindTests {
  static let kinds: [PixelKind] =
    [.binary, .continuous, .logitNormal(.diagonal(6))]
    + ObservationPrecision.allCases.map { .logitNormal(.grid(height: 2, width: 3), $0) }
    + ObservationPrecision.allCases.map { .logitNormal(.extendedGrid(height: 2, width: 3), $0) }

  static var images: Tensor<Double> {
    var generator = Philox(seed: 41)
    return .uniform([3, 6], in: 0.02..<0.98, using: &generator)
  }

  @Test(
    "The gradients of a graph autoencoder agree with central differences for each kind of pixels",
    arguments: kinds)
  func gradient(_ kind: PixelKind) {
    var generator = Philox(seed: 42)
    let model = GaussianGraphVAE<Double>(
      pixels: 6, structure: .chain(3), hidden: 4, pixelKind: kind, using: &generator)
    randomizeParameters(of: model, deviation: 0.3, seed: 43)
    let x = kind.isContinuous ? Self.images : Self.images .< 0.4
    expectGradients(of: model) {
      var generator = Philox(seed: 44)
      return VariationalInference(draws: 2)
        .objective(of: x, under: model, mode: .training, time: 0, using: &generator).loss
    }
  }

  @Test("A Ladder VAE of each kind of pixels gives finite likelihoods", arguments: kinds)
  func graphVAE(_ kind: PixelKind) {
    var generator = Philox(seed: 45)
    let model = LadderVAE<Double>(
      pixels: 6, nodes: 2, dimension: 2, pixelKind: kind, using: &generator)
    let x = kind.isContinuous ? Self.images : Self.images .< 0.4
    let score = importanceSampledLogLikelihood(
      of: x, under: model, draws: 5, using: &generator)
    #expect(score.shape == [3] && score.isFinite)
  }

  @Test("A graph with a wrong number of pixels stops the program with both numbers")
  func mistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Philox(seed: 46)
      _ = GaussianGraphVAE<Float>(
        pixels: 64, structure: .diagonal(2), pixelKind: .logitNormal(.chain(63)), using: &generator)
    }
    expectMessage(result, "chain of 63", "images of 64")
  }
}

@Suite("Bits per dimension of logit-normal pixels")
struct LogitNormalBitsTests {
  @Test("The bits per dimension of a logit-normal agree with a hand computation")
  func byHand() {
    // At x = ½ the log-odds are 0 and dx/d(logit x) is ¼. The density is p = 4/(2·√2π) for each of
    // the two pixels.
    let pixels = LogitNormal<Double>(
      mean: .zeros([2]), precision: DiagonalPrecision(logFactor: .full(-log(2), [2])))
    let logDensity = pixels.logDensity(of: Tensor([0.5, 0.5])).scalar
    let bits = bitsPerDimension(logDensity: logDensity, dimension: 2)
    #expect(abs(bits - (8 - log2(2 / (2 * Double.pi).squareRoot()))) < 1e-12)
    #expect(abs(bits - 8.32575) < 1e-5)
  }

  /// The probabilities of the bytes, `E_u[p((b + u)/256)]/256`, sum to 1. The bits of a byte are an
  /// upper bound on their negative logarithm, so that `Σ 2^−bits ≤ 1`, Kraft's inequality.
  @Test(
    "The bits of all bytes satisfy Kraft's inequality for the lengths of a code",
    arguments: [(0, 1.6), (-6.5, 1), (2, 0.4)])
  func kraft(_ mean: Double, _ deviation: Double) {
    let pixel = LogitNormal<Double>(
      mean: Tensor([mean]), precision: DiagonalPrecision(logFactor: Tensor([-log(deviation)])))
    let parts = 4_000
    var (mass, kraft) = (0.0, 0.0)
    for byte in 0..<256 {
      let x = Tensor(
        (0..<parts).map { (Double(byte) + (Double($0) + 0.5) / Double(parts)) / 256 },
        shape: [parts, 1])
      let logDensity = pixel.logDensity(of: x)
      mass += logDensity.exp().mean().scalar / 256
      let bits = bitsPerDimension(logDensity: logDensity.mean().scalar, dimension: 1)
      kraft += exp2(-bits)
    }
    #expect(abs(mass - 1) < 1e-4)
    #expect(kraft < 1)
    // The sum is nearly 1 if the density is almost constant within a byte.
    if mean == 0 { #expect(kraft > 0.99) }
  }

  @Test("The uniform density of dequantized digits has log₂ 17 bits per dimension")
  func digits() {
    let digits = Digits.load().test
    var generator = Philox(seed: 47)
    let x = ImageBatches<Double>(digits, .dequantized(.dynamic)).batch([0, 1], using: &generator)
    let density = LogitNormal<Double>(
      mean: .zeros([64]), precision: DiagonalPrecision(logFactor: .zeros([64]))
    ).logDensity(of: x)
    #expect(density.isFinite)
    let bits = bitsPerDimension(logDensity: 0, dimension: 64, levels: Int(digits.maximum) + 1)
    #expect(abs(bits - log2(17)) < 1e-12)
  }
}
