import NeuralNetworks
import Tensors

/// A conditional that is linear in its parents with constant Gaussian noise: a net of such nodes is a
/// Gaussian graphical model, and can be compiled to one.
public protocol LinearGaussianConditional<Scalar>: Conditional {
  /// `B`, `b` and the deviations of `z ~ N(B·parents + b, diag(deviation²))`.
  var coefficients: LinearGaussianCoefficients<Scalar> { get }
}

/// The coefficients of a linear-Gaussian node.
public struct LinearGaussianCoefficients<Scalar: TensorScalar> {
  /// `Bᵀ`, `[parents, dimension]`; `nil` at a root.
  public let weight: Tensor<Scalar>?
  /// `b`, `[dimension]`.
  public let bias: Tensor<Scalar>
  /// The logarithms of the standard deviations, `[dimension]`.
  public let logDeviation: Tensor<Scalar>

  /// These coefficients.
  public init(weight: Tensor<Scalar>?, bias: Tensor<Scalar>, logDeviation: Tensor<Scalar>) {
    self.weight = weight
    self.bias = bias
    self.logDeviation = logDeviation
  }
}

extension LinearGaussian: LinearGaussianConditional {
  /// Its parameters.
  public var coefficients: LinearGaussianCoefficients<Scalar> {
    LinearGaussianCoefficients(
      weight: weight?.value, bias: bias.value, logDeviation: logDeviation.value)
  }
}

extension StandardNormal: LinearGaussianConditional {
  /// No weight, means of 0 and deviations of 1.
  public var coefficients: LinearGaussianCoefficients<Scalar> {
    LinearGaussianCoefficients(
      weight: nil, bias: .zeros([dimension]), logDeviation: .zeros([dimension]))
  }
}
