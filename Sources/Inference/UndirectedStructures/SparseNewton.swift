import CKernels
import Foundation
import LatentGraphs
import Tensors

/// Newton's method for minimizing `−log|P| + tr(S P)` with a penalty on the elements of `P`, or on
/// a given pattern.
///
/// Each step minimizes the sum of the second-order expansion of the smooth part and the penalty,
/// over a direction `D` on the elements that are nonzero or not optimal at zero. The step is halved
/// until the objective decreases and `P` is positive definite (Hsieh, Sustik, Dhillon and
/// Ravikumar, 2014). The method stops when the gap to a feasible point of the dual problem is
/// small. The dual problem maximizes `log|V| + k` over the `V` whose differences from `S` are
/// within the penalty; the feasible point is computed from `W = P⁻¹`.
final class SparseNewton {
  /// The constraint that makes the precision sparse.
  enum Constraint {
    /// `α Σ |P_ij|` is added to the objective, with the sum over the pairs `i ≠ j` in both orders.
    case penalty(Double)
    /// `P` is zero except on the diagonal and on these edges, which are sorted.
    case pattern([UndirectedGraph.Edge])
  }

  /// The minimum and information about the minimization.
  struct Solution {
    let precision: Storage<Double>
    let covariance: Storage<Double>
    let objective: Double
    /// The duality gap. It exceeds the tolerance if no step lowers the objective further, or after
    /// the maximum number of steps.
    let gap: Double
    let steps: Int
  }

  /// The reason why there is no solution.
  enum Failure: Error {
    /// A combination of these variables is constant up to rounding.
    case covariance(variables: [Int])
    /// A combination of these variables has a negative variance, by more than rounding.
    case indefinite(variables: [Int])
    /// A combination of these variables is constant up to rounding, and the penalty is too small.
    /// `least` is the smallest sufficient penalty.
    case penalty(variables: [Int], least: Double)
    /// The initial precision is not positive definite; its factorization fails at this pivot.
    case start(pivot: Int)
  }

  let size: Int
  /// The relative rounding error of the covariance's elements.
  let rounding: Double
  /// The penalty, 0 for a given pattern. While a path is followed, it is larger than that of the
  /// problem.
  var penalty: Double
  /// The penalty of the element `(i, j)` is `penalty·scales[i]·scales[j]`.
  let scales: Storage<Double>
  let patternIsGiven: Bool
  let linearAlgebra = Double.kernels.linearAlgebra

  // Symmetric matrices, size×size: S, P, P⁻¹, and two temporary ones.
  let s: Storage<Double>
  var p: Storage<Double>
  var w: Storage<Double>
  var candidate: Storage<Double>
  var factor: Storage<Double>

  // The upper triangle of the pattern, the direction on it, and the memory for computing
  // directions.
  let starts: Storage<Int>
  let columns: Storage<Int32>
  var entryCount = 0
  let d: Storage<Double>
  let workspace: DirectionWorkspace

  /// The objective at `p`.
  var objective = Double.infinity
  /// The objective at the candidate.
  private var candidateObjective = Double.infinity
  /// The decrease of the objective that the model predicted for the last step, for each variable.
  var lastDecrease = Double.infinity
  /// Whether directions are computed exactly, because iterative ones did not converge.
  var isHard = false

  /// The problem for an empirical covariance (both triangles) of this size with variances below 2,
  /// whose elements have this relative rounding error.
  init(
    covariance: Storage<Double>, rounding: Double, scales: Storage<Double>, size n: Int,
    constraint: Constraint
  ) {
    size = n
    self.rounding = rounding
    s = covariance
    self.scales = scales
    p = Storage(count: n * n)
    w = Storage(count: n * n)
    candidate = Storage(count: n * n)
    factor = Storage(count: n * n)
    starts = Storage(count: n + 1)
    let room: Int
    switch constraint {
    case .penalty(let penalty):
      (self.penalty, patternIsGiven) = (penalty, false)
      room = n * (n + 1) / 2
    case .pattern(let edges):
      (penalty, patternIsGiven) = (0, true)
      room = n + edges.count
    }
    columns = Storage(count: room)
    d = Storage(count: room)
    workspace = DirectionWorkspace(size: n, entries: room)
    if case .pattern(let edges) = constraint { layOut(edges) }
  }

  private func layOut(_ edges: [UndirectedGraph.Edge]) {
    var next = 0
    for i in 0..<size {
      starts.pointer[i] = entryCount
      columns.pointer[entryCount] = Int32(i)
      entryCount += 1
      while next < edges.count, edges[next].first == i {
        columns.pointer[entryCount] = Int32(edges[next].second)
        entryCount += 1
        next += 1
      }
    }
    starts.pointer[size] = entryCount
  }

