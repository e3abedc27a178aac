import CKernels
import Tensors
import TestSupport
import Testing

/// Compares the kernels of supernodal factors with the dense algorithms of `sparse/reference.c`.
///
/// Kernel and reference read the same numbers, which are rounded to the kernel's type. Matrices have
/// condition numbers of at most κ = 6 (`SparseCase.elements`), and L and L⁻¹ have √κ. An element is
/// the result of sums of at most `depth` products, whose rounding errors are below `depth`·ε of the
/// absolute terms to first order; a factor, a solution or a covariance multiplies them by up to κ
/// (Higham, Accuracy and Stability of Numerical Algorithms, theorems 8.5 and 10.3). Kernels of more
/// than one such step are allowed one unit of κ·(depth + 1)·ε for each.
@Suite("Supernodal kernels and their references") struct SparseReferenceTests {
  @Test("In Double", arguments: SparseCase.Size.all, 1...3)
  func double(_ size: SparseCase.Size, seed: UInt64) {
    SparseComparison<Double>(size, seed: seed).expectAll()
  }

  @Test("In Float", arguments: SparseCase.Size.all, 1...3)
  func float(_ size: SparseCase.Size, seed: UInt64) {
    SparseComparison<Float>(size, seed: seed).expectAll()
  }

  @Test("The first pivot that is not positive is reported by its variable")
  func pivots() {
    var numbers = SplitMix(state: 8)
    for _ in 0..<20 {
      let c = SparseCase(.init(dimension: 30, edges: 60), numbers: &numbers)
      var (diagonal, off) = c.elements(numbers: &numbers)
      diagonal[Int.random(in: 0..<30, using: &numbers)] = -1
      let (memory, panels) = (
        SparseMemory<Double>(c), Buffer([Double](repeating: 0, count: c.panelCount))
      )
      let failure = Double.kernels.sparse.factor(memory.work, diagonal, off, false, panels.pointer)
      var (matrix, lower) = (c.square(), c.square())
      lg_reference_symmetric(c.graph, c.order, diagonal, off, &matrix)
      #expect(failure == Int(c.order[lg_reference_cholesky(30, matrix, &lower)]))
    }
  }
}

extension SparseCase {
  /// A matrix of zeros.
  func square() -> [Double] { [Double](repeating: 0, count: dimension * dimension) }

  /// The elements of a matrix in panels.
  func panels(_ matrix: [Double]) -> [Double] {
    var panels = [Double](repeating: .nan, count: panelCount)
    lg_reference_sparse_panels(table.pattern, matrix, &panels)
    return panels
  }
}

extension Array where Element == Double {
  /// The numbers that are nearest in another type.
  func rounded<S: TensorScalar>(to _: S.Type) -> [Double] { map { Double(S($0)) } }
}

/// The workspaces of a case, which are not initialized for the kernels.
final class SparseMemory<S: TensorScalar> {
  let work: LGSparseWork
  private let buffers: [Buffer<S>]

  init(_ sparse: SparseCase) {
    buffers = [sparse.updateCount, sparse.scratchCount].map {
      Buffer([S](repeating: .nan, count: $0))
    }
    work = sparse.work(buffers[0].pointer, buffers[1].pointer)
  }
}

private struct SparseComparison<S: TensorScalar> {
  let c: SparseCase
  let memory: SparseMemory<S>
  let diagonal, off: [Double]
  /// The factor, rounded, and the covariance.
  let lower, covariance: [Double]
  let unit: Double
  private let seed: UInt64

  init(_ size: SparseCase.Size, seed: UInt64) {
    var numbers = SplitMix(state: seed)
    c = SparseCase(size, numbers: &numbers)
    memory = SparseMemory(c)
    (diagonal, off) = c.elements(numbers: &numbers)
    unit = 6 * Double(c.depth + 1) * Double(S.ulpOfOne)
    var (matrix, lower, covariance) = (c.square(), c.square(), c.square())
    lg_reference_symmetric(c.graph, c.order, diagonal, off, &matrix)
    #expect(lg_reference_cholesky(c.dimension, matrix, &lower) == -1)
    lower = lower.rounded(to: S.self)
    lg_reference_covariance(c.dimension, lower, &covariance)
    (self.lower, self.covariance, self.seed) = (lower, covariance, numbers.next())
  }

