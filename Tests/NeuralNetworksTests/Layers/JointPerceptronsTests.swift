import TestSupport
import Testing

import NeuralNetworks

/// Perceptrons as members of one module, so that all parameters have names.
private struct Perceptrons: Module {
  typealias Scalar = Double
  let members: [MLP<Double>]

  init(_ sizes: [[Int]], activation: Activation, hasBatchNorm: Bool = true) {
    var generator = Philox(seed: 1)
    members = sizes.map {
      MLP($0, activation: activation, hasBatchNorm: hasBatchNorm, using: &generator)
    }
    for (_, parameter) in namedParameters() {
      parameter.assign(.normal(parameter.value.shape, using: &generator))
    }
    for (_, buffer) in namedBuffers() {
      buffer.assign(.uniform(buffer.value.shape, using: &generator) + 0.5)
    }
  }
}

/// A perceptron's output, computed layer by layer with separate operations for products, batch
/// norms and activations.
private func layerByLayer(
  _ mlp: MLP<Double>, _ x: Tensor<Double>, mode: Mode = .training
) -> Tensor<Double> {
  var h = x
  for (index, layer) in mlp.layers.enumerated() {
    h = layer(h)
    if index == mlp.layers.count - 1 { break }
    h = mlp.norms.isEmpty ? mlp.activation(h) : mlp.norms[index](h, mode: mode)
  }
  return h
}

