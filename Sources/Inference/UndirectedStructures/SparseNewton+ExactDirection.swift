import CKernels
import Foundation
import Tensors

extension SparseNewton {
  /// Computes the direction that minimizes the model, by factorizations of its second derivatives.
  /// Returns `false` if this would take too much work.
  ///
  /// On a given pattern the model is a quadratic function, whose minimum is computed by one
  /// factorization. With a penalty, the nonzero elements and their signs are determined by an
  /// active-set method. The quadratic function of the nonzero elements is minimized. The step to
  /// its minimum ends where the first element changes its sign; this element becomes zero. At a
  /// minimum, a sweep of coordinate descent moves the elements that are not optimal at zero. Each
  /// step lowers the model, so that no active set occurs twice. The number of steps of coordinate
  /// descent and conjugate gradients increases with the condition number of the model, which is the
  /// square of that of `P`. The number of steps of this method does not.
  /// - Complexity: `O(E³)` for each active set. There are about as many sets as elements that
  ///   become zero or nonzero.
  func findExactDirection() -> Bool {
    guard entryCount - size <= Self.mostExactEntries || !patternIsGiven else { return false }
    d.pointer.update(repeating: 0, count: entryCount)
    workspace.product.pointer.update(repeating: 0, count: size * size)
    if !patternIsGiven { for _ in 0..<10 { _ = sweep() } }
    var active = ActiveEntries(room: entryCount)
    var (work, sets, last) = (0.0, 0, Double.infinity)
    while true {
      active.collect(from: self)
      guard active.count <= Self.mostExactEntries, solve(active) else { return sets > 0 }
      let isCut = move(active)
      if patternIsGiven { return true }
      // The factorizations take at most some seconds. A direction found before the end also lowers
      // the model.
      (work, sets) = (work + pow(Double(active.count), 3) / 3, sets + 1)
      if work > 3e10 || sets > 50 + 4 * entryCount { return true }
      if isCut { continue }
      // A minimum on the active set was found. This computes the gain of the elements that are not
      // optimal at zero.
      let value = model()
      if last - value <= 1e-3 * abs(value) { return true }
      last = value
      _ = sweep()
    }
  }

  /// The largest number of entries whose second derivatives are factored, which take 32 MB.
  private static var mostExactEntries: Int { 2000 }

  /// Computes the step to the minimum over the active entries; returns `false` if the factorization
  /// fails because of rounding.
  private func solve(_ active: ActiveEntries) -> Bool {
    let (n, h, step) = (active.count, active.hessian.pointer, active.step.pointer)
    lg_sparse_newton_hessian(problem, n, active.rows.pointer, active.columns.pointer, h)
    // The second derivatives are scaled to a unit diagonal, since the elements of P may have any
    // magnitudes.
    let scale = (0..<n).map { 1 / h[$0 * n + $0].squareRoot() }
    for a in 0..<n {
      for b in 0...a { h[a * n + b] *= scale[a] * scale[b] }
    }
    if linearAlgebra.factor(h, size: n) != nil { return false }
    for a in 0..<n { step[a] = -scale[a] * active.slopes.pointer[a] }
    linearAlgebra.solve(factor: h, size: n, step)
    for a in 0..<n { step[a] *= scale[a] }
    return (0..<n).allSatisfy { step[$0].isFinite }
  }

  /// Moves `d` by the step; returns whether elements that would change their signs were set to zero
  /// instead.
  ///
  /// Two alternatives are compared, and the one with the lower value of the model is chosen: all
  /// such elements are set to zero at the end of the step, or the step ends where the first one
  /// becomes zero. The first alternative needs fewer active sets, and the second one always lowers
  /// the model.
  private func move(_ active: ActiveEntries) -> Bool {
    var (length, first) = (1.0, -1)
    for a in 0..<active.count where active.signs.pointer[a] != 0 {
      let (element, change) = (active.element(a, self), active.step.pointer[a])
      if (element + change) * active.signs.pointer[a] > 0 { continue }
      let reached = -element / change
      if reached < length || first < 0 { (length, first) = (min(reached, 1), a) }
    }
    let before = workspace.before.pointer
    before.update(from: d.pointer, count: entryCount)
    step(active, length: length, first: first)
    guard first >= 0 else { return false }
    let target = workspace.target.pointer
    target.update(from: d.pointer, count: entryCount)
    let least = model()
    d.pointer.update(from: before, count: entryCount)
    step(active, length: 1, first: nil)
    if !(model() < least) { d.pointer.update(from: target, count: entryCount) }
    return true
  }

  /// Adds a part of the step. The element `first`, or all elements that change their signs, become
  /// zero.
  private func step(_ active: ActiveEntries, length: Double, first: Int?) {
    for a in 0..<active.count {
      let (entry, sign) = (Int(active.entries.pointer[a]), active.signs.pointer[a])
      let before = active.element(a, self)
      d.pointer[entry] += length * active.step.pointer[a]
      let isZero = first.map { $0 == a } ?? (sign != 0 && active.element(a, self) * sign <= 0)
      if isZero, before != 0 { d.pointer[entry] = -p.pointer[active.place(a, size)] }
    }
  }
}

/// The entries of a direction at which `P + D` is nonzero, or all entries of a given pattern.
private struct ActiveEntries {
  private(set) var count = 0
  /// The index of each active entry among all entries, and its row and column in the matrix.
  let entries: Storage<Int32>
  let rows: Storage<Int32>
  let columns: Storage<Int32>
  /// The sign of `P + D` for an entry with a penalty, otherwise 0.
  let signs: Storage<Double>
  /// The gradient of the model.
  let slopes: Storage<Double>
  let step: Storage<Double>
  private(set) var hessian = Storage<Double>(count: 0)

  init(room: Int) {
    entries = Storage(count: room)
    rows = Storage(count: room)
    columns = Storage(count: room)
    signs = Storage(count: room)
    slopes = Storage(count: room)
    step = Storage(count: room)
  }

  func place(_ a: Int, _ size: Int) -> Int {
    Int(rows.pointer[a]) * size + Int(columns.pointer[a])
  }

  /// The element of `P + D`.
  func element(_ a: Int, _ newton: SparseNewton) -> Double {
    newton.p.pointer[place(a, newton.size)] + newton.d.pointer[Int(entries.pointer[a])]
  }

  /// Collects the entries that are currently active, and the gradient of the model.
  mutating func collect(from newton: SparseNewton) {
    newton.model()
    let (n, curvature) = (newton.size, newton.curvature)
    count = 0
    for i in 0..<n {
      for entry in newton.starts.pointer[i]..<newton.starts.pointer[i + 1] {
        let j = Int(newton.columns.pointer[entry])
        let place = i * n + j
        let element = newton.p.pointer[place] + newton.d.pointer[entry]
        if !newton.patternIsGiven, i != j, element == 0 { continue }
        let sign = newton.patternIsGiven || i == j ? 0 : element > 0 ? 1.0 : -1
        let smooth = newton.s.pointer[place] - newton.w.pointer[place] + curvature[entry]
        let slope = smooth + sign * newton.penalty(i, j)
        (entries.pointer[count], rows.pointer[count]) = (Int32(entry), Int32(i))
        (columns.pointer[count], signs.pointer[count]) = (Int32(j), sign)
        slopes.pointer[count] = i == j ? slope : 2 * slope
        count += 1
      }
    }
    if hessian.count < count * count { hessian = Storage(count: count * count) }
  }
}
