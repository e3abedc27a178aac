import NeuralNetworks
import TestSupport
import Testing

private let shapes: [(x: Shape, weight: Shape)] = [
  ([3, 4], [4, 2]), ([1, 1], [1, 1]), ([0, 4], [4, 2]), ([5, 2], [2, 70]),
]

private let products: [DifferentiableOperation] = shapes.map { x, weight in
  .init("x W + b: \(x), \(weight)", [.normal(x), .normal(weight), .normal([weight[1]])]) {
    affineProduct($0[0], $0[1], $0[2])
  }
}

/// Batches of several sizes, some with more columns than the kernel's tile. With the seeds of this
/// table no element lies at the kink of an activation.
private let norms: [DifferentiableOperation] = Activation.allCases.flatMap { activation in
  ([[4, 3], [2, 1], [3, 66]] as [Shape]).flatMap { shape -> [DifferentiableOperation] in
    let features: Shape = [shape[1]]
    return [
      .init(
        "batch norm, \(activation), \(shape)",
        [.distinct(shape), .positive(features), .normal(features)]
      ) {
        batchNormalized(
          $0[0], scale: $0[1], shift: $0[2], epsilon: 0.1, activation: activation
        ).0
      },
      .init(
        "batch norm by given statistics, \(activation), \(shape)",
        [.normal(shape), .positive(features), .normal(features)]
      ) {
        batchNormalized(
          $0[0], scale: $0[1], shift: $0[2], epsilon: 0.1, activation: activation,
          by: BatchStatistics(mean: .full(0.3, features), variance: .full(0.7, features))
        ).0
      },
    ]
  }
}

private let reused: [DifferentiableOperation] = [
  .init("x x + x", [.normal([3, 3])]) { affineProduct($0[0], $0[0], $0[0].slice(at: 0)) },
  .init("batch norm of what is used again", [.normal([4, 2]), .normal([2])]) {
    let (x, shift) = ($0[0], $0[1])
    let y = batchNormalized(x, scale: shift, shift: shift, epsilon: 0.1, activation: .tanh).0
    return y * x + shift
  },
  .init("batch norm of a batch norm", [.normal([4, 2])]) {
    let (one, zero) = (Tensor<Double>.ones([2]), Tensor<Double>.zeros([2]))
    let x = batchNormalized($0[0], scale: one, shift: zero, epsilon: 0.1, activation: .tanh).0
    return batchNormalized(x, scale: one, shift: zero, epsilon: 0.1, activation: .identity).0
  },
]

private let activations: [DifferentiableOperation] = Activation.allCases.map { activation in
  .init("\(activation)", [.distinct([3, 4])]) { activation($0[0]) }
}

@Suite("Gradients of layers agree with central differences")
struct LayerGradientTests {
  @Test(
    "The gradients of fused operations agree with central differences",
    arguments: products + norms + reused + activations)
  func fused(operation: DifferentiableOperation) throws {
    try operation.expectGradients()
  }

  /// Differentiates the loss with respect to each parameter, which is found by name and changed in
  /// place.
  @Test(
    "The gradients of a perceptron's parameters agree with central differences",
    arguments: [false, true], [Mode.training, .evaluation])
  func perceptron(hasBatchNorm: Bool, mode: Mode) {
    var generator = Philox(seed: 1)
    let model = MLP<Double>(
      [3, 5, 4, 2], activation: .tanh, hasBatchNorm: hasBatchNorm, using: &generator)
    let x = Tensor<Double>.normal([6, 3], using: &generator)
    expectGradients(of: model, elements: .max, step: 0x1p-10, within: 1e-9) {
      model(x, mode: mode).squared().mean()
    }
  }
}
