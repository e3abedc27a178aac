import CKernels

extension Tensor {
  /// `log Σ exp(x)` along an axis, without overflow.
  ///
  /// The result is −∞ where there are no elements or every element is −∞, with gradient 0.
  /// Otherwise the gradient is the `softmax`, whose elements add up to 1 however large the elements
  /// are.
  public func logSumExp(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let target = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
    if shape[axis] == 0 { return .full(-.infinity, target) }
    let parts = exponentials(axis: axis)
    let value = (parts.sum.log() + parts.largest).reshaped(to: target)
    return value.recorded(from: [self]) { g, gradients in
      let isNone = parts.largest .== Tensor(-.infinity)
      let share = isNone.select(.zeros([]), g.reshaped(to: parts.sum.shape) / parts.sum)
      gradients.add(to: 0, parts.exponentials * share)
    }
  }

  /// `exp(x)/Σ exp(x)` along an axis: weights that add up to 1.
  ///
  /// Where elements are ∞, they share the weight evenly; where all are −∞, all share it evenly.
  public func softmax(axis: Int) -> Tensor {
    if shape[axis] == 0 { return self }
    let parts = exponentials(axis: axis)
    let value = parts.exponentials / parts.sum
    return value.recorded(from: [self]) { g, gradients in
      let mean = (g * value).sum(axis: axis, keepingAxis: true)
      gradients.add(to: 0, value * (g - mean))
    }
  }

  /// The largest element `m` along an axis, `exp(x − m)`, and the sum of the latter; not recorded.
  /// The exponential of the largest element is 1, even where it is infinite.
  ///
  /// Weights are computed from these numbers. The alternative `exp(x − logSumExp(x))` is wrong by a
  /// factor where the elements are so large that the sum's logarithm is lost in rounding.
  private func exponentials(
    axis: Int
  ) -> (largest: Tensor, exponentials: Tensor, sum: Tensor) {
    let x = detached
    let largest = x.max(axis: axis, keepingAxis: true)
    let exponentials = (x .== largest).select(.ones([]), (x - largest).exp())
    return (largest, exponentials, exponentials.sum(axis: axis, keepingAxis: true))
  }
}
