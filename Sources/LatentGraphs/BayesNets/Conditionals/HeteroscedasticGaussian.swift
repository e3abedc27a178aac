import Foundation
import NeuralNetworks
import Tensors

/// A linear-Gaussian node whose noise depends on the parents:
/// `z ~ N(B·parents + b, diag((σ s)²))` with the positive factors `s = softplus(C·parents + c)`.
///
/// With `C = 0` the noise is constant, as that of `LinearGaussian`. A net with such a node is not
/// Gaussian, so that it cannot be compiled (`LatentGraphError.notLinearGaussian`). The softplus lets
/// the standard deviation grow linearly with the parents, where an exponential could overflow. Its
/// logarithm is computed without underflow: for `C·parents + c` far below 0, `log s` is
/// `C·parents + c` itself.
public struct HeteroscedasticGaussian<Scalar: TensorScalar>: Conditional {
  /// `Bᵀ`, `[parents, dimension]`.
  public let weight: Parameter<Scalar>
  /// `b`, `[dimension]`.
  public let bias: Parameter<Scalar>
  /// `log σ`, the logarithms of the standard deviations where `s = 1`: `[dimension]`.
  public let logStandardDeviation: Parameter<Scalar>
  /// `Cᵀ`, `[parents, dimension]`.
  public let factorWeight: Parameter<Scalar>
  /// `c`, `[dimension]`.
  public let factorBias: Parameter<Scalar>

  /// A node with these coefficients: `weight` is `Bᵀ` and `factorWeight` is `Cᵀ`,
  /// `[parents, dimension]`; the others are `[dimension]`. By default `softplus(c)` is 1.
  public init(
    weight: Tensor<Scalar>, bias: Tensor<Scalar>, logStandardDeviation: Tensor<Scalar>,
    factorWeight: Tensor<Scalar>, factorBias: Tensor<Scalar>? = nil
  ) {
    // softplus(log(e − 1)) = 1
    let factorBias = factorBias ?? .full(Scalar(log(expm1(1.0))), bias.shape)
    require(
      bias.rank == 1 && logStandardDeviation.shape == bias.shape && factorBias.shape == bias.shape
        && weight.rank == 2 && weight.shape[0] > 0 && weight.shape[1] == bias.count
        && factorWeight.shape == weight.shape,
      "a heteroscedastic Gaussian node got a weight of shape \(weight.shape), a bias \(bias.shape), a "
        + "logStandardDeviation \(logStandardDeviation.shape), a factorWeight \(factorWeight.shape) "
        + "and a factorBias \(factorBias.shape); it takes [parents, dimension] for weights and "
        + "[dimension] for the others, with at least one parent")
    self.weight = Parameter(weight)
    self.bias = Parameter(bias)
    self.logStandardDeviation = Parameter(logStandardDeviation)
    self.factorWeight = Parameter(factorWeight)
    self.factorBias = Parameter(factorBias)
  }

  /// A node with weights `B` that are uniform on `±1/√parents`, zero bias, and standard deviations
  /// of 1 that do not yet depend on the parents.
  public init(parents: Int, dimension: Int, using generator: inout Philox) {
    require(
      parents > 0 && dimension > 0,
      "a heteroscedastic Gaussian node of \(dimension) variables got \(parents) parents; it takes at "
        + "least one of each")
    self.init(
      weight: Initializer.uniform()(inputs: parents, outputs: dimension, using: &generator),
      bias: .zeros([dimension]), logStandardDeviation: .zeros([dimension]),
      factorWeight: .zeros([parents, dimension]))
  }

  /// The normal distribution with the mean `B·parents + b` and the standard deviations
  /// `σ·softplus(C·parents + c)`: a batch of `[rows…]`.
  ///
  /// - Complexity: `O(rows·parents·dimension)`, two matrix products.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    let parents = requireParents(parents, of: "heteroscedastic Gaussian")
    let rows = parents.shape.dropLast()
    let x = parents.reshaped(to: [rows.count, parents.shape[-1]])
    let shape = rows + [bias.value.count]
    let mean = affineProduct(x, weight.value, bias.value)
    let score = affineProduct(x, factorWeight.value, factorBias.value)
    return Normal(
      mean: mean.reshaped(to: shape),
      logStandardDeviation: logStandardDeviation.value
        + logSoftplus(score).reshaped(to: shape))
  }
}

/// `log softplus(x)`. Where `eˣ` is below the rounding of 1, it is `x`.
private func logSoftplus<Scalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  elementwise(
    x, value: { x in x < -40 ? x : log(softplus(x)) },
    slope: { x in x < -40 ? 1 : sigmoid(x) / softplus(x) })
}
