import Tensors

/// `y = eˣ` for each element, from all numbers to the positive ones.
///
/// A value that would be rounded to 0 or ∞ is the smallest normal number or the largest finite one.
public struct ExponentialMap<Scalar: TensorScalar>: Bijection {
  /// The exponential function.
  public init() {}

  /// The positive numbers.
  public var image: Support<Scalar> { .positive }

  /// `eˣ`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { x.exp().keptPositive() }

  /// `log y`.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> { y.log() }

  /// `Σ x`.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> { x.sum(axis: -1) }
}

/// `y = log(1 + eˣ)` for each element, from all numbers to the positive ones.
///
/// A value that would be rounded to 0 is the smallest normal number.
public struct SoftplusMap<Scalar: TensorScalar>: Bijection {
  /// The softplus function.
  public init() {}

  /// The positive numbers.
  public var image: Support<Scalar> { .positive }

  /// `log(1 + eˣ)`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { x.softplus().keptPositive() }

  /// `log(eʸ − 1)`, as `y + log(1 − e⁻ʸ)`.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> { y + (-(-y).expm1()).log() }

  /// `−Σ log(1 + e⁻ˣ)`.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    -(-x).softplus().sum(axis: -1)
  }
}

/// `y = 1/(1 + e⁻ˣ)` for each element, from all numbers to those between 0 and 1.
///
/// A value that would be rounded to 0 or 1 is the smallest normal number or the largest one below 1.
public struct SigmoidMap<Scalar: TensorScalar>: Bijection {
  /// The sigmoid function.
  public init() {}

  /// The numbers between 0 and 1.
  public var image: Support<Scalar> { .openUnitInterval }

  /// `1/(1 + e⁻ˣ)`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    x.sigmoid().keptInUnitInterval()
  }

  /// `log y − log(1 − y)`.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> { y.log() - (-y).log1p() }

  /// `−Σ [log(1 + eˣ) + log(1 + e⁻ˣ)]`.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    -(x.softplus() + (-x).softplus()).sum(axis: -1)
  }
}

/// `y = shift + scale·x` for each element.
public struct AffineMap<Scalar: TensorScalar>: Bijection {
  /// The value at 0; its shape is `[n]` or broadcasts to the argument.
  public let shift: Tensor<Scalar>
  /// The factor, which is not 0; its shape is `[n]` or broadcasts to the argument.
  public let scale: Tensor<Scalar>

  /// The map with this shift and scale, both finite.
  public init(shift: Tensor<Scalar>, scale: Tensor<Scalar>) {
    checkParameter(shift, of: "affine map", "shift", .finite)
    checkParameter(scale, of: "affine map", "scale", .finite)
    require(!scale.scalars.contains(0), "an affine map got a scale of 0, which has no inverse")
    (self.shift, self.scale) = (shift, scale)
  }

  /// All numbers.
  public var image: Support<Scalar> { .real }

  /// `shift + scale·x`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { shift + scale * x }

  /// `(y − shift)/scale`.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> { (y - shift) / scale }

  /// `Σ log |scale|`.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale.abs().log().broadcast(to: x.shape).sum(axis: -1)
  }

  /// Whether the other map is affine with an equal shift and scale.
  public func isSame(as other: any Bijection<Scalar>) -> Bool {
    guard let other = other as? AffineMap else { return false }
    return shift.isIdentical(to: other.shift) && scale.isIdentical(to: other.scale)
  }
}

extension Tensor {
  fileprivate func isIdentical(to other: Tensor) -> Bool {
    shape == other.shape && scalars == other.scalars
  }
}
