import Tensors

/// A precision conditioned on evidence: the precision of the variables that the evidence leaves,
/// the shift of their means, and the minimum of a sum of squares.
///
/// Given evidence `y` on the variables `E`, the conditional mean minimizes
///
///     q(z) = (z − μ)ᵀ P (z − μ) + Σ (yᵢ − zᵢ)²/Rᵢ
///
/// with one term of the second sum for each variable of `E`. If the values are exact, `z_E` is fixed
/// to `y`, and there is no second sum. Let `L` be the factor of `P`, `L′` the factor of the
/// conditional precision, `n` the number of values, and `q` the minimum. The log-density of the
/// evidence is
///
///     log det L − log det L′ − ½ q − n/2·log 2π − ½ Σ log Rᵢ
///
/// A structure returns it from `PrecisionStructure.conditioned(on:)`.
public struct ConditionedPrecision<Scalar: TensorScalar>: Sendable {
  /// The precision of the remaining variables: of the others for exact values, of all variables for
  /// noisy values.
  public let precision: any PrecisionStructure<Scalar>
  /// The difference of the conditional means from the means, `[draws…, batch…, k′]`, for the `k′`
  /// remaining variables.
  public let shift: Tensor<Scalar>
  private let minimum: @Sendable () -> Tensor<Scalar>

  /// - Parameters:
  ///   - precision: The precision of the `k′` remaining variables.
  ///   - shift: The shift of their means, `[draws…, batch…, k′]`.
  ///   - squares: The minimum of the sum of squares, `[draws…, batch…]`. It is evaluated only if a
  ///     density is requested.
  public init(
    precision: any PrecisionStructure<Scalar>, shift: Tensor<Scalar>,
    squares: @autoclosure @escaping @Sendable () -> Tensor<Scalar>
  ) {
    require(
      shift.rank >= 1 && shift.shape[-1] == precision.dimension,
      "a shift of shape \(shift.shape) does not fit a precision of \(precision.dimension) variables"
    )
    (self.precision, self.shift, minimum) = (precision, shift, squares)
  }

  /// The minimum `q` of the sum of squares, `[draws…, batch…]`.
  /// - Complexity: usually that of a few products with the factor; computed on every access.
  public var squares: Tensor<Scalar> { minimum() }
}
