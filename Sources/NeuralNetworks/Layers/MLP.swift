import Tensors

/// A multilayer perceptron: dense layers with an activation, and on request a batch norm, between
/// them, and a bare dense layer at the end.
///
/// `sizes` are the features of the input, of each hidden layer and of the output.
public struct MLP<Scalar: TensorScalar>: Layer {
  /// The dense layers; those before a batch norm have no bias, which its shift makes redundant.
  public let layers: [Dense<Scalar>]
  /// The batch norms behind all layers but the last, or none.
  public let norms: [BatchNorm<Scalar>]
  /// The function between the layers.
  public let activation: Activation
  /// Whether the last layer is followed by the activation too.
  public let activatesLast: Bool
  package let perceptron: Perceptron<Scalar>

  /// A perceptron with these sizes, at least the input's and the output's.
  public init(
    _ sizes: [Int], activation: Activation = .elu, hasBatchNorm: Bool = false,
    activatesLast: Bool = false, initializer: Initializer = .uniform(),
    using generator: inout Philox
  ) {
    require(sizes.count >= 2, "a perceptron of sizes \(sizes) has no layer")
    self.activation = activation
    self.activatesLast = activatesLast
    let last = sizes.count - 2
    layers = zip(sizes, sizes.dropFirst()).enumerated().map { index, pair in
      Dense(
        pair.0, pair.1, hasBias: index == last || !hasBatchNorm, initializer: initializer,
        using: &generator)
    }
    norms =
      hasBatchNorm ? sizes[1..<last + 1].map { BatchNorm($0, activation: activation) } : []
    perceptron = Perceptron(
      layers.enumerated().map { [norms] index, layer in
        PerceptronLevel(
          layer, norm: index < norms.count ? norms[index] : nil,
          activation: index < last ? activation : .identity)
      })
  }

  /// The last layer's output.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    let h = outputs(of: [perceptron], for: [x], mode: mode)[0]
    return activatesLast ? activation(h) : h
  }
}

extension MLP: ArchitectureDescribing {
  /// What its arrays do not show, in the words of a checkpoint.
  public var architecture: String { "perceptron(activates last: \(activatesLast))" }
}
