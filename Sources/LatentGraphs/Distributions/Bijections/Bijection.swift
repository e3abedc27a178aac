import Tensors

/// A differentiable map of vectors `[…, n]` that has an inverse.
public protocol Bijection<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// The number of variables of the value for `count` variables of the argument.
  func dimension(for count: Int) -> Int

  /// The values for arguments of which all numbers are finite.
  var image: Support<Scalar> { get }

  /// The value, `[…, n]` to `[…, dimension(for: n)]`.
  func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// The argument whose value is `y`.
  func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar>

  /// `log |det ∂y/∂x|` at the argument `x`, in nats: `[…, n]` to `[…]`. If the value is on a surface,
  /// such as the simplex, it is that of all its variables but the last.
  func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar>

  /// Whether another map is known to be the same function. The divergence of two distributions that
  /// are transformed by the same map is that of their bases.
  ///
  /// By default, maps of the same type are the same if the type has no stored properties.
  func isSame(as other: any Bijection<Scalar>) -> Bool
}

extension Bijection {
  /// `count`: the value has as many variables as the argument.
  public func dimension(for count: Int) -> Int { count }

  /// Whether the other map has the same type, which has no stored properties.
  public func isSame(as other: any Bijection<Scalar>) -> Bool {
    MemoryLayout<Self>.size == 0 && other is Self
  }
}
