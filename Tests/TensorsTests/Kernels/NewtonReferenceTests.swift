import CKernels
import TestSupport
import Testing

/// Compares the kernels of `sparse_newton.h` with plain sums.
///
/// S, W and P have elements of at most 2, and D of at most 1. A slope is a sum of 2 n² products, whose
/// rounding errors in two orders are below 2·2n²·ε of the absolute terms, at most 8 n².
@Suite("Newton's method for sparse precisions and its reference") struct NewtonReferenceTests {
  static let sizes = [1, 2, 3, 8, 13]
  static let penalties = [0, 0.05, 0.4, 20]

  @Test("Patterns, curvatures and changes", arguments: sizes, penalties)
  func sums(_ n: Int, _ alpha: Double) {
    let c = NewtonCase(n, alpha)
    var (starts, columns) = ([Int](repeating: 0, count: n + 1), [Int32](repeating: 0, count: n * n))
    #expect(lg_reference_newton_free(c.problem, &starts, &columns) == c.count)
    #expect(starts == c.starts.values)
    #expect(Array(columns.prefix(c.count)) == Array(c.columns.values.prefix(c.count)))

    let (d, h) = (c.direction, c.curvature(c.direction))
    var (u, column) = (c.square(), [Double](repeating: .nan, count: n))
    var values = [Double](repeating: .nan, count: c.count)
    lg_sparse_newton_curvature(c.problem, d, &u, &column, &values)
    #expect(relativeError(values, h) <= c.bound)
    for k in 0..<n {
      for i in 0..<n { #expect(abs(u[k * n + i] - c.image(d)[k * n + i]) <= c.bound) }
    }
    let change = lg_sparse_newton_change(c.problem, d, h)
    #expect(abs(change - lg_reference_newton_change(c.problem, d, true)) <= c.bound * Double(n * n))
    let linear = lg_sparse_newton_change(c.problem, d, nil)
    #expect(
      abs(linear - lg_reference_newton_change(c.problem, d, false)) <= c.bound * Double(n * n))
    let terms = lg_sparse_newton_terms(c.problem)
    #expect(abs(terms - lg_reference_newton_terms(c.problem)) <= c.bound * Double(n * n))
    var (dual, expected) = (c.square(), c.square())
    lg_sparse_newton_dual(c.problem, &dual)
    lg_reference_newton_dual(c.problem, &expected)
    #expect(dual == expected)
  }

  @Test("A sweep of coordinate descent", arguments: sizes, penalties)
  func sweep(_ n: Int, _ alpha: Double) {
    let c = NewtonCase(n, alpha)
    var (d, expected) = (c.direction, c.direction)
    var (u, column) = (c.image(d), [Double](repeating: .nan, count: n))
    let moved = lg_sparse_newton_sweep(c.problem, &d, &u, &column)
    let distance = lg_reference_newton_sweep(c.problem, &expected)
    // A curvature is at least ½, as W_ii ≥ ¾: errors of slopes are at most doubled, and each entry
    // passes them on to those after it.
    let bound = 2 * c.bound * Double(c.count)
    #expect(relativeError(d, expected) <= bound)
    #expect(abs(moved - distance) <= bound * Double(c.count))
    #expect(relativeError(u, c.image(expected)) <= 2 * bound * Double(n))
  }

  /// The gradient of the model vanishes in the free entries of the minimizer.
  @Test("Conjugate gradients find the minimum of the model", arguments: sizes, [0, 0.05])
  func conjugate(_ n: Int, _ alpha: Double) {
    let c = NewtonCase(n, alpha)
    var (d, u) = (c.direction, c.square())
    let start = c.slopes(c.direction, signsOf: c.direction)
    var work = [Double](repeating: .nan, count: n + 5 * c.count)
    #expect(lg_sparse_newton_conjugate(c.problem, 1e-9, 10 * c.count, &d, &u, &work))
    let left = c.slopes(d, signsOf: c.direction)
    // The residual has the norm of the inverse curvatures, which are between 1/8 and 2.
    #expect(left <= 16e-9 * start + c.bound * Double(c.count))
  }

