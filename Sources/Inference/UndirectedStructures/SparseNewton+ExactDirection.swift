import Foundation
import Tensors

extension SparseNewton {
  /// The direction that minimizes the model, by factorizations of its second derivatives; `false`
  /// where that would take too much work.
  ///
  /// On a given pattern the model is a quadratic, and one factorization gives its minimum. With a
  /// penalty the elements that are not zero, and their signs, are found as an active set: the
  /// quadratic of the elements that are not zero is solved; the step to its minimum ends where the
  /// first element changes its sign, which is then zero; at a minimum, a sweep of coordinate descent
  /// moves the elements that are not optimal at zero. The model falls with every step, so that no set
  /// comes twice. Coordinate descent and conjugate gradients need as many steps as the condition of
  /// the model demands, which is the square of that of `P`; this needs none.
  /// - Complexity: `O(E³)` for each of about as many sets as elements that change between zero and not.
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
      // At most some seconds of factorizations; what is found by then lowers the model too.
      (work, sets) = (work + pow(Double(active.count), 3) / 3, sets + 1)
      if work > 1e10 || sets > 50 + 4 * entryCount { return true }
      if isCut { continue }
      // At a minimum on the active set: the gain of the elements that are not optimal at zero.
      let value = model()
      if last - value <= 1e-3 * abs(value) { return true }
      last = value
      _ = sweep()
    }
  }

  /// The most entries whose second derivatives are factored: 32 MB.
  private static var mostExactEntries: Int { 2000 }

  /// The step to the minimum over the active entries; `false` where rounding leaves no factor.
  private func solve(_ active: ActiveEntries) -> Bool {
    let (n, h, step) = (active.count, active.hessian.pointer, active.step.pointer)
    kernels.hessian(size, w.pointer, n, active.rows.pointer, active.columns.pointer, h)
    // To a unit diagonal: the elements of P may have any magnitudes.
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

  /// Moves `d` by the step; whether elements that would change their signs are zero instead.
  ///
  /// All of them at the end of the step, or the first one where it becomes zero, whichever leaves the
  /// model lower: the one takes few sets, and with the other the model always falls.
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

  /// Adds a part of the step; the element `first`, or all that change their signs, become zero.
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

/// The entries of a direction where `P + D` is not zero, and all of a given pattern.
private struct ActiveEntries {
  private(set) var count = 0
  /// Where each lies among all entries, and in the matrix.
  let entries: Storage<Int32>
  let rows: Storage<Int32>
  let columns: Storage<Int32>
  /// The sign of `P + D` where a penalty counts, else 0.
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

  /// The entries that are active now, with the model's gradient.
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