  /// Minimizes the objective to this tolerance.
  /// - Throws: `Failure`.
  func minimized(
    from start: Storage<Double>?, maximumSteps: Int, tolerance: Double
  ) throws -> Solution {
    if !patternIsGiven || isUnconstrained, let variables = collinearity.indefinite() {
      throw Failure.indefinite(variables: variables)
    }
    if isUnconstrained { return try inverse() }
    try begin(at: start)
    let isFromDiagonal = start == nil
    var steps = 0
    // Most problems take fewer steps than this.
    let easy = min(Self.patience, maximumSteps)
    if let gap = descend(
      to: tolerance, steps: &steps, limit: easy, isDecoupled: isFromDiagonal)
    {
      return try solution(gap: gap, tolerance: tolerance, steps: steps)
    }
    isHard = true
    if !patternIsGiven { try followPath(steps: &steps, limit: maximumSteps) }
    let gap = descend(to: tolerance, steps: &steps, limit: maximumSteps)
    return try solution(
      gap: gap ?? dualityGap(), tolerance: tolerance, steps: steps)
  }

  /// Takes steps until the duality gap reaches the tolerance, or no step lowers the objective
  /// further; returns the gap. Returns `nil` after `limit` steps, or, for a path, when the model
  /// predicts a decrease of less than `decrease` for each variable.
  func descend(
    to tolerance: Double, steps: inout Int, limit: Int, isDecoupled: Bool = false,
    decrease: Double = 0
  ) -> Double? {
    var isFirst = isDecoupled
    while true {
      if !patternIsGiven {
        entryCount = lg_sparse_newton_free(problem, starts.pointer, columns.pointer)
      }
      // The gap takes a factorization, which is avoided far from the minimum.
      if steps == 0 || lastDecrease < 0.05 || steps == limit {
        let gap = dualityGap()
        if gap <= tolerance { return gap }
      }
      if steps == limit || lastDecrease < decrease { return nil }
      findDirection(isDecoupled: isFirst)
      isFirst = false
      if isHard {
        let gap = dualityGapOfModel()
        if gap <= tolerance || isSingular { return gap }
      }
      if !takeStep() {
        // One more attempt with an exact direction.
        if isHard || !findExactDirection() || !takeStep() {
          return min(dualityGap(), dualityGapOfModel())
        }
        isHard = true
      }
      steps += 1
    }
  }

  /// The number of steps after which directions are computed exactly.
  private static var patience: Int { 20 }

  private func solution(gap: Double, tolerance: Double, steps: Int) throws -> Solution {
    if let variables = collinear() ?? (gap > tolerance ? collinearOfDivergence() : nil) {
      throw penalty > 0
        ? Failure.penalty(
          variables: variables, least: leastPenalty(of: variables, tolerance: tolerance))
        : .covariance(variables: variables)
    }
    return Solution(precision: p, covariance: w, objective: objective, gap: gap, steps: steps)
  }
}

extension SparseNewton {
  /// Whether every element of the precision may be nonzero and has no penalty, so that the minimum
  /// is the inverse of the covariance.
  private var isUnconstrained: Bool {
    size == 1 || (patternIsGiven ? entryCount == size * (size + 1) / 2 : penalty == 0)
  }

  private func inverse() throws -> Solution {
    if size == 1 {  // exact; isolated variables are common
      p.pointer[0] = 1 / s.pointer[0]
      return Solution(
        precision: p, covariance: s, objective: log(s.pointer[0]) + 1, gap: 0, steps: 0)
    }
    p.pointer.update(from: s.pointer, count: size * size)
    let pivot = linearAlgebra.factor(p.pointer, size: size)
    if let variables = collinearity.variables(factor: p, failing: pivot) {
      throw Failure.covariance(variables: variables)
    }
    objective = logDeterminant(ofFactor: p) + Double(size)
    linearAlgebra.invert(factor: p.pointer, size: size)
    lg_sparse_newton_mirror(size, p.pointer)
    return Solution(precision: p, covariance: s, objective: objective, gap: 0, steps: 0)
  }

  func begin(at start: Storage<Double>?) throws {
    let n = size
    candidate.pointer.update(repeating: 0, count: n * n)
    for i in 0..<n { candidate.pointer[i * n + i] = 1 / s.pointer[i * n + i] }
    if let start {
      if patternIsGiven {
        d.pointer.update(repeating: 0, count: entryCount)
        // Only the elements on the pattern are used.
        lg_sparse_newton_step(problem(p: start), 0, d.pointer, candidate.pointer)
        clearOffPattern(candidate)
      } else {
        candidate.pointer.update(from: start.pointer, count: n * n)
      }
    }
    if let pivot = measureCandidate() { throw Failure.start(pivot: pivot) }
    accept()
  }