  func expectAll() {
    factor()
    for count in [0, 1, 3, 4, 17, 33] { vectors(count) }
    factorAdjoint()
    covariances()
    differences()
  }

  private var kernels: SparseKernels<S> { S.kernels.sparse }

  private func typed(_ values: [Double]) -> [S] { values.map { S($0) } }

  private func panels(_ matrix: [Double]) -> [S] { typed(c.panels(matrix)) }

  private func output(_ count: Int) -> Buffer<S> { Buffer([S](repeating: .nan, count: count)) }

  private func expect(
    _ values: Buffer<S>, _ expected: [Double], units: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      relativeError(values.values.map(Double.init), expected) <= units * unit,
      sourceLocation: sourceLocation)
  }

  private func factor() {
    let (panels, back) = (output(c.panelCount), (output(c.dimension), output(c.edges.count)))
    #expect(
      kernels.factor(memory.work, typed(diagonal), typed(off), false, panels.pointer) == -1)
    expect(panels, c.panels(lower), units: 1)
    var matrix = c.square()
    lg_reference_symmetric(c.graph, c.order, diagonal, off, &matrix)
    // The lower triangle of P in panels is what `scatter` writes and `gather` reads.
    for i in 0..<c.dimension {
      for j in (i + 1)..<max(c.dimension, i + 1) { matrix[i * c.dimension + j] = 0 }
    }
    kernels.scatter(memory.work, typed(diagonal), typed(off), panels.pointer)
    expect(panels, c.panels(matrix), units: 0)
    kernels.gather(memory.work, panels.pointer, back.0.pointer, back.1.pointer)
    expect(back.0, diagonal, units: 0)
    expect(back.1, off, units: 0)
  }

  private func vectors(_ count: Int) {
    var numbers = SplitMix(state: seed)
    let (n, step) = (c.dimension, c.dimension + 3)
    let (a, b) = (
      numbers.array(count * step).rounded(to: S.self),
      numbers.array(count * step).rounded(to: S.self)
    )
    let workspace = output(n * SupernodeTable.vectorsAtOnce)
    let vectors = LGSparseVectors(count: count, step: step, workspace: workspace.pointer)
    for operation in ReferenceTests.operations {
      let y = Buffer(typed(b))
      kernels.apply(memory.work, operation, panels(lower), vectors, typed(a), y.pointer)
      var expected = b
      for r in 0..<count {
        var one = [Double](repeating: 0, count: n)
        lg_reference_factor_apply(n, c.order, operation, lower, Array(a[(r * step)...]), &one)
        expected.replaceSubrange(r * step..<r * step + n, with: one)
      }
      expect(y, expected, units: 1)
    }
    guard count > 0 else { return }
    for negate in [false, true] {
      let outer = output(c.panelCount)
      kernels.outer(memory.work, vectors, typed(a), typed(b), negate, outer.pointer)
      var expected = c.square()
      lg_reference_factor_outer(n, c.order, vectors, a, b, &expected)
      // Sums of `count` products of numbers below 1.
      let error = relativeError(
        outer.values.map(Double.init), c.panels(negate ? expected.map { -$0 } : expected))
      #expect(error <= Double(count * count) * Double(S.ulpOfOne))
    }
    withExtendedLifetime(workspace) {}
  }

  private func factorAdjoint() {
    var numbers = SplitMix(state: seed + 1)
    let (diagonal, off) = (output(c.dimension), output(c.edges.count))
    // A gradient of the elements of the panels, on and below the diagonal.
    var gradient = c.square()
    for i in 0..<c.dimension {
      for j in 0...i {
        gradient[i * c.dimension + j] = Double(Float(numbers.uniform(-1...1)))
      }
    }
    let dpanels = panels(gradient)
    kernels.factorAdjoint(memory.work, panels(lower), dpanels, diagonal.pointer, off.pointer)
    gradient = onPattern(gradient)
    var expected = c.square()
    lg_reference_cholesky_adjoint(c.dimension, lower, &gradient, &expected)
    expectElements(diagonal, off, expected, units: 4)
  }

  /// The elements of a matrix that are in the panels; the others are zero.
  private func onPattern(_ matrix: [Double]) -> [Double] {
    var result = c.square()
    for s in 0..<c.nodeCount {
      for j in c.starts[s]..<c.starts[s + 1] {
        for i in Array(j..<c.starts[s + 1]) + c.rows[s].map(Int.init) {
          result[i * c.dimension + j] = matrix[i * c.dimension + j]
        }
      }
    }
    return result
  }

  /// Compares with the elements of a matrix, which are read below its diagonal.
  private func expectElements(
    _ diagonal: Buffer<S>, _ off: Buffer<S>, _ matrix: [Double], units: Double
  ) {
    let n = c.dimension
    expect(diagonal, (0..<n).map { matrix[c.position[$0] * (n + 1)] }, units: units)
    expect(
      off,
      c.edges.map { edge in
        let (a, b) = (c.position[edge.0], c.position[edge.1])
        return matrix[max(a, b) * n + min(a, b)]
      }, units: units)
  }

  private func covariances() {
    var numbers = SplitMix(state: seed + 2)
    let (values, gradient) = (output(c.panelCount), output(c.panelCount))
    kernels.covariance(memory.work, panels(lower), values.pointer)
    expect(values, c.panels(covariance), units: 2)
    let variance = numbers.array(c.dimension).rounded(to: S.self)
    let other = numbers.array(c.edges.count).rounded(to: S.self)
    kernels.covarianceAdjoint(
      memory.work, panels(lower), panels(covariance), typed(variance), typed(other),
      gradient.pointer)
    var (weights, expected) = (c.square(), c.square())
    lg_reference_symmetric(c.graph, c.order, variance, other.map { $0 / 2 }, &weights)
    lg_reference_covariance_adjoint(c.dimension, lower, covariance, weights, &expected)
    // Σ has elements up to 2 and is a factor twice.
    expect(gradient, c.panels(expected), units: 8)
  }

  /// The change has eigenvalues between −0.35 and 0.85, so that no pivot loses more than 0.35 / 0.5.
  private func differences() {
    var numbers = SplitMix(state: seed + 3)
    let n = c.dimension
    var (change, off) = c.elements(numbers: &numbers, share: 0.1)
    change = change.map { $0 - 1.25 }.rounded(to: S.self)
    let values = output(c.panelCount)
    #expect(
      kernels.difference(memory.work, panels(lower), typed(change), typed(off), values.pointer))
    off = off.rounded(to: S.self)
    var (matrix, changed, expected) = (c.square(), c.square(), c.square())
    lg_reference_symmetric(c.graph, c.order, change, off, &matrix)
    for i in 0..<n {
      for j in 0...i {
        for k in 0...j { matrix[i * n + j] += lower[i * n + k] * lower[j * n + k] }
      }
    }
    #expect(lg_reference_cholesky(n, matrix, &changed) == -1)
    lg_reference_difference(c.table.pattern, lower, changed, &expected)
    // The condition of the changed matrix is below 4.5 times κ.
    expect(values, c.panels(expected), units: 9)

    let squares = Buffer([Double](repeating: .nan, count: c.nodeCount))
    kernels.differenceSquares(memory.work, panels(expected), panels(covariance), squares.pointer)
    var sums = [Double](repeating: 0, count: c.nodeCount)
    lg_reference_difference_squares(c.table.pattern, lower, changed, &expected, &sums)
    #expect(relativeError(squares.values, sums) <= 9 * unit)
  }
}
