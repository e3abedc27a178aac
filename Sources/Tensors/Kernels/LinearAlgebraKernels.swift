import CLAPACKE
import COpenBLAS

/// Matrix products and triangular solves of BLAS, and the Cholesky factorization of LAPACK: the one
/// bridge to both.
package struct LinearAlgebraKernels<S: TensorScalar>: Sendable {
  package let gemm:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, S, Input<S>, Int32,
      Input<S>, Int32, S, Output<S>, Int32
    ) -> Void
  package let trsm:
    @Sendable (
      CBLAS_ORDER, CBLAS_SIDE, CBLAS_UPLO, CBLAS_TRANSPOSE, CBLAS_DIAG, Int32, Int32, S, Input<S>,
      Int32, Output<S>, Int32
    ) -> Void
  package let potrf: @Sendable (Int32, CChar, Int32, Output<S>, Int32) -> Int32
}

extension LinearAlgebraKernels where S == Float {
  static var single: Self {
    Self(gemm: cblas_sgemm, trsm: cblas_strsm, potrf: LAPACKE_spotrf_work)
  }
}

extension LinearAlgebraKernels where S == Double {
  static var double: Self {
    Self(gemm: cblas_dgemm, trsm: cblas_dtrsm, potrf: LAPACKE_dpotrf_work)
  }
}

/// The kernels that OpenBLAS chose for this processor, for example `Zen`.
public func blasCoreName() -> String { String(cString: openblas_get_corename()) }

/// The number of threads that OpenBLAS runs large products on; `Threads.limit` sets it.
public func blasThreadCount() -> Int { Int(openblas_get_num_threads()) }
