import NeuralNetworks
import Tensors

/// A linear layer from features to a Gaussian graphical model: its mean and the elements of the
/// factor of its precision.
public struct GaussianGraphHead<Scalar: TensorScalar>: Module {
  /// The graph.
  public let structure: GraphStructure
  /// From the features to the means, the log-diagonal and the rest of the factor.
  public let elements: Dense<Scalar>

  /// A head whose factor starts near the identity: the weights of the elements off its diagonal are
  /// zero at first, so that training starts from independence, whatever the graph.
  public init(inputs: Int, structure: GraphStructure, using generator: inout Philox) {
    self.structure = structure
    let (k, rest) = (structure.dimension, structure.offDiagonalCount)
    elements = Dense(inputs, 2 * k + rest, using: &generator)
    let weight = elements.weight.value
    let free = weight.slice(0..<2 * k, axis: -1).detached
    elements.weight.assign(.concatenated([free, .zeros([inputs, rest])], axis: -1))
  }

  /// The Gaussian that features `[…, inputs]` give: a batch of `[…]`.
  public func callAsFunction(
    _ features: Tensor<Scalar>, mode: Mode
  ) -> GaussianGraphicalModel<Scalar> {
    let k = structure.dimension
    let parts = elements(features, mode: mode).split(sizes: [k, structure.factorCount])
    return GaussianGraphicalModel(mean: parts[0], precision: structure.precision(parts[1]))
  }
}
