import Tensors

/// A multilayer perceptron: dense layers with an activation and, optionally, a batch norm between
/// them. The last layer has no batch norm.
///
/// `sizes` are the numbers of features of the input, of each hidden layer and of the output.
public struct MLP<Scalar: TensorScalar>: Layer {
  /// The dense layers. Those followed by a batch norm have no bias, since its shift makes one
  /// redundant.
  public let layers: [Dense<Scalar>]
  /// The batch norms after all layers but the last; empty if there are none.
  public let norms: [BatchNorm<Scalar>]
  /// The activation between the layers.
  public let activation: Activation
  /// Whether the activation is applied to the last layer too.
  public let activatesLast: Bool
  package let perceptron: FusedMLP<Scalar>

  /// A perceptron with these sizes: at least those of the input and the output.
  public init(
    _ sizes: [Int], activation: Activation = .elu, hasBatchNorm: Bool = false,
    activatesLast: Bool = false, initializer: Initializer = .uniform(),
    using generator: inout Philox
  ) {
    require(
      sizes.count >= 2, "a perceptron of sizes \(sizes) has no layer; give at least two sizes")
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
    perceptron = FusedMLP(
      layers.enumerated().map { [norms] index, layer in
        PerceptronLevel(
          layer, norm: index < norms.count ? norms[index] : nil,
          activation: index < last ? activation : .identity)
      })
  }

  /// The output of the last layer.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    let h = outputs(of: [perceptron], for: [x], mode: mode)[0]
    return activatesLast ? activation(h) : h
  }
}

extension MLP: ArchitectureDescribing {
  /// The settings that the arrays do not reveal, as text for a checkpoint.
  public var architecture: String { "perceptron(activates last: \(activatesLast))" }
}
