extension Tensor {
  /// The elements at these indices of the last axis, in the order given: `[…, n]` to `[…, places]`.
  /// An index may occur more than once. The adjoint adds each gradient to the element at its index.
  public func gathered(at places: [Int]) -> Tensor {
    let n = lastAxis(for: places)
    let rows = shape.dropLast().count
    let value = Tensor(shape.replacing(axis: -1, with: places.count)) { out in
      gatherRows(pointer, out, rows: rows, n: n, places)
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.scatteringValues(to: places, count: n))
    }
  }

  /// The adjoint of `gathered(at:)`: adds each element to the element at its index in a last axis
  /// of `count` zeros, `[…, places]` to `[…, count]`. Its own adjoint is `gathered(at:)`.
  public func scatterAdded(to places: [Int], count: Int) -> Tensor {
    require(
      count >= 0, "elements of shape \(shape) do not fit an axis of \(count), which is negative")
    require(
      rank >= 1 && shape[-1] == places.count && places.allSatisfy { (0..<count).contains($0) },
      "elements of shape \(shape) do not fit \(places.count) places of an axis of \(count)")
    return scatteringValues(to: places, count: count).recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.detached.gathered(at: places))
    }
  }

  private func lastAxis(for places: [Int]) -> Int {
    let n = rank >= 1 ? shape[-1] : 0
    require(
      rank >= 1 && places.allSatisfy { (0..<n).contains($0) },
      "an index lies outside the last axis of shape \(shape), which has \(n) elements")
    return n
  }

  private func scatteringValues(to places: [Int], count: Int) -> Tensor {
    let rows = shape.dropLast().count
    return Tensor(shape.replacing(axis: -1, with: count)) { out in
      scatterRows(pointer, out, rows: rows, n: count, places)
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func gatherRows<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, _ out: UnsafeMutablePointer<Scalar>, rows: Int, n: Int,
  _ places: [Int]
) {
  for row in 0..<rows {
    let (from, to) = (source + row * n, out + row * places.count)
    for (i, place) in places.enumerated() { to[i] = from[place] }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scatterRows<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, _ out: UnsafeMutablePointer<Scalar>, rows: Int, n: Int,
  _ places: [Int]
) {
  // Many elements may be added to one index, so sums are accumulated in double.
  var sums = [Double](repeating: 0, count: n)
  for row in 0..<rows {
    let (from, to) = (source + row * places.count, out + row * n)
    for place in 0..<n { sums[place] = 0 }
    for (i, place) in places.enumerated() { sums[place] += Double(from[i]) }
    for place in 0..<n { to[place] = Scalar(sums[place]) }
  }
}
