import CKernels
import CLAPACKE
import COpenBLAS

/// Matrix products and triangular solves by BLAS, and the Cholesky factorization by LAPACK. All
/// calls of the two libraries go through this table.
package struct LinearAlgebraKernels<S: TensorScalar>: Sendable {
  /// `C (+)= op(A) op(B)`, row-major (`products.h`).
  package typealias Product = @Sendable (LGProductShape, Input<S>, Input<S>, Output<S>) -> Void
  /// The fastest product available on this processor.
  package let product: Product
  /// The product by BLAS even where `product` is another kernel, as the reference for timings.
  package let productOfBLAS: Product
  package let gemv:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, Int32, Int32, S, Input<S>, Int32, Input<S>, Int32, S, Output<S>,
      Int32
    ) -> Void
  package let trsm:
    @Sendable (
      CBLAS_ORDER, CBLAS_SIDE, CBLAS_UPLO, CBLAS_TRANSPOSE, CBLAS_DIAG, Int32, Int32, S, Input<S>,
      Int32, Output<S>, Int32
    ) -> Void
  package let potrf: @Sendable (Int32, CChar, Int32, Output<S>, Int32) -> Int32
  package let potri: @Sendable (Int32, CChar, Int32, Output<S>, Int32) -> Int32
}

extension LinearAlgebraKernels where S == Float {
  static var single: Self {
    BLASThreads.useOne()
    return Self(
      product: lg_product_f32(16) ?? lg_product_f32(8) ?? blasProduct,
      productOfBLAS: blasProduct, gemv: cblas_sgemv, trsm: cblas_strsm,
      potrf: LAPACKE_spotrf_work, potri: LAPACKE_spotri_work)
  }
}

extension LinearAlgebraKernels where S == Double {
  static var double: Self {
    BLASThreads.useOne()
    return Self(
      product: blasProduct, productOfBLAS: blasProduct, gemv: cblas_dgemv, trsm: cblas_dtrsm,
      potrf: LAPACKE_dpotrf_work, potri: LAPACKE_dpotri_work)
  }
}

private func blasProduct(
  _ shape: LGProductShape, _ a: Input<Float>, _ b: Input<Float>, _ c: Output<Float>
) {
  cblas_sgemm(
    CblasRowMajor, shape.transpose_a ? CblasTrans : CblasNoTrans,
    shape.transpose_b ? CblasTrans : CblasNoTrans, Int32(shape.m), Int32(shape.n), Int32(shape.k),
    1,
    a, Int32(shape.lda), b, Int32(shape.ldb), shape.accumulate ? 1 : 0, c, Int32(shape.ldc))
}

private func blasProduct(
  _ shape: LGProductShape, _ a: Input<Double>, _ b: Input<Double>, _ c: Output<Double>
) {
  cblas_dgemm(
    CblasRowMajor, shape.transpose_a ? CblasTrans : CblasNoTrans,
    shape.transpose_b ? CblasTrans : CblasNoTrans, Int32(shape.m), Int32(shape.n), Int32(shape.k),
    1,
    a, Int32(shape.lda), b, Int32(shape.ldb), shape.accumulate ? 1 : 0, c, Int32(shape.ldc))
}

/// The name of the kernels that OpenBLAS chose for this processor, for example `Zen`.
package func blasCoreName() -> String { String(cString: openblas_get_corename()) }

/// The thread count of OpenBLAS.
///
/// Parallelism has a single level. The library divides products and solves into parts for its own
/// thread pool, whose threads are already awake, and BLAS computes each part on one thread. Only
/// large factorizations, whose parts depend on each other, run on the threads of OpenBLAS.
enum BLASThreads {
  static func useOne() { openblas_set_num_threads(1) }

  /// OpenBLAS has one thread count for the whole process. One large factorization at a time owns
  /// it: otherwise another one that ends would reduce it to one thread and change the last bits of
  /// its result.
  private static let owner = Lock(())

  /// Runs a factorization of an `n×n` matrix on several threads if it is large enough.
  static func factorizing(_ n: Int, _ body: () -> Int32) -> Int32 {
    guard n >= 256, Threads.limit > 1 else { return body() }
    return withAll(body)
  }

  /// Runs calls of BLAS with up to `Threads.limit` of its threads.
  static func withAll<Result>(_ body: () -> Result) -> Result {
    owner.withLock { _ in
      openblas_set_num_threads(Int32(clamping: Threads.limit))
      defer { useOne() }
      return body()
    }
  }
}

/// The number of multiplications that justifies a thread, about ten microseconds of work.
let multiplicationsPerThread = 1 << 18
