import NeuralNetworks
import Tensors

/// `N(0, I)`, independent of the parents: the prior of a root.
public struct StandardNormal<Scalar: TensorScalar>: Conditional {
  /// The number of variables.
  public let dimension: Int

  /// The standard normal distribution of this many variables.
  public init(_ dimension: Int) {
    require(dimension > 0, "a standard normal node of \(dimension) variables")
    self.dimension = dimension
  }

  /// No head.
  public var heads: NormalHeads<Scalar>? { NormalHeads(dimension: dimension) }

  /// `N(0, I)`, with the batch shape `[]`.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> { Normal.standard(dimension) }
}
