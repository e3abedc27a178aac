import Tensors

/// `y₁ = x₁`, `yᵢ = yᵢ₋₁ + exp(xᵢ)`: from all vectors to those whose elements increase (TFP's
/// `Ascending` with an exponential).
public struct OrderedMap<Scalar: TensorScalar>: Bijection {
  /// The map to increasing vectors.
  public init() {}

  /// Vectors whose elements increase.
  public var image: Support<Scalar> { .ordered }

  /// The sums of `x₁, exp(x₂), …`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let n = x.shape[-1]
    if n < 2 { return x }
    let steps = Tensor.concatenated(
      [x.slice(0..<1, axis: -1), x.slice(1..<n, axis: -1).exp()], axis: -1)
    return steps.cumulativeSum(axis: -1)
  }

  /// `y₁`, then the logarithms of the differences.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> {
    let n = y.shape[-1]
    if n < 2 { return y }
    let steps = y.slice(1..<n, axis: -1) - y.slice(0..<n - 1, axis: -1)
    return .concatenated([y.slice(0..<1, axis: -1), steps.log()], axis: -1)
  }

  /// `Σ xᵢ` over all elements but the first.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    x.slice(min(1, x.shape[-1])..<x.shape[-1], axis: -1).sum(axis: -1)
  }
}
