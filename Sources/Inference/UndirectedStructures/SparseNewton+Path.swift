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
  /// be factored (`leastPenalty`), because the steps from minimum to minimum are then inaccurate. If
  /// the path ends at a higher objective than that of the current point, after the last step that is
  /// allowed, the current point is kept.
  /// - Throws: `Failure.start` if independent variables have no finite objective.
  func followPath(steps: inout Int, limit: Int) throws {
    let target = penalty
    defer { penalty = target }
    let largestScale = (0..<size).reduce(0) { max($0, scales.pointer[$1]) }
    let unit = 1 / (largestScale * largestScale)
    // The penalty is large for the variables with the smallest variance.
    let first = 0.3 * unit
    guard steps < limit, first > 2 * target, target >= 4 / solvableInflation * unit else { return }
    let (known, knownObjective) = (Storage<Double>(count: size * size), objective)
    known.pointer.update(from: p.pointer, count: size * size)
    penalty = first
    let ratio = max(2, pow(penalty / target, 1.0 / 14))
    try begin(at: nil)
    while true {
      _ = descend(to: 0, steps: &steps, limit: limit, decrease: 0.005)
      let isLast = penalty <= ratio * target || steps == limit || isSingular
      penalty = isLast ? target : penalty / ratio
      // The objective depends on the penalty.
      move(to: p)
      if isLast { break }
    }
    if objective > knownObjective { move(to: known) }
  }

  /// Moves to a positive definite matrix, and computes the objective with the current penalty.
  private func move(to matrix: Storage<Double>) {
    candidate.pointer.update(from: matrix.pointer, count: size * size)
    if measureCandidate() == nil { accept() }
    lastDecrease = .infinity
  }
}
