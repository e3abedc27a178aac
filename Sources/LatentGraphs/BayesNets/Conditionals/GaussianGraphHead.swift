import NeuralNetworks
import Tensors

/// A linear layer that computes a Gaussian graphical model from features: its mean and the elements
/// of the Cholesky factor of its precision.
public struct GaussianGraphHead<Scalar: TensorScalar>: Module {
  /// The structure of the precision.
  public let structure: GraphStructure
  /// The layer from the features to the mean, the log-diagonal and the other elements of the
  /// factor.
  public let elements: Dense<Scalar>

  /// A head whose factor is initially near the identity. The weights of the off-diagonal elements
  /// are initialized to zero, so that training starts from independent variables.
  public init(inputs: Int, structure: GraphStructure, using generator: inout Philox) {
    self.structure = structure
    let (k, rest) = (structure.dimension, structure.offDiagonalCount)
    elements = Dense(inputs, 2 * k + rest, using: &generator)
    let weight = elements.weight.value
    let free = weight.slice(0..<2 * k, axis: -1).detached
    elements.weight.assign(.concatenated([free, .zeros([inputs, rest])], axis: -1))
  }

  /// The Gaussian graphical model computed from features `[…, inputs]`: a batch of `[…]`.
  public func callAsFunction(
    _ features: Tensor<Scalar>, mode: Mode
  ) -> GaussianGraphicalModel<Scalar> {
    let k = structure.dimension
    let parts = elements(features, mode: mode).split(sizes: [k, structure.elementCount])
    return GaussianGraphicalModel(mean: parts[0], precision: structure.precision(parts[1]))
  }
}
