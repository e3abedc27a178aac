import CKernels

extension Tensor {
  /// `log Σ exp(x)` along an axis, without overflow.
  ///
  /// −∞ over no elements and where every element is −∞, with the gradient 0; else the gradient is the
  /// `softmax`, whose elements add up to 1 at any size of the elements.
  public func logSumExp(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let target = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
    if shape[axis] == 0 { return .full(-.infinity, target) }
    let parts = exponentials(axis: axis)
    let value = (parts.sum.log() + parts.largest).reshaped(to: target)
    return value.recorded(from: [self]) { g, gradients in
      let isNone = parts.largest.isEqual(to: Tensor(-.infinity))
      let share = isNone.select(.zeros([]), g.reshaped(to: parts.sum.shape) / parts.sum)
      gradients.add(to: 0, parts.exponentials * share)
    }
  }

  /// `exp(x)/Σ exp(x)` along an axis: weights that add up to 1.
  ///
  /// Elements of ∞ share the weight evenly, and so do all elements where all are −∞.
  public func softmax(axis: Int) -> Tensor {
    if shape[axis] == 0 { return self }
    let parts = exponentials(axis: axis)
    let value = parts.exponentials / parts.sum
    return value.recorded(from: [self]) { g, gradients in
      let mean = (g * value).sum(axis: axis, keepingAxis: true)
      gradients.add(to: 0, value * (g - mean))
    }
  }

  /// The largest elements along an axis, `exp(x − largest)`, which is 1 for the largest themselves,
  /// infinite ones too, and its sum; nothing is recorded.
  ///
  /// Weights are to be made of these: `exp(x − logSumExp(x))` is off by a factor where elements are so
  /// large that the logarithm of their number is lost beside them.
  private func exponentials(
    axis: Int
  ) -> (largest: Tensor, exponentials: Tensor, sum: Tensor) {
    let x = detached
    let largest = x.max(axis: axis, keepingAxis: true)
    let exponentials = x.isEqual(to: largest).select(.ones([]), (x - largest).exp())
    return (largest, exponentials, exponentials.sum(axis: axis, keepingAxis: true))
  }
}
