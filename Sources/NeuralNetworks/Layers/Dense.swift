import Tensors

/// A linear layer: `y = x W + b`, from `[…, inputs]` to `[…, outputs]`.
public struct Dense<Scalar: TensorScalar>: Layer {
  /// `W`, of shape `[inputs, outputs]`.
  public let weight: Parameter<Scalar>
  /// `b`, of shape `[outputs]`; `nil` if the next layer makes it redundant, as a batch norm does.
  public let bias: Parameter<Scalar>?

  /// A layer with a weight drawn by `initializer` and a bias of zeros.
  public init(
    _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initializer: Initializer = .uniform(),
    using generator: inout Philox
  ) {
    require(
      inputs > 0 && outputs > 0,
      "a dense layer from \(inputs) to \(outputs) features; both must be positive")
    weight = Parameter(initializer(inputs: inputs, outputs: outputs, using: &generator))
    bias = hasBias ? Parameter(.zeros([outputs])) : nil
  }

  /// The layer's output; the mode makes no difference.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode = .training) -> Tensor<Scalar> {
    guard let bias else { return matrixProduct(x.asRows, weight.value).restoringBatch(of: x) }
    return affineProduct(x.asRows, weight.value, bias.value).restoringBatch(of: x)
  }
}

extension Tensor {
  /// All axes but the last merged into one.
  var asRows: Tensor {
    rank == 2 ? self : reshaped(to: [shape.dropLast().count, shape[-1]])
  }

  /// Splits the rows into the batch axes of `x` again.
  func restoringBatch(of x: Tensor) -> Tensor {
    x.rank == 2 ? self : reshaped(to: x.shape.dropLast() + [shape[-1]])
  }
}
