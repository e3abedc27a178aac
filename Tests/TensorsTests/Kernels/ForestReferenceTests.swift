import CKernels
import Tensors
import TestSupport
import Testing

/// Compares the kernels of forests with the dense algorithms of `sparse/reference.c`, within the
/// bounds of `SparseReferenceTests`; a row of L has at most as many elements as a variable has
/// neighbours, but each of its columns has only two.
@Suite("Kernels of forests and their references") struct ForestReferenceTests {
  @Test("In Double", arguments: [0, 1, 2, 5, 40, 129], 1...3)
  func double(_ size: Int, seed: UInt64) { check(Double.self, size, seed) }

  @Test("In Float", arguments: [0, 1, 2, 5, 40, 129], 1...3)
  func float(_ size: Int, seed: UInt64) { check(Float.self, size, seed) }

  private func check<S: TensorScalar>(_: S.Type, _ n: Int, _ seed: UInt64) {
    var numbers = SplitMix(state: seed)
    let order = (0..<n).shuffled(using: &numbers).map(Int32.init)
    // Every fifth position or so is a root.
    let parent: [Int32] = (0..<n).map { i in
      i == n - 1 || numbers.next() % 5 == 0
        ? -1 : Int32.random(in: Int32(i + 1)...Int32(min(i + 9, n - 1)), using: &numbers)
    }
    var ids = (0..<parent.count { $0 >= 0 }).shuffled(using: &numbers)
    let edge: [Int32] = parent.map { $0 < 0 ? -1 : Int32(ids.removeLast()) }
    var pairs = [(Int, Int)](repeating: (0, 0), count: edge.count { $0 >= 0 })
    var degree = [Double](repeating: 0, count: n)
    for i in 0..<n where parent[i] >= 0 {
      let (own, up) = (Int(order[i]), Int(order[Int(parent[i])]))
      pairs[Int(edge[i])] = (own, up)
      (degree[own], degree[up]) = (degree[own] + 1, degree[up] + 1)
    }
    let diagonal = numbers.array(n, 1...2).rounded(to: S.self)
    let off = pairs.map { pair in
      let most = 0.5 / max(degree[pair.0], degree[pair.1])
      return numbers.uniform(-most...most)
    }.rounded(to: S.self)
    let table = ForestTable(order: order, parent: parent, edge: edge)
    let forest = table.positions(0..<n)
    let ends = Buffer(pairs.flatMap { [Int32($0.0), Int32($0.1)] })
    let graph = LGEdges(ends: ends.pointer, count: pairs.count, dimension: n)
    let unit = 6 * ((degree.max() ?? 0) + 2) * Double(S.ulpOfOne)
    let kernels = S.kernels.forest

    func square() -> [Double] { [Double](repeating: 0, count: n * n) }
    func typed(_ values: [Double]) -> [S] { values.map { S($0) } }
    func panels(_ matrix: [Double]) -> [Double] {
      var panels = [Double](repeating: .nan, count: 2 * n)
      lg_reference_forest_panels(forest, matrix, &panels)
      return panels
    }
    func output(_ count: Int, _ value: S = .nan) -> Buffer<S> {
      Buffer([S](repeating: value, count: count))
    }
    func expect(
      _ values: Buffer<S>, _ expected: [Double], units: Double,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(
        relativeError(values.values.map(Double.init), expected) <= units * unit,
        sourceLocation: sourceLocation)
    }
    /// The elements of a matrix on the graph, read below the diagonal.
    func elements(_ matrix: [Double]) -> (diagonal: [Double], off: [Double]) {
      var (own, other) = ([Double](repeating: 0, count: n), off)
      for i in 0..<n {
        own[Int(order[i])] = matrix[i * n + i]
        if parent[i] >= 0 { other[Int(edge[i])] = matrix[Int(parent[i]) * n + i] }
      }
      return (own, other)
    }

    // The factor, from elements and back.
    var (matrix, lower, covariance) = (square(), square(), square())
    lg_reference_symmetric(graph, order, diagonal, off, &matrix)
    #expect(lg_reference_cholesky(n, matrix, &lower) == -1)
    let factor = output(2 * n, 0)
    #expect(kernels.factor(forest, typed(diagonal), typed(off), false, factor.pointer) == -1)
    expect(factor, panels(lower), units: 1)
    let (own, other) = (output(n), output(off.count))
    kernels.scatter(forest, typed(diagonal), typed(off), factor.pointer)
    expect(factor, panels(matrix), units: 0)
    kernels.gather(forest, factor.pointer, own.pointer, other.pointer)
    expect(own, diagonal, units: 0)
    expect(other, off, units: 0)

    lower = lower.rounded(to: S.self)
    let typedL = typed(panels(lower))
    // Vectors.
    for count in [0, 1, 3, 4, 17, 33] {
      let step = n + 1
      let a = numbers.array(count * step).rounded(to: S.self)
      let b = numbers.array(count * step).rounded(to: S.self)
      let workspace = output(n * SupernodeTable.vectorsAtOnce)
      let vectors = LGSparseVectors(count: count, step: step, workspace: workspace.pointer)
      for operation in ReferenceTests.operations {
        let y = Buffer(typed(b))
        kernels.apply(forest, operation, typedL, vectors, typed(a), y.pointer)
        var expected = b
        for r in 0..<count {
          var one = [Double](repeating: 0, count: n)
          lg_reference_factor_apply(n, order, operation, lower, Array(a[(r * step)...]), &one)
          expected.replaceSubrange(r * step..<r * step + n, with: one)
        }
        expect(y, expected, units: 1)
      }
      let outer = output(2 * n)
      kernels.outer(forest, vectors, typed(a), typed(b), false, outer.pointer)
      var expected = square()
      lg_reference_factor_outer(n, order, vectors, a, b, &expected)
      let error = relativeError(outer.values.map(Double.init), panels(expected))
      #expect(error <= Double(count * count) * Double(S.ulpOfOne))
      withExtendedLifetime(workspace) {}
    }

    // The adjoint of the factor.
    var (gradient, dmatrix) = (square(), square())
    for i in 0..<n {
      gradient[i * n + i] = Double(Float(numbers.uniform(-1...1)))
      if parent[i] >= 0 {
        gradient[Int(parent[i]) * n + i] = Double(Float(numbers.uniform(-1...1)))
      }
    }
    let workspace = output(n)
    kernels.factorAdjoint(
      forest, typedL, typed(panels(gradient)), workspace.pointer, own.pointer, other.pointer)
    lg_reference_cholesky_adjoint(n, lower, &gradient, &dmatrix)
    expect(own, elements(dmatrix).diagonal, units: 4)
    expect(other, elements(dmatrix).off, units: 4)

    // The covariance and its adjoint.
    let values = output(2 * n)
    lg_reference_covariance(n, lower, &covariance)
    kernels.covariance(forest, typedL, values.pointer, own.pointer, other.pointer)
    expect(values, panels(covariance), units: 2)
    expect(own, elements(covariance).diagonal, units: 2)
    expect(other, elements(covariance).off, units: 2)
    let variance = numbers.array(n).rounded(to: S.self)
    let weights = numbers.array(off.count).rounded(to: S.self)
    let dlower = output(2 * n, 0)
    kernels.covarianceAdjoint(
      forest, typedL, typed(panels(covariance)), typed(variance), typed(weights), dlower.pointer)
    var (symmetric, expected) = (square(), square())
    lg_reference_symmetric(graph, order, variance, weights.map { $0 / 2 }, &symmetric)
    lg_reference_covariance_adjoint(n, lower, covariance, symmetric, &expected)
    expect(dlower, panels(expected), units: 8)
    withExtendedLifetime((table, ends, workspace)) {}
  }
}
