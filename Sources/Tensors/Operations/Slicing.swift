extension Tensor {
  /// The part of this tensor whose index along an axis lies in a range.
  ///
  /// A part along the first axis shares this tensor's memory; along any other axis it is copied.
  @specialized(where Scalar == Float)
  public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
    let (outer, size, inner) = shape.split(at: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= size,
      "slice \(range) is outside axis \(axis) of shape \(shape)")
    if range.count == size { return self }
    let (source, target) = (shape, shape.replacing(axis: axis, with: range.count))
    let start = range.lowerBound * inner
    let width = range.count * inner
    let value: Tensor
    if outer == 1 {
      value = Tensor(shape: target, storage: storage, offset: offset + start, node: nil)
    } else {
      value = Tensor(target) { out in
        for o in 0..<outer {
          (out + o * width).update(from: pointer + o * size * inner + start, count: width)
        }
      }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.update(0) { memory, accumulate in
        if !accumulate { memory.update(repeating: 0, count: source.count) }
        for o in 0..<outer {
          Scalar.kernels.elementwise.affine(
            g.pointer + o * width, 1, 0, memory + o * size * inner + start, width, true)
        }
      }
    }
  }

  /// Part of a vector with another shape, which shares the vector's memory.
  @specialized(where Scalar == Float)
  package func part(_ range: Range<Int>, as target: Shape) -> Tensor {
    require(
      rank == 1 && range.lowerBound >= 0 && range.upperBound <= count
        && range.count == target.count,
      "part \(range) of a tensor of shape \(shape) cannot have shape \(target)")
    if range.count == count { return reshaped(to: target) }
    let all = count
    return Tensor(shape: target, storage: storage, offset: offset + range.lowerBound, node: nil)
      .recorded(from: [self]) { g, gradients in
        gradients.update(0) { memory, accumulate in
          if !accumulate { memory.update(repeating: 0, count: all) }
          Scalar.kernels.elementwise.affine(
            g.pointer, 1, 0, memory + range.lowerBound, range.count, true)
        }
      }
  }

  /// The elements at one index along an axis; the axis is removed.
  public func slice(at index: Int, axis: Int = 0) -> Tensor {
    let size = shape[axis]
    require(index >= 0 && index < size, "index \(index) is outside axis \(axis) of shape \(shape)")
    return slice(index..<index + 1, axis: axis).reshaped(to: shape.removing(axis: axis))
  }

  /// Splits this tensor along an axis into parts of these sizes, which must add up to the axis's
  /// size.
  public func split(sizes: [Int], axis: Int = -1) -> [Tensor] {
    // Subtract the sizes one by one, since their sum could overflow.
    var left = shape[axis]
    let fit = sizes.allSatisfy { size in
      guard size >= 0, size <= left else { return false }
      left -= size
      return true
    }
    require(
      fit && left == 0,
      "parts of \(sizes) do not add up to axis \(axis) of shape \(shape)")
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return slice(start..<start + size, axis: axis)
    }
  }

  /// The concatenation of tensors along an axis; all other axes must agree.
  public static func concatenated(_ parts: [Tensor], axis: Int = 0) -> Tensor {
    require(!parts.isEmpty, "no tensors to concatenate")
    let first = parts[0].shape
    let axis = first.resolve(axis)
    for part in parts {
      require(
        part.rank == first.rank
          && part.shape.replacing(axis: axis, with: 0) == first.replacing(axis: axis, with: 0),
        "shapes \(first) and \(part.shape) cannot be joined along axis \(axis)")
    }
    if parts.count == 1 { return parts[0] }
    let total = parts.reduce(0) { $0 + $1.shape[axis] }
    let target = first.replacing(axis: axis, with: total)
    let (outer, _, inner) = target.split(at: axis)
    let widths = parts.map { $0.shape[axis] * inner }
    let value = Tensor(target) { out in
      var start = 0
      for (part, width) in zip(parts, widths) {
        for o in 0..<outer {
          (out + o * total * inner + start).update(from: part.pointer + o * width, count: width)
        }
        start += width
      }
    }
    let sizes = parts.map { $0.shape[axis] }
    return value.recorded(from: parts) { g, gradients in
      for (i, part) in g.split(sizes: sizes, axis: axis).enumerated() {
        gradients.add(to: i, part)
      }
    }
  }

  /// Tensors of equal shape, stacked along a new axis.
  public static func stacked(_ parts: [Tensor], axis: Int = 0) -> Tensor {
    concatenated(parts.map { $0.addingAxis(at: axis) }, axis: axis)
  }

  /// The rows with these indices, in order: `result[i] = self[indices[i]]` along the first axis. An
  /// index may occur more than once; its gradients are added.
  public func gatheredRows(at indices: [Int]) -> Tensor {
    let (_, rows, width) = shape.split(at: 0)
    for index in indices {
      require(index >= 0 && index < rows, "row \(index) is outside the shape \(shape)")
    }
    let source = shape
    let value = Tensor(shape.replacing(axis: 0, with: indices.count)) { out in
      for (i, index) in indices.enumerated() {
        (out + i * width).update(from: pointer + index * width, count: width)
      }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.update(0) { memory, accumulate in
        if !accumulate { memory.update(repeating: 0, count: source.count) }
        addRows(of: g, to: memory, at: indices, width: width)
      }
    }
  }
}

/// Adds each row of `g` to the row of `memory` with its index. Where many rows are added to one,
/// the sum is accumulated in double.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addRows<Scalar: TensorScalar>(
  of g: Tensor<Scalar>, to memory: UnsafeMutablePointer<Scalar>, at indices: [Int], width: Int
) {
  var sum = [Double](repeating: 0, count: width)
  for (index, places) in Dictionary(grouping: indices.indices, by: { indices[$0] }) {
    let row = memory + index * width
    for j in 0..<width { sum[j] = Double(row[j]) }
    for place in places {
      let added = g.pointer + place * width
      for j in 0..<width { sum[j] += Double(added[j]) }
    }
    for j in 0..<width { row[j] = Scalar(sum[j]) }
  }
}
