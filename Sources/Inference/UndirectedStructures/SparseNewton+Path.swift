import Foundation
import Tensors

extension SparseNewton {
  /// Approaches the minimum along a path of decreasing penalties.
  ///
  /// If variables are collinear and the penalty `α` is small, the precision is proportional to
  /// `1/α`. Newton's method from independent variables then takes many steps, because the quadratic
  /// model of `−log|P|` holds only for changes that are small compared with `P`. On the path, each
  /// penalty is half of the previous one, or a smaller part if more than 14 penalties would be
  /// needed. About four steps lead from one minimum to the next. The minimum at the last penalty is
  /// left to the caller. Nothing is done for a penalty so small that the second derivatives may not
  /// be factored (`leastPenalty`), because the steps from minimum to minimum are then inaccurate.
  /// - Throws: `Failure.start` if independent variables have no finite objective.
  func followPath(steps: inout Int, limit: Int) throws {
    let target = penalty
    defer { penalty = target }
    let largestScale = (0..<size).reduce(0) { max($0, scales.pointer[$1]) }
    let unit = 1 / (largestScale * largestScale)
    // Only correlations above 0.3 have edges, so that the first minimum is near to independence.
    let first = 0.3 * unit
    guard first > 2 * target, target >= 4 / solvableInflation * unit else { return }
    penalty = first
    let ratio = max(2, pow(penalty / target, 1.0 / 14))
    try begin(at: nil)
    while true {
      _ = descend(to: 0, steps: &steps, limit: limit, decrease: 0.005)
      let isLast = penalty <= ratio * target || steps == limit || isSingular
      penalty = isLast ? target : penalty / ratio
      // The objective depends on the penalty.
      candidate.pointer.update(from: p.pointer, count: size * size)
      guard measureCandidate() == nil else { return }
      accept()
      lastDecrease = .infinity
      if isLast { return }
    }
  }
}
