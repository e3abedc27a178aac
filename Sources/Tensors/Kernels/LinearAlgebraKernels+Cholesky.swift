import CLAPACKE
import COpenBLAS

extension LinearAlgebraKernels {
  /// Replaces the lower triangle of a symmetric `n×n` matrix by its Cholesky factor `L`. Returns
  /// the first row whose pivot is not positive and finite; `nil` if there is none.
  ///
  /// The elements above the diagonal are neither read nor written.
  package func factor(_ matrix: Output<S>, size n: Int) -> Int? {
    // LAPACK uses column-major order, in which the row-major lower triangle is the upper one.
    let info = BLASThreads.factorizing(n) {
      potrf(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(n), matrix, Int32(n))
    }
    require(info >= 0, "LAPACK refused argument \(-info) of the Cholesky factorization")
    // LAPACK stops only at pivots that are not positive; NaN and ∞ may pass that test.
    let factored = info > 0 ? Int(info) - 1 : n
    // A pivot below the least normal number is subnormal and has lost digits; its inverse may
    // overflow.
    let least = S.leastNormalMagnitude.squareRoot()
    let pivot =
      (0..<factored).first {
        let root = matrix[$0 * n + $0]
        return !(root.isFinite && root >= least)
      } ?? factored
    return pivot < n ? pivot : nil
  }

  /// Replaces the lower triangle of a factor `L` by the lower triangle of `(L Lᵀ)⁻¹`.
  ///
  /// The elements above the diagonal are neither read nor written.
  package func invert(factor: Output<S>, size n: Int) {
    let info = BLASThreads.factorizing(n) {
      potri(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), Int32(n), factor, Int32(n))
    }
    require(info == 0, "LAPACK's inverse of a Cholesky factor returned \(info)")
  }

  /// Replaces a vector `b` by the solution of `L Lᵀ x = b`. The factor `L` is a lower triangle
  /// whose rows are `step` elements apart; the default is `n`.
  package func solve(factor: Output<S>, size n: Int, step: Int? = nil, _ b: Output<S>) {
    guard n > 0 else { return }
    for transpose in [CblasNoTrans, CblasTrans] {
      trsm(
        CblasRowMajor, CblasLeft, CblasLower, transpose, CblasNonUnit, Int32(n), 1, 1, factor,
        Int32(step ?? n), b, 1)
    }
  }
}
