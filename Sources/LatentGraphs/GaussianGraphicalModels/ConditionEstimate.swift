import Tensors

extension PrecisionStructure {
  /// An estimate of the condition number of `P` after scaling to a unit diagonal,
  /// `κ = λmax(H)/λmin(H)`, where `H = D^-½ P D^-½` and `D` is the diagonal of `P`. `[batch…]`, not
  /// differentiable.
  ///
  /// Apart from rounding errors, the estimate is at most the condition number of the scaled matrix
  /// `L Lᵀ`, and rarely less than half of it. Rescaling the variables does not change `κ`.
  ///
  /// A relative error of `ε` in the elements of `P` causes relative errors of up to `κ ε` in the
  /// variances, so that no digit is left if `κ` is near `1/ε`. A precision that is given by its
  /// elements is refused in this case. A precision that is given by its factor is not refused: if
  /// its structure computes covariances from the factor, they are as accurate as the factor for any
  /// `κ`.
  ///
  /// The estimate is infinite if it, or an intermediate result, overflows. It is 1 for independent
  /// variables and for zero variables.
  ///
  /// The estimate is computed by the power method with `H` and `H⁻¹`; a step with `H⁻¹` is a solve.
  /// J. Kuczyński and H. Woźniakowski, Estimating the largest eigenvalue by the power and Lanczos
  /// algorithms with a random start, SIAM J. Matrix Anal. Appl. 13 (1992).
  /// - Complexity: up to 16 solves and 16 products.
  public var conditionEstimate: Tensor<Scalar> {
    guard dimension > 0 else { return .ones(batchShape) }
    return withoutRecording {
      let estimates = ScaledMatrix(self, diagonal: diagonal).conditions(steps: 16)
      return Tensor(estimates.map { Scalar($0) }, shape: batchShape)
    }
  }
}

/// Refuses factored precisions that are so nearly singular that no digit of the variances would be
/// correct.
/// - Parameters:
///   - diagonal: The diagonal of the given `P`, `[batch…, k]`.
///   - factorDiagonal: The diagonal of `L`, in the order of the variables, `[batch…, k]`.
/// - Throws: `NotPositiveDefinite`, with the variable whose pivot is smallest relative to its
///   diagonal element.
/// - Complexity: that of a few samples if `P` is far from singular; otherwise up to 16 solves and a
///   few products.
func checkCondition<Scalar>(
  of precision: any PrecisionStructure<Scalar>, diagonal: Tensor<Scalar>,
  factorDiagonal: () -> Tensor<Scalar>
) throws {
  try withoutRecording {
    let limit = ConditionLimit.of(Scalar.self)
    let estimates = ScaledMatrix(precision, diagonal: diagonal).conditionsBeyond(limit)
    guard let matrix = estimates.firstIndex(where: { $0 != nil }), let estimate = estimates[matrix]
    else { return }
    let (k, roots, elements) = (precision.dimension, factorDiagonal().scalars, diagonal.scalars)
    throw NotPositiveDefinite(
      nearlySingular: matrix, estimate: estimate, limit: limit,
      pivots: (matrix * k..<(matrix + 1) * k).map {
        (value: Double(roots[$0]) * Double(roots[$0]), element: Double(elements[$0]))
      }, typeName: "\(Scalar.self)")
  }
}

extension ScaledMatrix {
  /// - Parameter diagonal: The diagonal of `P`, `[batch…, k]`.
  init(_ precision: any PrecisionStructure<Scalar>, diagonal: Tensor<Scalar>) {
    self.init(precision, root: diagonal.detached.squareRoot())
  }

  /// - Parameter root: The square roots of the diagonal of `P`, `[batch…, k]`.
  init(_ precision: any PrecisionStructure<Scalar>, root: Tensor<Scalar>) {
    self.init(
      root: root, multiply: { precision.multiply($0) }, solve: { precision.solve($0) },
      unwhiten: { precision.unwhiten($0) })
  }
}