  @Test("The Hessian of the model", arguments: sizes)
  func hessian(_ n: Int) {
    let c = NewtonCase(n, 0)
    let pairs = c.pairs.map { (Int32($0.0), Int32($0.1)) }
    var (values, expected) = (
      [Double](repeating: 0, count: c.count * c.count),
      [Double](repeating: 0, count: c.count * c.count)
    )
    lg_sparse_newton_hessian(c.problem, c.count, pairs.map(\.0), pairs.map(\.1), &values)
    lg_reference_newton_hessian(c.problem, c.count, pairs.map(\.0), pairs.map(\.1), &expected)
    #expect(relativeError(values, expected) <= c.bound)
  }
}

/// A random problem, with the pattern of its free entries.
private final class NewtonCase {
  let n: Int
  let starts: Buffer<Int>
  let columns: Buffer<Int32>
  let direction: [Double]
  let problem: LGNewtonProblem
  private let s, w, p, scales: Buffer<Double>

  init(_ n: Int, _ alpha: Double) {
    var numbers = SplitMix(state: UInt64(100 * n) + UInt64(100 * alpha))
    /// A symmetric matrix whose diagonal dominates.
    func symmetric(_ share: Double, zeros: Bool = false) -> Buffer<Double> {
      var a = [Double](repeating: 0, count: n * n)
      let most = share / Double(n)
      for i in 0..<n {
        a[i * n + i] = numbers.uniform(0.75...1.5)
        for j in 0..<i where !zeros || numbers.next() % 2 == 0 {
          a[i * n + j] = numbers.uniform(-most...most)
          a[j * n + i] = a[i * n + j]
        }
      }
      return Buffer(a)
    }
    self.n = n
    (s, w, p) = (symmetric(2), symmetric(0.5), symmetric(0.5, zeros: true))
    scales = Buffer(numbers.array(n, 0.5...1.5))
    (starts, columns) = (
      Buffer([Int](repeating: 0, count: n + 1)),
      Buffer([Int32](repeating: 0, count: n * (n + 1) / 2))
    )
    problem = LGNewtonProblem(
      n: n, starts: starts.pointer, columns: columns.pointer, s: s.pointer, w: w.pointer,
      p: p.pointer, alpha: alpha, scales: scales.pointer)
    let count = lg_sparse_newton_free(problem, starts.pointer, columns.pointer)
    direction = numbers.array(count, -0.1...0.1)
  }

  var count: Int { starts.values[n] }

  var bound: Double { 32 * Double(n * n * n * n) * Double.ulpOfOne }

  func square() -> [Double] { [Double](repeating: 0, count: n * n) }

  /// The entries of the pattern.
  var pairs: [(Int, Int)] {
    let (starts, columns) = (starts.values, columns.values)
    return (0..<n).flatMap { i in columns[starts[i]..<starts[i + 1]].map { (i, Int($0)) } }
  }

  func curvature(_ d: [Double]) -> [Double] {
    var h = [Double](repeating: .nan, count: count)
    lg_reference_newton_curvature(problem, d, &h)
    return h
  }

  /// U = D W.
  func image(_ d: [Double]) -> [Double] {
    let w = w.values
    var u = square()
    for ((i, j), own) in zip(pairs, d) {
      for k in 0..<n {
        u[i * n + k] += own * w[j * n + k]
        if i != j { u[j * n + k] += own * w[i * n + k] }
      }
    }
    return u
  }

  /// The largest slope of the model in an entry whose element of P + D is not zero.
  func slopes(_ d: [Double], signsOf start: [Double]) -> Double {
    let (s, w, p, scales, h) = (s.values, w.values, p.values, scales.values, curvature(d))
    return pairs.indices.reduce(0) { largest, e in
      let (i, j) = pairs[e]
      let element = p[i * n + j] + start[e]
      let sign = i == j ? 0 : element > 0 ? 1.0 : element < 0 ? -1 : 0
      if i != j && sign == 0 && problem.alpha > 0 { return largest }
      let penalty = min(problem.alpha * scales[i] * scales[j], 4) * sign
      return max(largest, abs(s[i * n + j] - w[i * n + j] + h[e] + penalty))
    }
  }
}
