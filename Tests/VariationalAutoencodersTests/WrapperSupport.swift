import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

/// A small data set, and a loss on it with the same noise at each call.
struct WrapperCase: Sendable, CustomTestStringConvertible {
  enum Strategy: Sendable { case exact, sampled, importanceWeighted }

  let strategy: Strategy
  let pixelKind: PixelKind
  let decodes: DecodedNodes
  let mode: Mode

  static let all: [WrapperCase] = [
    .init(strategy: .exact, pixelKind: .binary, decodes: .all, mode: .training),
    .init(strategy: .exact, pixelKind: .continuous, decodes: .last, mode: .training),
    .init(strategy: .sampled, pixelKind: .binary, decodes: .last, mode: .evaluation),
    .init(strategy: .importanceWeighted, pixelKind: .binary, decodes: .all, mode: .training),
  ]

  var testDescription: String { "\(strategy), \(pixelKind), decodes \(decodes), \(mode)" }
  static let pixels = 6

  var images: Tensor<Double> {
    var generator = Philox(seed: 12)
    let grey = Tensor<Double>.uniform([4, Self.pixels], in: 0.05..<0.95, using: &generator)
    return pixelKind == .binary ? grey .< 0.4 : grey
  }

  func loss(_ model: some LatentVariableModel<Double>) -> Tensor<Double> {
    var generator = Philox(seed: 13)
    let strategy: any InferenceStrategy =
      switch strategy {
      case .exact: VariationalInference(draws: 2)
      case .sampled: VariationalInference(draws: 2, divergence: .sampled)
      case .importanceWeighted: ImportanceWeightedInference(draws: 3)
      }
    return strategy.objective(
      of: images, under: model, mode: mode, time: 0, using: &generator
    ).loss
  }
}

/// The gradients of a loss with respect to the parameters of a model, by name.
func gradientsByName(
  of module: some Module<Double>, loss: Tensor<Double>
) -> [String: Tensor<Double>] {
  let members = module.namedParameters()
  let found = gradients(of: loss, withRespectTo: members.map(\.parameter.value))
  return Dictionary(uniqueKeysWithValues: zip(members.map(\.name), found))
}

/// Expects that elements agree up to rounding, relative to the largest of them.
func expectEqualToRounding(
  _ a: Tensor<Double>?, _ b: Tensor<Double>, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let a, a.shape == b.shape else {
    Issue.record("\(name): \(String(describing: a?.shape)) for \(b.shape)")
    return
  }
  let scale = b.scalars.reduce(1e-3) { max($0, abs($1)) }
  let error = zip(a.scalars, b.scalars).reduce(0) { largerError($0, abs($1.0 - $1.1)) }
  #expect(error <= 1e-10 * scale, "\(name): error \(error) of \(scale)")
}
