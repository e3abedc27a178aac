import Tensors

extension PrecisionStructure {
  /// An estimate of the condition number of `P` when it is scaled to a unit diagonal:
  /// `κ = λmax(H)/λmin(H)`, `H = D^-½ P D^-½`, `D` the diagonal of `P`. `[batch…]`, not differentiable.
  ///
  /// It is at most the condition number of the matrix `L Lᵀ` that the factor stands for, but for
  /// rounding, and rarely less than half of it. Scales of the variables do not change `κ`. An error of
  /// `ε` in the elements of `P` becomes one of up to `κ ε` in variances, so that no digit is left
  /// where `κ` is near `1/ε`; a precision given by its elements is refused there. One given by its
  /// factor is not: where it knows its covariances by itself, they have the digits of the factor,
  /// whatever `κ` is. Infinite where it, or a number on the way to it, exceeds the largest number of
  /// the type; 1 for independent variables, and for none.
  ///
  /// By the power method with `H` and `H⁻¹`; of `H⁻¹` a step is a solve. J. Kuczyński and
  /// H. Woźniakowski, Estimating the largest eigenvalue by the power and Lanczos algorithms with a
  /// random start, SIAM J. Matrix Anal. Appl. 13 (1992).
  /// - Complexity: up to 16 solves and 16 products.
  public var conditionEstimate: Tensor<Scalar> {
    guard dimension > 0 else { return .ones(batchShape) }
    return withoutRecording {
      let estimates = ScaledMatrix(self, diagonal: diagonal).conditions(steps: 16)
      return Tensor(estimates.map { Scalar($0) }, shape: batchShape)
    }
  }
}

/// Refuses factored precisions of which the type of number leaves no digit of the variances.
/// - Parameters:
///   - diagonal: That of the given `P`, `[batch…, k]`.
///   - factorDiagonal: That of `L`, in the order of the variables, `[batch…, k]`.
/// - Throws: `NotPositiveDefinite`, with the variable whose pivot is the smallest beside its element
///   of the diagonal.
/// - Complexity: that of a few draws where `P` is far from singular; else some solves.
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
