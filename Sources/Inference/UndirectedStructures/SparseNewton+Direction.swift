import CKernels
import Tensors

/// The memory for computing a direction.
struct DirectionWorkspace {
  /// `D W`, size×size.
  let product: Storage<Double>
  /// A column, and then five values for each entry.
  let vectors: Storage<Double>
  /// Memory for two directions.
  let before: Storage<Double>
  let target: Storage<Double>

  init(size: Int, entries: Int) {
    product = Storage(count: size * size)
    vectors = Storage(count: size + 5 * entries)
    before = Storage(count: entries)
    target = Storage(count: entries)
  }
}

extension SparseNewton {
  /// Computes a direction that approximately minimizes the quadratic model of the objective.
  ///
  /// On a given pattern the model is a quadratic function, which is minimized by conjugate
  /// gradients. With a penalty, coordinate descent determines which elements are zero. It is
  /// sufficient if the correlations are small. If it converges slowly, it is accelerated by
  /// conjugate gradients on the nonzero elements.
  /// - Parameter isDecoupled: whether `P` is diagonal, so that one sweep is exact.
  func findDirection(isDecoupled: Bool) {
    d.pointer.update(repeating: 0, count: entryCount)
    if isHard, findExactDirection() { return }
    // Accurate directions improve the convergence of Newton's method only near the minimum.
    let accuracy = lastDecrease > 0.01 ? 0.3 : 0.1
    if patternIsGiven {
      let isSolved = conjugate(
        tolerance: accuracy / 10 * min(1, lastDecrease.squareRoot()), most: entryCount + size)
      // Rounding prevents conjugate gradients from reaching the minimum of an ill-conditioned
      // model.
      if !isSolved { isHard = findExactDirection() }
      return
    }
    workspace.product.pointer.update(repeating: 0, count: size * size)
    var first = 0.0
    for round in 0..<10 {
      for sweep in 0..<10 {
        let moved = self.sweep()
        if round == 0, sweep == 0 { first = moved }
        if isDecoupled || moved <= accuracy * first { return }
      }
      // The set of zero elements is not determined yet.
      if lastDecrease > 0.1 { return }
      accelerate(tolerance: accuracy / 10)
    }
  }

  func sweep() -> Double {
    lg_sparse_newton_sweep(
      problem, d.pointer, workspace.product.pointer, workspace.vectors.pointer)
  }

  /// Minimizes the model by conjugate gradients; returns whether the residual reached the
  /// tolerance.
  @discardableResult
  private func conjugate(tolerance: Double, most: Int) -> Bool {
    lg_sparse_newton_conjugate(
      problem, tolerance, most, d.pointer, workspace.product.pointer, workspace.vectors.pointer)
  }

  /// `W D W` on the pattern, as computed by the last call of `model()`.
  var curvature: UnsafeMutablePointer<Double> { workspace.vectors.pointer + size }

  /// The value of the model at `d`. The matrices `D W` and `W D W` are stored.
  @discardableResult
  func model() -> Double {
    lg_sparse_newton_curvature(
      problem, d.pointer, workspace.product.pointer, workspace.vectors.pointer, curvature)
    return lg_sparse_newton_change(problem, d.pointer, curvature)
  }

  /// Moves towards the minimum over the nonzero elements, as far as the model decreases.
  private func accelerate(tolerance: Double) {
    let (before, target) = (workspace.before.pointer, workspace.target.pointer)
    before.update(from: d.pointer, count: entryCount)
    let best = model()
    conjugate(tolerance: tolerance, most: 200)
    target.update(from: d.pointer, count: entryCount)
    var part = 1.0
    for _ in 0..<6 {
      lg_sparse_newton_blend(problem, before, target, part, d.pointer)
      if model() < best { return }
      part /= 2
    }
    d.pointer.update(from: before, count: entryCount)
    model()
  }
}
