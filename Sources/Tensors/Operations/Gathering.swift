extension Tensor {
  /// The elements at these places of the last axis, `[…, n]` to `[…, places]`, in their order and as
  /// often as they are named. Adjoint: each gradient is added at its place.
  public func gathered(at places: [Int]) -> Tensor {
    let n = lastAxis(for: places)
    let rows = shape.droppingLast().count
    let value = Tensor(shape.replacing(axis: -1, with: places.count)) { out in
      gatherRows(pointer, out, rows: rows, n: n, places)
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.scatteringValues(to: places, count: n))
    }
  }

  /// A last axis of `count` zeros to which the elements are added at these places: `[…, places]` to
  /// `[…, count]`. The adjoint of `gathered(at:)`, and the other way round.
  public func scattered(to places: [Int], count: Int) -> Tensor {
    require(count >= 0, "elements of shape \(shape) do not fit an axis of \(count)")
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
      "places of the last axis of shape \(shape) that it does not have")
    return n
  }

  private func scatteringValues(to places: [Int], count: Int) -> Tensor {
    let rows = shape.droppingLast().count
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
  // Many elements may go to one place: they are added in double.
  var sums = [Double](repeating: 0, count: n)
  for row in 0..<rows {
    let (from, to) = (source + row * places.count, out + row * n)
    for place in 0..<n { sums[place] = 0 }
    for (i, place) in places.enumerated() { sums[place] += Double(from[i]) }
    for place in 0..<n { to[place] = Scalar(sums[place]) }
  }
}