@Suite("Perceptrons evaluated as one operation")
struct JointPerceptronsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let sizes: [[Int]]
    let rows: Int
    var activation = Activation.elu
    var mode = Mode.training
    var hasBatchNorm = true
    var testDescription: String {
      "\(sizes) of \(rows) rows, \(activation), \(mode)\(hasBatchNorm ? "" : ", no batch norms")"
    }
  }

  /// Numbers of columns that are not multiples of a tile; layers that exceed a cache or that
  /// several threads share; one layer, which has no batch norm; many layers; running statistics.
  static let cases = [
    Case(sizes: [[3, 2]], rows: 1), Case(sizes: [[3, 5, 2]], rows: 4),
    Case(sizes: [[40, 300, 17, 130, 9]], rows: 70), Case(sizes: [[200, 257, 140]], rows: 33),
    Case(sizes: [[3, 5, 2], [3, 5, 2], [7, 19, 4, 3], [2, 1]], rows: 6),
    Case(sizes: [[9, 150, 8], [9, 33, 160, 2]], rows: 90),
    Case(sizes: [[6, 40, 20, 3]], rows: 12, activation: .tanh),
    Case(sizes: [[6, 40, 20, 3], [6, 4, 1]], rows: 12, activation: .relu),
    Case(sizes: [[6, 40, 20, 3], [6, 4, 1]], rows: 12, activation: .relu, mode: .evaluation),
    Case(sizes: [[9, 150, 8], [9, 33, 160, 2]], rows: 90, mode: .evaluation),
    Case(sizes: [[3, 5, 2]], rows: 1, activation: .tanh, mode: .evaluation),
    Case(sizes: [[9, 150, 8], [9, 33, 160, 2]], rows: 90, hasBatchNorm: false),
    Case(sizes: [[6, 40, 20, 3]], rows: 1, activation: .tanh, hasBatchNorm: false),
    Case(sizes: [[6, 40, 20, 3]], rows: 3, activation: .identity, mode: .evaluation),
  ]

  @Test(
    "Joint evaluation gives the values, gradients and statistics of evaluation layer by layer",
    arguments: cases, [1, 2, 3])
  func agreement(of example: Case, threads: Int) {
    var generator = Philox(seed: 2)
    // Perceptrons with the same number of features share an input.
    var inputs: [Int: Tensor<Double>] = [:]
    for features in example.sizes.map({ $0[0] }) where inputs[features] == nil {
      inputs[features] = .normal([example.rows, features], using: &generator)
    }
    func results(
      _ evaluate: (Perceptrons, [Tensor<Double>]) -> [Tensor<Double>]
    ) -> [(name: String, values: [Double])] {
      let model = Perceptrons(
        example.sizes, activation: example.activation, hasBatchNorm: example.hasBatchNorm)
      let tracked = inputs.mapValues { $0.tracked() }
      let outputs = evaluate(model, example.sizes.map { tracked[$0[0]]! })
      var noise = Philox(seed: 3)
      let loss = outputs.map { ($0 * .normal($0.shape, using: &noise)).sum() }
        .reduce(Tensor(0), +)
      let named =
        model.namedParameters().map { ($0.name, $0.parameter.value) }
        + tracked.sorted { $0.key < $1.key }.map { ("input \($0.key)", $0.value) }
      let slopes = gradients(of: loss, withRespectTo: named.map(\.1))
      return outputs.enumerated().map { ("output \($0)", $1.scalars) }
        + zip(named, slopes).map { ($0.0, $1.scalars) }
        + model.namedBuffers().map { ($0.name, $0.buffer.value.scalars) }
    }
    let joint = results { model, x in
      outputs(
        of: model.members.map { $0.perceptron }, for: x, mode: example.mode, threads: threads)
    }
    let single = results { model, x in
      zip(model.members, x).map { layerByLayer($0, $1, mode: example.mode) }
    }
    #expect(joint.map(\.name) == single.map(\.name))
    for (a, b) in zip(joint, single) {
      let scale = max(1, b.values.map(abs).max() ?? 0)
      let distance = zip(a.values, b.values).reduce(0) { largerError($0, abs($1.0 - $1.1)) }
      #expect(a.values.count == b.values.count && distance <= 1e-11 * scale, "\(a.name)")
    }
  }

  @Test("Gradients add up for parameters that two jointly evaluated perceptrons share")
  func shared() {
    let model = Perceptrons([[4, 6, 3]], activation: .elu)
    var generator = Philox(seed: 4)
    let inputs = [5, 8].map { Tensor<Double>.normal([$0, 4], using: &generator) }
    func slopes(_ outputs: [Tensor<Double>]) -> [[Double]] {
      gradients(
        of: outputs.map { $0.squared().sum() }.reduce(Tensor(0), +),
        withRespectTo: model.namedParameters().map(\.parameter.value)
      ).map(\.scalars)
    }
    let perceptron = model.members[0].perceptron
    let joint = slopes(outputs(of: [perceptron, perceptron], for: inputs, mode: .training))
    let single = slopes(inputs.map { layerByLayer(model.members[0], $0) })
    for (a, b) in zip(joint, single) {
      for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-11 * max(1, abs(b))) }
    }
  }

  /// The perceptron of a single layer adds a bias in the product with the nonzero elements.
  @Test(
    "Products that skip the zeros of the data give the same values and gradients",
    arguments: [1, 2],
    [[150, 130, 17, 4], [150, 40]])
  func nonzeros(threads: Int, sizes: [Int]) {
    let model = Perceptrons([sizes], activation: .elu)
    var generator = Philox(seed: 6)
    let images = Tensor<Double>.uniform([120, 150], using: &generator) .< 0.2
    func results(_ output: Tensor<Double>) -> [[Double]] {
      [output.scalars]
        + gradients(
          of: output.squared().sum(), withRespectTo: model.namedParameters().map(\.parameter.value)
        ).map(\.scalars)
    }
    let joint = results(
      outputs(
        of: [model.members[0].perceptron], for: [images], mode: .training, threads: threads)[0])
    let single = results(layerByLayer(model.members[0], images))
    for (a, b) in zip(joint, single) {
      let scale = max(1, b.map(abs).max() ?? 0)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-11 * scale })
    }
  }

  @Test("Joint evaluation records nothing for constant parameters and inputs")
  func constants() {
    let model = Perceptrons([[4, 6, 3]], activation: .elu)
    var generator = Philox(seed: 5)
    let x = Tensor<Double>.normal([5, 4], using: &generator)
    let constant = withConstantParameters {
      outputs(of: [model.members[0].perceptron], for: [x], mode: .training)[0]
    }
    #expect(!constant.isTracked)
    let tracked = x.tracked()
    let through = withConstantParameters {
      outputs(of: [model.members[0].perceptron], for: [tracked], mode: .training)[0]
    }
    let single = layerByLayer(model.members[0], tracked)
    let a = gradients(of: through.sum(), withRespectTo: [tracked])[0].scalars
    let b = gradients(of: single.sum(), withRespectTo: [tracked])[0].scalars
    for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-11 * max(1, abs(b))) }
  }

  @Test("A perceptron refuses rows with a wrong number of features")
  func misuse() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 6)
        let mlp = MLP<Float>([3, 4, 2], hasBatchNorm: true, using: &generator)
        _ = mlp(.ones([5, 7]), mode: .training)
      }, "a perceptron of 3 features got [5, 7]")
  }
}
