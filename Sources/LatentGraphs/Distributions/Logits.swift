import Tensors

extension Tensor {
  /// These logits `[batch…, k]` less the largest of each vector, which gives the same probabilities
  /// without the rounding error of a large common summand. The program stops if a vector has no
  /// probabilities, because an element is ∞ or all are −∞. NaN is accepted.
  func centeredLogits(of law: String) -> Tensor {
    let largest = detached.max(axis: -1, keepingAxis: true)
    if let row = largest.scalars.firstIndex(where: { $0.isInfinite }) {
      stop(
        "the largest logit of a \(law) is \(largest.scalars[row]) in row \(row); it must be finite")
    }
    return self - largest
  }
}
