import Tensors

/// One bijection after another: `y = second(first(x))`.
public struct Composition<First: Bijection, Second: Bijection>: Bijection
where First.Scalar == Second.Scalar {
  /// The type of the elements.
  public typealias Scalar = First.Scalar

  /// The bijection that is applied first.
  public let first: First
  /// The bijection that is applied to its value.
  public let second: Second

  /// `second` after `first`.
  public init(_ first: First, then second: Second) { (self.first, self.second) = (first, second) }

  /// The dimension of the second value.
  public func dimension(for count: Int) -> Int {
    second.dimension(for: first.dimension(for: count))
  }

  /// The values of the second bijection whose arguments are values of the first.
  public var image: Support<Scalar> {
    .satisfying { [first, second] y in
      second.image.contains(y, whose: second.inverse, isIn: first.image)
    }
  }

  /// `second(first(x))`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { second(first(x)) }

  /// The inverse of the first at the inverse of the second.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> { first.inverse(second.inverse(y)) }

  /// The sum of both.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    first.logDeterminant(at: x) + second.logDeterminant(at: first(x))
  }

  /// Whether the other map is a composition of the same two maps.
  public func isSame(as other: any Bijection<Scalar>) -> Bool {
    guard let other = other as? Composition else { return false }
    return first.isSame(as: other.first) && second.isSame(as: other.second)
  }
}
