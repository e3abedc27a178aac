import Tensors

/// The identity layer: the features are the observation.
public struct Identity<Scalar: TensorScalar>: Layer {
  /// The layer.
  public init() {}

  /// Returns the input.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> { x }
}
