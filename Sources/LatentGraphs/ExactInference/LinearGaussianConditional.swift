import NeuralNetworks
import Tensors

/// A conditional that is linear in its parents, with constant Gaussian noise. A net of such nodes
/// is a Gaussian, and can be compiled to a Gaussian graphical model.
public protocol LinearGaussianConditional<Scalar>: Conditional {
  /// `B`, `b` and the logarithms of `σ` in `z ~ N(B·parents + b, diag(σ²))`.
  var coefficients: LinearGaussianCoefficients<Scalar> { get }
}

/// The coefficients of a linear-Gaussian node.
public struct LinearGaussianCoefficients<Scalar: TensorScalar> {
  /// `Bᵀ`, `[parents, dimension]`; `nil` for a root.
  public let weight: Tensor<Scalar>?
  /// `b`, `[dimension]`.
  public let bias: Tensor<Scalar>
  /// The logarithms of the standard deviations, `[dimension]`.
  public let logStandardDeviation: Tensor<Scalar>

  /// Coefficients of a node.
  public init(weight: Tensor<Scalar>?, bias: Tensor<Scalar>, logStandardDeviation: Tensor<Scalar>) {
    self.weight = weight
    self.bias = bias
    self.logStandardDeviation = logStandardDeviation
  }
}

extension LinearGaussian: LinearGaussianConditional {
  /// The values of the parameters.
  public var coefficients: LinearGaussianCoefficients<Scalar> {
    LinearGaussianCoefficients(
      weight: weight?.value, bias: bias.value, logStandardDeviation: logStandardDeviation.value)
  }
}

extension StandardNormal: LinearGaussianConditional {
  /// No weight, means of 0 and standard deviations of 1.
  public var coefficients: LinearGaussianCoefficients<Scalar> {
    LinearGaussianCoefficients(
      weight: nil, bias: .zeros([dimension]), logStandardDeviation: .zeros([dimension]))
  }
}
