import CKernels

extension Tensor {
  /// This tensor broadcast to a shape: repeated along axes of size 1 and along new leading axes.
  @specialized(where Scalar == Float)
  public func broadcast(to target: Shape) -> Tensor {
    if shape == target { return self }
    require(
      shape.broadcast(with: target) == target, "shape \(shape) does not broadcast to \(target)")
    let source = shape
    // −0 is the neutral element of addition; adding +0 would turn −0 into +0.
    let result =
      count == 1
      ? Tensor.full(scalar, target) : Tensor.zipped(.add, detached, Tensor(-0.0), shape: target)
    return result.recorded(from: [self]) { upstream, gradients in
      gradients.add(to: 0, upstream.sum(to: source))
    }
  }

  /// The sum over the axes along which `target` was broadcast to this shape: the adjoint of
  /// broadcasting.
  @specialized(where Scalar == Float)
  func sum(to target: Shape) -> Tensor {
    if shape == target { return self }
    var result = self
    if rank > target.rank {
      let leading = shape.dropLast(target.rank).count
      result = result.reshaped(to: Shape([leading]) + shape.last(target.rank)).sum(axis: 0)
    }
    for axis in 0..<target.rank where target[axis] != result.shape[axis] {
      result = result.sum(axis: axis, keepingAxis: true)
    }
    return result
  }

  /// `f(a, b)` on values that broadcast to `shape`; not recorded.
  ///
  /// Adjacent axes are merged where both operands traverse them with one stride. The last two of
  /// the remaining axes are one call of the kernel; this function loops over the others.
  @specialized(where Scalar == Float)
  static func zipped(_ f: LGBinaryFunction, _ a: Tensor, _ b: Tensor, shape: Shape) -> Tensor {
    let plan = BroadcastPlan(a.shape, b.shape, to: shape)
    let kernel = Scalar.kernels.elementwise.binary
    return Tensor(shape) { out in
      guard shape.count > 0 else { return }
      let block = plan.rows * plan.columns
      let binary = LGBinary(
        f: f, rows: plan.rows, columns: plan.columns, a_row: plan.a.row, a_step: plan.a.column,
        b_row: plan.b.row, b_step: plan.b.column)
      // An operand is often a temporary tensor that only this call refers to.
      withExtendedLifetime((a, b)) {
        plan.forEachBlock { index, aOffset, bOffset in
          kernel(binary, a.pointer + aOffset, b.pointer + bOffset, out + index * block)
        }
      }
    }
  }
}

/// The strides by which two operands fill a broadcast shape, as blocks of rows and columns.
struct BroadcastPlan {
  struct Strides { var row = 0, column = 0, outer: [Int] = [] }

  private(set) var rows = 1
  private(set) var columns = 1
  private var outer: [Int] = []
  private(set) var a = Strides()
  private(set) var b = Strides()

  init(_ aShape: Shape, _ bShape: Shape, to shape: Shape) {
    // The size and both strides of each axis; axes are merged where one stride covers them in both.
    var axes: [(size: Int, a: Int, b: Int)] = []
    let aStrides = Self.strides(of: aShape, in: shape)
    let bStrides = Self.strides(of: bShape, in: shape)
    for i in 0..<shape.rank where shape[i] != 1 {
      let size = shape[i]
      if let last = axes.last, last.a == aStrides[i] * size, last.b == bStrides[i] * size {
        axes[axes.count - 1] = (last.size * size, aStrides[i], bStrides[i])
      } else {
        axes.append((size, aStrides[i], bStrides[i]))
      }
    }
    if let inner = axes.popLast() { (columns, a.column, b.column) = inner }
    if let row = axes.popLast() { (rows, a.row, b.row) = row }
    outer = axes.map { $0.size }
    a.outer = axes.map { $0.a }
    b.outer = axes.map { $0.b }
  }

  /// The stride of the operand along each axis of `shape`; 0 along axes where it is repeated.
  private static func strides(of operand: Shape, in shape: Shape) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.rank)
    var step = 1
    for i in stride(from: 1, through: operand.rank, by: 1) {
      let size = operand[operand.rank - i]
      if size != 1 { strides[shape.rank - i] = step }
      step *= size
    }
    return strides
  }

  func forEachBlock(_ body: (_ index: Int, _ aOffset: Int, _ bOffset: Int) -> Void) {
    var counter = [Int](repeating: 0, count: outer.count)
    for index in 0..<outer.reduce(1, *) {
      var (aOffset, bOffset) = (0, 0)
      for i in counter.indices {
        aOffset += counter[i] * a.outer[i]
        bOffset += counter[i] * b.outer[i]
      }
      body(index, aOffset, bOffset)
      var axis = outer.count - 1
      while axis >= 0 {
        counter[axis] += 1
        if counter[axis] < outer[axis] { break }
        counter[axis] = 0
        axis -= 1
      }
    }
  }
}