  private func clearOffPattern(_ matrix: Storage<Double>) {
    for i in 0..<size {
      var entry = starts.pointer[i] + 1
      for j in i + 1..<max(i + 1, size) {
        if entry < starts.pointer[i + 1], Int(columns.pointer[entry]) == j {
          entry += 1
        } else {
          matrix.pointer[i * size + j] = 0
          matrix.pointer[j * size + i] = 0
        }
      }
    }
  }

  // MARK: - Measures

  /// Factors the candidate and computes its objective; returns the first pivot that is not
  /// positive, if any.
  func measureCandidate() -> Int? {
    factor.pointer.update(from: candidate.pointer, count: size * size)
    if let pivot = linearAlgebra.factor(factor.pointer, size: size) { return pivot }
    candidateObjective =
      lg_sparse_newton_terms(problem(p: candidate))
      - logDeterminant(ofFactor: factor)
    return candidateObjective.isFinite ? nil : size - 1
  }

  private func logDeterminant(ofFactor factor: Storage<Double>) -> Double {
    2 * (0..<size).reduce(0) { $0 + log(factor.pointer[$1 * size + $1]) }
  }

  /// The objective minus that of the dual point nearest to `W`; infinite if this point is not
  /// positive definite.
  private func dualityGap() -> Double { dualityGap(nearestTo: w) }

  /// The same for the dual point nearest to `W − W D W`, the minimum of the model.
  ///
  /// The rounding error of `P` is `ε` times its largest elements, and `W = P⁻¹` amplifies it by the
  /// condition number of `P`. If the penalty is smaller than this error, the dual point nearest to
  /// `W` is far from the best one, however near `P` is to the minimum. The step to the minimum of
  /// the model compensates for the rounding error of `P`.
  private func dualityGapOfModel() -> Double {
    model()
    linearAlgebra.product(
      LGProductShape(
        transpose_a: false, transpose_b: false, accumulate: false, m: size, n: size, k: size,
        lda: size, ldb: size, ldc: size),
      w.pointer, workspace.product.pointer, factor.pointer)
    for i in 0..<size {
      for j in 0...i {
        let (a, b) = (i * size + j, j * size + i)
        let element = w.pointer[a] - (factor.pointer[a] + factor.pointer[b]) / 2
        (factor.pointer[a], factor.pointer[b]) = (element, element)
      }
    }
    return dualityGap(nearestTo: factor)
  }

  private func dualityGap(nearestTo w: Storage<Double>) -> Double {
    let dual = candidate
    if patternIsGiven {
      lg_sparse_newton_pattern_dual(problem(w: w), dual.pointer)
    } else {
      lg_sparse_newton_dual(problem(w: w), dual.pointer)
    }
    guard linearAlgebra.factor(dual.pointer, size: size) == nil else { return .infinity }
    return max(0, objective - logDeterminant(ofFactor: dual) - Double(size))
  }

  /// The problem at the current point, for the kernels.
  var problem: LGNewtonProblem { problem() }

  /// The problem, or the same one with another precision or another covariance.
  private func problem(
    p: Storage<Double>? = nil, w: Storage<Double>? = nil
  ) -> LGNewtonProblem {
    LGNewtonProblem(
      n: size, starts: starts.pointer, columns: columns.pointer, s: s.pointer,
      w: (w ?? self.w).pointer, p: (p ?? self.p).pointer, alpha: penalty, scales: scales.pointer)
  }

  /// The penalty of an off-diagonal element, limited as in the kernels.
  func penalty(_ i: Int, _ j: Int) -> Double {
    min(penalty * scales.pointer[i] * scales.pointer[j], 4)
  }

  // MARK: - The step

  /// Moves along the direction until the objective decreases by a fraction of the decrease that the
  /// model predicts (Armijo); returns `false` if it does not decrease.
  private func takeStep() -> Bool {
    let decrease = -lg_sparse_newton_change(problem, d.pointer, nil)
    // The possible rounding error of a difference of objectives. Within this error, an exact
    // direction still improves the covariance, and with it the duality gap.
    let rounding = 16 * Double.ulpOfOne * (abs(objective) + Double(size))
    guard decrease > (isHard ? -rounding : 0) else { return false }
    var length = 1.0
    for _ in 0..<50 {
      lg_sparse_newton_step(problem, length, d.pointer, candidate.pointer)
      if measureCandidate() == nil,
        candidateObjective <= objective - 1e-3 * length * decrease + rounding
      {
        accept()
        lastDecrease = max(0, decrease) / Double(size)
        return true
      }
      length /= 2
    }
    return false
  }

  /// Replaces the current point by the candidate, whose factor is known.
  func accept() {
    swap(&p, &candidate)
    swap(&w, &factor)
    linearAlgebra.invert(factor: w.pointer, size: size)
    lg_sparse_newton_mirror(size, w.pointer)
    objective = candidateObjective
  }
}
