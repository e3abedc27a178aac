import NeuralNetworks
import Tensors

/// A linear-Gaussian node, `z ~ N(B·parents + b, diag(σ²))`.
///
/// A net of such nodes is a Gaussian with the precision `(I − B)ᵀ D⁻¹ (I − B)` and the mean
/// `(I − B)⁻¹ b`, where `B` holds the coefficients of all nodes and `D` their variances.
public struct LinearGaussian<Scalar: TensorScalar>: Conditional {
  /// `Bᵀ`, `[parents, dimension]`; `nil` for a root.
  public let weight: Parameter<Scalar>?
  /// `b`, `[dimension]`.
  public let bias: Parameter<Scalar>
  /// `log σ`, the logarithms of the standard deviations, `[dimension]`.
  public let logStandardDeviation: Parameter<Scalar>

  /// A node with these coefficients; `weight` is `Bᵀ`, `[parents, dimension]`, or `nil` for a root.
  public init(weight: Tensor<Scalar>?, bias: Tensor<Scalar>, logStandardDeviation: Tensor<Scalar>) {
    require(
      bias.rank == 1 && logStandardDeviation.shape == bias.shape
        && (weight.map { $0.rank == 2 && $0.shape[1] == bias.count } ?? true),
      "a linear-Gaussian node got a weight of shape \(weight.map { "\($0.shape)" } ?? "none"), a "
        + "bias \(bias.shape) and a logStandardDeviation \(logStandardDeviation.shape)")
    self.weight = weight.map { Parameter($0) }
    self.bias = Parameter(bias)
    self.logStandardDeviation = Parameter(logStandardDeviation)
  }

  /// A node with weights that are uniform on `±1/√parents`, zero bias and standard deviations of 1.
  public init(parents: Int, dimension: Int, using generator: inout Philox) {
    self.init(
      weight: parents > 0
        ? Initializer.uniform()(inputs: parents, outputs: dimension, using: &generator) : nil,
      bias: .zeros([dimension]), logStandardDeviation: .zeros([dimension]))
  }

  /// The normal distribution with the mean `B·parents + b`: a batch of `[rows…]`, or of `[]` for a
  /// root.
  ///
  /// - Complexity: `O(rows·parents·dimension)`, one matrix product.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    guard let weight else {
      return Normal(mean: bias.value, logStandardDeviation: logStandardDeviation.value)
    }
    let parents = requireParents(parents, of: "linear-Gaussian")
    let rows = parents.shape.dropLast()
    let mean = affineProduct(
      parents.reshaped(to: [rows.count, parents.shape[-1]]), weight.value, bias.value)
    return Normal(
      mean: mean.reshaped(to: rows + [bias.value.count]),
      logStandardDeviation: logStandardDeviation.value)
  }
}
