import CKernels

/// Operations on the supernodal factor of a sparse precision (`sparse.h`).
package struct SparseKernels<S: TensorScalar>: Sendable {
  package let factor: @Sendable (LGSparseWork, Input<S>, Input<S>, Bool, Output<S>) -> Int
  package let factorAdjoint:
    @Sendable (LGSparseWork, Input<S>, Input<S>, Output<S>, Output<S>) -> Void
  package let apply:
    @Sendable (
      LGSparseWork, LGFactorOperation, Input<S>, LGSparseVectors, Input<S>, Output<S>
    ) -> Void
  package let outer:
    @Sendable (LGSparseWork, LGSparseVectors, Input<S>, Input<S>, Bool, Output<S>) -> Void
  package let covariance: @Sendable (LGSparseWork, Input<S>, Output<S>) -> Void
  package let covarianceAdjoint:
    @Sendable (LGSparseWork, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let difference: @Sendable (LGSparseWork, Input<S>, Input<S>, Input<S>, Output<S>) -> Bool
  package let differenceSquares:
    @Sendable (LGSparseWork, Input<S>, Input<S>, UnsafeMutablePointer<Double>) -> Void
  package let isDominant: @Sendable (LGEdges, Input<S>, Input<S>, Double, Output<S>) -> Bool
  package let gather: @Sendable (LGSparseWork, Input<S>, Output<S>, Output<S>) -> Void
  package let scatter: @Sendable (LGSparseWork, Input<S>, Input<S>, Output<S>) -> Void
}

extension SparseKernels where S == Float {
  static var single: Self {
    Self(
      factor: lg_sparse_factor_f32, factorAdjoint: lg_sparse_factor_adjoint_f32,
      apply: lg_sparse_apply_f32, outer: lg_sparse_outer_f32, covariance: lg_sparse_covariance_f32,
      covarianceAdjoint: lg_sparse_covariance_adjoint_f32, difference: lg_sparse_difference_f32,
      differenceSquares: lg_sparse_difference_squares_f32, isDominant: lg_sparse_is_dominant_f32,
      gather: lg_sparse_gather_f32, scatter: lg_sparse_scatter_f32)
  }
}

extension SparseKernels where S == Double {
  static var double: Self {
    Self(
      factor: lg_sparse_factor_f64, factorAdjoint: lg_sparse_factor_adjoint_f64,
      apply: lg_sparse_apply_f64, outer: lg_sparse_outer_f64, covariance: lg_sparse_covariance_f64,
      covarianceAdjoint: lg_sparse_covariance_adjoint_f64, difference: lg_sparse_difference_f64,
      differenceSquares: lg_sparse_difference_squares_f64, isDominant: lg_sparse_is_dominant_f64,
      gather: lg_sparse_gather_f64, scatter: lg_sparse_scatter_f64)
  }
}

/// An operation that applies a factor `W` to vectors.
package enum FactorOperation: Sendable {
  /// `Wᵀ x`.
  case whiten
  /// `W⁻ᵀ x`.
  case unwhiten
  /// `W x`.
  case multiply
  /// `W⁻¹ x`.
  case solve

  package var code: LGFactorOperation {
    switch self {
    case .whiten: LG_FACTOR_WHITEN
    case .unwhiten: LG_FACTOR_UNWHITEN
    case .multiply: LG_FACTOR_MULTIPLY
    case .solve: LG_FACTOR_SOLVE
    }
  }

  /// The operation with the transposed matrix, which propagates gradients back.
  package var adjoint: FactorOperation {
    switch self {
    case .whiten: .multiply
    case .unwhiten: .solve
    case .multiply: .whiten
    case .solve: .unwhiten
    }
  }
}

/// The supernodes of a factor in the kernels' format, in memory that does not move.
package final class SupernodeTable: @unchecked Sendable {
  package let pattern: UnsafePointer<LGSparsePattern>
  private let nodes: FixedArray<LGSupernode>
  private let lists: [FixedArray<Int32>]

  /// - Parameters:
  ///   - first: The first column of each supernode, and the number of columns.
  ///   - rowStarts: Where the rows of each supernode start in `rows` and `relative`, and their
  ///     total.
  ///   - children: The children of all supernodes, one after another.
  ///   - childStarts: Where the children of each supernode start, and their total.
  ///   - updates: Where the update matrix of each supernode starts.
  package init(
    first: [Int32], rowStarts: [Int], rows: [Int32], relative: [Int32], childStarts: [Int32],
    children: [Int32], updates: [Int], order: [Int32], supernodeOf: [Int32]
  ) {
    let count = first.count - 1
    var panel = 0
    nodes = FixedArray(count: count) { s in
      let (columns, rows) = (first[s + 1] - first[s], rowStarts[s + 1] - rowStarts[s])
      defer { panel += Int(columns) * (Int(columns) + rows) }
      return LGSupernode(
        first: first[s], columns: columns, rows: Int32(rows), first_child: childStarts[s],
        child_count: childStarts[s + 1] - childStarts[s], panel: Int64(panel),
        row: Int64(rowStarts[s]), update: Int64(updates[s]))
    }
    lists = [children, rows, relative, order, supernodeOf].map { list in
      FixedArray(count: list.count) { list[$0] }
    }
    let pointer = UnsafeMutablePointer<LGSparsePattern>.allocate(capacity: 1)
    pointer.initialize(
      to: LGSparsePattern(
        supernodes: nodes.pointer, children: lists[0].pointer, rows: lists[1].pointer,
        relative: lists[2].pointer, order: lists[3].pointer, supernode: lists[4].pointer,
        dimension: order.count, count: count))
    pattern = UnsafePointer(pointer)
  }

  deinit { pattern.deallocate() }

  /// The number of elements of an update matrix, whose rows are padded for the kernels.
  package static func updateCount(rows: Int) -> Int { lg_sparse_update_count(rows) }

  /// The number of scratch elements that a supernode needs.
  package static func scratchCount(columns: Int, rows: Int) -> Int {
    lg_sparse_scratch_count(columns, rows)
  }

  /// The number of vectors that the kernels process at once.
  package static var vectorsAtOnce: Int { Int(LG_SPARSE_VECTORS) }
}

/// The positions of a symmetric matrix's elements in the panels of a factor.
package final class PanelEntries: @unchecked Sendable {
  package let entries: UnsafePointer<LGSparseEntries>
  private let starts: FixedArray<Int64>
  private let lists: [FixedArray<Int32>]

  package init(starts: [Int], sources: [Int32], rows: [Int32], columns: [Int32]) {
    self.starts = FixedArray(count: starts.count) { Int64(starts[$0]) }
    lists = [sources, rows, columns].map { list in FixedArray(count: list.count) { list[$0] } }
    let pointer = UnsafeMutablePointer<LGSparseEntries>.allocate(capacity: 1)
    pointer.initialize(
      to: LGSparseEntries(
        start: self.starts.pointer, source: lists[0].pointer, row: lists[1].pointer,
        column: lists[2].pointer))
    entries = UnsafePointer(pointer)
  }

  deinit { entries.deallocate() }
}

/// An array whose memory does not move.
final class FixedArray<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>

  init(count: Int, _ element: (Int) -> Element) {
    pointer = .allocate(capacity: max(count, 1))
    for i in 0..<count { (pointer + i).initialize(to: element(i)) }
  }

  deinit { pointer.deallocate() }
}
