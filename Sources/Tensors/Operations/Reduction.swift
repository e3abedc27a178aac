import CKernels

/// Reductions along axes. Sums and means accumulate in double: the error of a sum of floats is half
/// a unit in the last place at any length.
///
/// Over no elements a sum is 0 and `logSumExp` is −∞; means, variances and extrema are undefined
/// there and stop the program. A reduction over elements of which one is NaN is NaN.
extension Tensor {
  private func reduced(_ f: LGReduction, axis: Int, keepingAxis: Bool) -> Tensor {
    let (outer, size, inner) = shape.split(at: axis)
    let target = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
    return Tensor(target) {
      Scalar.kernels.reductions.reduce(
        f, LGAxis(outer: outer, n: size, inner: inner), false, pointer, $0)
    }
  }

  /// The sum over one axis, which is removed, or kept with size 1.
  @specialized(where Scalar == Float)
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let source = shape
    let kept = shape.replacing(axis: axis, with: 1)
    return reduced(.sum, axis: axis, keepingAxis: keepingAxis).recorded(from: [self]) {
      g, gradients in
      gradients.add(to: 0, g.reshaped(to: kept).broadcast(to: source))
    }
  }

  /// The sum over several distinct axes, which are removed.
  public func sum(axes: [Int]) -> Tensor {
    let resolved = axes.map(shape.resolve)
    require(
      Set(resolved).count == axes.count, "the sum over axes \(axes) of \(shape) names an axis twice"
    )
    return resolved.sorted(by: >).reduce(self) { $0.sum(axis: $1) }
  }

  /// The sum of all elements, of shape `[]`.
  public func sum() -> Tensor { reshaped(to: [count]).sum(axis: 0) }

  /// The mean over one axis, which is removed, or kept with size 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let size = shape[axis]
    require(size > 0, "the mean over no elements, axis \(axis) of \(shape)")
    let source = shape
    let kept = shape.replacing(axis: axis, with: 1)
    return reduced(.mean, axis: axis, keepingAxis: keepingAxis).recorded(from: [self]) {
      g, gradients in
      let share = g.reshaped(to: kept) * (1 / Scalar(size))
      gradients.add(to: 0, share.broadcast(to: source))
    }
  }

  /// The mean of all elements, of shape `[]`.
  public func mean() -> Tensor { reshaped(to: [count]).mean(axis: 0) }

  /// The mean squared deviation from the mean over one axis.
  public func variance(axis: Int, keepingAxis: Bool = false) -> Tensor {
    (self - mean(axis: axis, keepingAxis: true)).squared()
      .mean(axis: axis, keepingAxis: keepingAxis)
  }

  /// The largest elements along an axis; equal maxima share the gradient evenly.
  public func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    extremum(.maximum, axis: axis, keepingAxis: keepingAxis)
  }

  /// The smallest elements along an axis; equal minima share the gradient evenly.
  public func min(axis: Int, keepingAxis: Bool = false) -> Tensor {
    extremum(.minimum, axis: axis, keepingAxis: keepingAxis)
  }

  private func extremum(_ f: LGReduction, axis: Int, keepingAxis: Bool) -> Tensor {
    require(shape[axis] > 0, "an extremum over no elements, axis \(axis) of \(shape)")
    let x = detached
    let kept = reduced(f, axis: axis, keepingAxis: true)
    let value = keepingAxis ? kept : kept.reshaped(to: shape.removing(axis: axis))
    return value.recorded(from: [self]) { g, gradients in
      let mask = x .== kept
      let share = g.reshaped(to: kept.shape) / mask.sum(axis: axis, keepingAxis: true)
      gradients.add(to: 0, mask * share)
    }
  }

  /// The index of the first largest element along an axis, or of the first NaN if there is one. The
  /// results are in row-major order of the other axes.
  public func indexOfMaximum(axis: Int) -> [Int] {
    let (outer, size, inner) = shape.split(at: axis)
    require(size > 0, "the largest of no elements, axis \(axis) of \(shape)")
    var result = [Int64](repeating: 0, count: outer * inner)
    result.withUnsafeMutableBufferPointer {
      guard let memory = $0.baseAddress else { return }
      Scalar.kernels.reductions.argmax(
        LGAxis(outer: outer, n: size, inner: inner), pointer, memory)
    }
    return result.map(Int.init)
  }

  /// The cumulative sums along an axis: of all elements up to and including each one or, if
  /// `reversed`, of each one and all that follow.
  public func cumulativeSum(axis: Int, reversed: Bool = false) -> Tensor {
    let (outer, size, inner) = shape.split(at: axis)
    let value = Tensor(shape) {
      Scalar.kernels.reductions.cumulativeSum(
        LGAxis(outer: outer, n: size, inner: inner), reversed, pointer, $0)
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.cumulativeSum(axis: axis, reversed: !reversed))
    }
  }
}
