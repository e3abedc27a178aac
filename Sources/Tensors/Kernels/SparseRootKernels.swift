import CKernels

/// A sparse precision given by a square root, `P = Aᵀ A`, and its orthogonal factorization
/// (`sparse_root.h`).
package struct SparseRootKernels<S: TensorScalar>: Sendable {
  package typealias Rows = UnsafePointer<LGRows>

  package let apply: @Sendable (Rows, LGFactorOperation, Input<S>, Input<S>, Output<S>) -> Void
  package let outer: @Sendable (Rows, S, Input<S>, Input<S>, Output<S>) -> Void
  package let square: @Sendable (Rows, Input<Int32>, Int, Input<S>, Output<S>, Output<S>) -> Void
  package let squareAdjoint:
    @Sendable (Rows, Input<Int32>, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let factor:
    @Sendable (
      LGOrthogonalWork, Input<S>, Input<S>, Output<S>, Output<Double>, Output<S>
    ) -> Int
  package let covariance:
    @Sendable (
      UnsafePointer<LGSparsePattern>, Input<Int64>, Input<S>, Output<S>, Output<S>, Output<S>
    ) -> Void
}

extension SparseRootKernels where S == Float {
  static var single: Self {
    Self(
      apply: lg_rows_apply_f32, outer: lg_rows_outer_f32, square: lg_rows_square_f32,
      squareAdjoint: lg_rows_square_adjoint_f32, factor: lg_orthogonal_factor_f32,
      covariance: lg_orthogonal_covariance_f32)
  }
}

extension SparseRootKernels where S == Double {
  static var double: Self {
    Self(
      apply: lg_rows_apply_f64, outer: lg_rows_outer_f64, square: lg_rows_square_f64,
      squareAdjoint: lg_rows_square_adjoint_f64, factor: lg_orthogonal_factor_f64,
      covariance: lg_orthogonal_covariance_f64)
  }
}

/// The positions of a sparse matrix's elements, row by row, in the kernels' format and in memory
/// that does not move.
package final class RowTable: @unchecked Sendable {
  package let rows: UnsafePointer<LGRows>
  private let starts: FixedArray<Int64>
  private let lists: [FixedArray<Int32>]

  package init(starts: [Int], columns: [Int32], ids: [Int32], dimension: Int) {
    self.starts = FixedArray(count: starts.count) { Int64(starts[$0]) }
    lists = [columns, ids].map { list in FixedArray(count: list.count) { list[$0] } }
    let pointer = UnsafeMutablePointer<LGRows>.allocate(capacity: 1)
    pointer.initialize(
      to: LGRows(
        starts: self.starts.pointer, columns: lists[0].pointer, ids: lists[1].pointer,
        count: ids.count, dimension: dimension))
    rows = UnsafePointer(pointer)
  }

  deinit { rows.deallocate() }
}

/// The rows that each front of a factorization assembles.
package final class FrontTable: @unchecked Sendable {
  package let fronts: UnsafePointer<LGFronts>
  package let diagonal: UnsafePointer<Int64>
  private let positions: [FixedArray<Int64>]
  private let lists: [FixedArray<Int32>]

  package init(starts: [Int], rows: [Int32], places: [Int32], diagonal: [Int]) {
    positions = [starts, diagonal].map { list in
      FixedArray(count: list.count) { Int64(list[$0]) }
    }
    lists = [rows, places].map { list in FixedArray(count: list.count) { list[$0] } }
    self.diagonal = UnsafePointer(positions[1].pointer)
    let pointer = UnsafeMutablePointer<LGFronts>.allocate(capacity: 1)
    pointer.initialize(
      to: LGFronts(
        start: positions[0].pointer, diagonal: positions[1].pointer, rows: lists[0].pointer,
        place: lists[1].pointer))
    fronts = UnsafePointer(pointer)
  }

  deinit { fronts.deallocate() }
}
