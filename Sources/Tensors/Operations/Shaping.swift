extension Tensor {
  /// The same elements in row-major order with another shape; they are not copied.
  @specialized(where Scalar == Float)
  public func reshaped(to target: Shape) -> Tensor {
    if shape == target { return self }
    require(
      target.count == count, "a tensor of shape \(shape) cannot be reshaped to \(target)")
    let source = shape
    let value = Tensor(shape: target, storage: storage, offset: offset, node: nil)
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.reshaped(to: source))
    }
  }

  /// The tensor with its axes reordered: axis `i` of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: [Int]) -> Tensor {
    let order = order.map(shape.resolve)
    require(
      order.sorted() == Array(0..<rank),
      "\(order) is not a permutation of the axes of shape \(shape)")
    if order == Array(0..<rank) { return self }
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    return permutedValue(order).recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.permuted(inverse))
    }
  }

  /// The transpose of the matrix, or of each matrix of a batch: the last two axes are exchanged.
  public func transposed() -> Tensor {
    require(rank >= 2, "a tensor of shape \(shape) has fewer than two axes and no transpose")
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  private func permutedValue(_ order: [Int]) -> Tensor {
    let target = Shape(order.map { shape[$0] })
    var strides = [Int](repeating: 1, count: rank)
    for i in stride(from: rank - 2, through: 0, by: -1) {
      strides[i] = strides[i + 1] * shape[i + 1]
    }
    let steps = order.map { strides[$0] }
    return Tensor(target) { out in
      guard target.count > 0 else { return }
      let (last, step) = (target[rank - 1], steps[rank - 1])
      var counter = [Int](repeating: 0, count: rank - 1)
      var source = pointer
      for row in 0..<target.count / last {
        let destination = out + row * last
        for j in 0..<last { destination[j] = source[j * step] }
        var axis = rank - 2
        while axis >= 0 {
          counter[axis] += 1
          source += steps[axis]
          if counter[axis] < target[axis] { break }
          source -= steps[axis] * counter[axis]
          counter[axis] = 0
          axis -= 1
        }
      }
    }
  }

  /// A new axis of size 1 before the given axis; `rank` appends one.
  public func addingAxis(at axis: Int) -> Tensor {
    let position = axis < 0 ? axis + rank + 1 : axis
    require(position >= 0 && position <= rank, "an axis cannot be inserted at \(axis) in \(shape)")
    return reshaped(to: shape.inserting(1, at: position))
  }
}
