import CKernels
import Tensors
import TestSupport
import Testing

/// Compares the kernels of square roots, P = Aᵀ A, with dense products and Givens rotations.
///
/// A has a row for each variable, with an element between 1 and 2, and a row for each edge, whose
/// elements are at most 1 / √(2 d) where d is the largest degree. The eigenvalues of P are therefore
/// between 1 and 5. The bounds are those of `SparseReferenceTests` with this κ, where the sums of a
/// reflection have as many products as a front has rows.
@Suite("Kernels of square roots and their references") struct RootReferenceTests {
  @Test("Orthogonal factorization in Double", arguments: SparseCase.Size.all, [0, 1, 3])
  func double(_ size: SparseCase.Size, vectors: Int) { factor(Double.self, size, vectors) }

  @Test("Orthogonal factorization in Float", arguments: SparseCase.Size.all, [0, 1, 3])
  func float(_ size: SparseCase.Size, vectors: Int) { factor(Float.self, size, vectors) }

  private func factor<S: TensorScalar>(_: S.Type, _ size: SparseCase.Size, _ count: Int) {
    var numbers = SplitMix(state: UInt64(size.edges + count))
    let c = SparseCase(size, numbers: &numbers)
    let (n, root) = (c.dimension, RootCase(c, numbers: &numbers))
    let m = root.rowCount
    let values = root.values.rounded(to: S.self)
    let b = numbers.array(count * (m + 2)).rounded(to: S.self)
    func output(_ count: Int) -> Buffer<S> { Buffer([S](repeating: .nan, count: count)) }
    func typed(_ values: [Double]) -> [S] { values.map { S($0) } }

    // The kernel.
    let (panels, solutions) = (output(c.panelCount), output(count * (n + 1)))
    let squares = Buffer([Double](repeating: .nan, count: count))
    let (updates, rest) = (
      output(c.updateCount), output(count * c.rows.reduce(0) { $0 + $1.count })
    )
    let (width, rows) = (root.widest + count, root.tallest)
    let scratch = output(n + (1 + rows) * width)
    let kept = Buffer([Int32](repeating: -1, count: c.nodeCount))
    let leads = Buffer([Int32](repeating: -1, count: width + rows + 1))
    let work = LGOrthogonalWork(
      pattern: c.table.pattern, rows: root.table.rows, fronts: root.fronts.fronts, count: count,
      b_step: m + 2, c_step: n + 1, panel_count: c.panelCount, updates: updates.pointer,
      rest: rest.pointer, scratch: scratch.pointer, kept: kept.pointer, leads: leads.pointer)
    let found = S.kernels.sparseRoot.factor(
      work, typed(values), typed(b), solutions.pointer, squares.pointer, panels.pointer)
    #expect(found == -1)

    // The reference: [A Π | b] is made triangular.
    var (dense, stacked) = ([Double](repeating: 0, count: m * n), [Double]())
    lg_reference_rows_matrix(root.table.rows, values, &dense)
    for i in 0..<m {
      stacked += c.order.map { dense[i * n + Int($0)] } + (0..<count).map { b[$0 * (m + 2) + i] }
    }
    lg_reference_triangularize(m, n, n + count, &stacked)
    var lower = c.square()
    for j in 0..<n { for i in j..<n { lower[i * n + j] = stacked[j * (n + count) + i] } }
    let unit = 5 * Double(c.depth + root.tallest + 1) * Double(S.ulpOfOne)
    #expect(relativeError(panels.values.map(Double.init), c.panels(lower)) <= unit)
    let x = solutions.values
    for q in 0..<count {
      let own = (0..<n).map { Double(x[q * (n + 1) + Int(c.order[$0])]) }
      #expect(relativeError(own, (0..<n).map { stacked[$0 * (n + count) + n + q] }) <= unit)
      let left = (n..<m).reduce(0) {
        $0 + stacked[$1 * (n + count) + n + q] * stacked[$1 * (n + count) + n + q]
      }
      #expect(relativeError([squares.values[q]], [left]) <= 2 * unit)
    }

    // Σ from the factor, by square roots.
    lower = lower.rounded(to: S.self)
    let (covariance, space) = (output(c.panelCount), output((2 * root.widest + 1) * root.widest))
    S.kernels.sparseRoot.covariance(
      c.table.pattern, root.fronts.diagonal, typed(c.panels(lower)), covariance.pointer,
      updates.pointer, space.pointer)
    var expected = c.square()
    lg_reference_covariance(n, lower, &expected)
    #expect(relativeError(covariance.values.map(Double.init), c.panels(expected)) <= 2 * unit)
    withExtendedLifetime((rest, scratch, kept, leads, root)) {}
  }

  @Test("Products with A and the elements of Aᵀ A", arguments: SparseCase.Size.all)
  func products(_ size: SparseCase.Size) {
    var numbers = SplitMix(state: UInt64(size.edges + 1))
    let c = SparseCase(size, numbers: &numbers)
    let (n, root) = (c.dimension, RootCase(c, numbers: &numbers))
    let (m, kernels, rows) = (root.rowCount, Double.kernels.sparseRoot, root.table.rows)
    var dense = [Double](repeating: 0, count: m * n)
    lg_reference_rows_matrix(rows, root.values, &dense)
    let (x, z) = (numbers.array(n), numbers.array(m))
    func element(_ i: Int, _ j: Int) -> Double { dense[i * n + j] }
    // Sums of at most `most` products of numbers below 2.
    let bound = 8 * Double(root.tallest + c.edges.count + 2) * Double.ulpOfOne

    let (image, back) = (
      Buffer([Double](repeating: .nan, count: m)), Buffer([Double](repeating: .nan, count: n))
    )
    kernels.apply(rows, LG_FACTOR_WHITEN, root.values, x, image.pointer)
    kernels.apply(rows, LG_FACTOR_MULTIPLY, root.values, z, back.pointer)
    let images = (0..<m).map { i in (0..<n).reduce(0) { $0 + element(i, $1) * x[$1] } }
    let backs = (0..<n).map { j in (0..<m).reduce(0) { $0 + element($1, j) * z[$1] } }
    #expect(relativeError(image.values, images) <= bound)
    #expect(relativeError(back.values, backs) <= bound)

    let outer = Buffer(root.values)
    kernels.outer(rows, 0.5, z, x, outer.pointer)
    let outers = root.elements.map { $0.value + 0.5 * z[$0.row] * x[$0.column] }
    #expect(relativeError(outer.values, outers) <= bound)

    let (diagonal, off) = (
      Buffer([Double](repeating: .nan, count: n)),
      Buffer([Double](repeating: .nan, count: c.edges.count))
    )
    kernels.square(rows, root.pairs, c.edges.count, root.values, diagonal.pointer, off.pointer)
    func square(_ i: Int, _ j: Int) -> Double {
      (0..<m).reduce(0) { $0 + element($1, i) * element($1, j) }
    }
    #expect(relativeError(diagonal.values, (0..<n).map { square($0, $0) }) <= bound)
    #expect(relativeError(off.values, c.edges.map { square($0.0, $0.1) }) <= bound)

    // Ā = A (G + Gᵀ) on the pattern of A, for the gradient G of the lower triangle.
    let (own, other) = (numbers.array(n), numbers.array(c.edges.count))
    var symmetric = c.square()
    for i in 0..<n { symmetric[i * n + i] = 2 * own[i] }
    for (edge, value) in zip(c.edges, other) {
      (symmetric[edge.0 * n + edge.1], symmetric[edge.1 * n + edge.0]) = (value, value)
    }
    let gradient = Buffer(root.values)
    kernels.squareAdjoint(rows, root.pairs, root.values, own, other, gradient.pointer)
    let expected = root.elements.map { e in
      e.value + (0..<n).reduce(0) { $0 + element(e.row, $1) * symmetric[$1 * n + e.column] }
    }
    #expect(relativeError(gradient.values, expected) <= bound)
  }

  /// The solution y of A y = x is compared by its residual: a solution by substitution solves a
  /// system whose elements differ by at most k·ε, where k is the number of elements in a row or
  /// column (Higham, theorem 8.5).
  @Test("Solutions with a triangular A", arguments: [1, 2, 9, 40])
  func solutions(_ n: Int) {
    var numbers = SplitMix(state: UInt64(n))
    let ids = (0..<n).shuffled(using: &numbers).map(Int32.init)
    let rows = (0..<n).map { r in
      [ids[r]] + ids[..<r].shuffled(using: &numbers).prefix(Int.random(in: 0...2, using: &numbers))
    }
    let values = rows.flatMap { row in [1.5] + numbers.array(row.count - 1, -0.5...0.5) }
    let table = RowTable(
      starts: rows.reduce(into: [0]) { $0.append($0.last! + $1.count) },
      columns: rows.flatMap { $0 }, ids: ids, dimension: n)
    var dense = [Double](repeating: 0, count: n * n)
    lg_reference_rows_matrix(table.rows, values, &dense)
    let x = numbers.array(n)
    for operation in [LG_FACTOR_UNWHITEN, LG_FACTOR_SOLVE] {
      let y = Buffer([Double](repeating: .nan, count: n))
      Double.kernels.sparseRoot.apply(table.rows, operation, values, x, y.pointer)
      for i in 0..<n {
        var (sum, size) = (0.0, 0.0)
        for (j, own) in y.values.enumerated() {
          let term = (operation == LG_FACTOR_SOLVE ? dense[j * n + i] : dense[i * n + j]) * own
          (sum, size) = (sum + term, size + abs(term))
        }
        #expect(abs(sum - x[i]) <= Double(2 * n + 2) * Double.ulpOfOne * (size + abs(x[i])))
      }
    }
  }
}

/// A matrix A whose products of columns are zero outside of a graph, and its assembly into fronts.
private struct RootCase {
  struct Element {
    let row, column: Int
    let value: Double
  }

  /// The elements of A, row by row; `row` is the id of a row.
  let elements: [Element]
  let rowCount: Int
  /// The edge of each pair of elements of a row.
  let pairs: [Int32]
  /// The most columns and rows of a front, and the most rows of A and of children in one.
  let widest, tallest: Int
  let table: RowTable
  let fronts: FrontTable

  var values: [Double] { elements.map(\.value) }

  init(_ c: SparseCase, numbers: inout SplitMix) {
    let n = c.dimension
    var degree = [Int](repeating: 0, count: n)
    for (a, b) in c.edges { (degree[a], degree[b]) = (degree[a] + 1, degree[b] + 1) }
    let most = (1 / Double(2 * max(degree.max() ?? 0, 1))).squareRoot()
    var rows = (0..<n).map { [($0, numbers.uniform(1...2))] }
    for (a, b) in c.edges {
      rows.append([(a, numbers.uniform(-most...most)), (b, numbers.uniform(-most...most))])
    }
    rows = rows.map { $0.shuffled(using: &numbers) }.shuffled(using: &numbers)
    let ids = rows.indices.shuffled(using: &numbers)
    let edgeOf = Dictionary(
      uniqueKeysWithValues: c.edges.enumerated().map { ([$1.0, $1.1], Int32($0)) })
    pairs = rows.filter { $0.count == 2 }.map { edgeOf[[$0[0].0, $0[1].0].sorted()]! }
    rowCount = rows.count
    elements = zip(rows, ids).flatMap { row, id in
      row.map { Element(row: id, column: $0.0, value: $0.1) }
    }
    table = RowTable(
      starts: rows.reduce(into: [0]) { $0.append($0.last! + $1.count) },
      columns: elements.map { Int32($0.column) }, ids: ids.map(Int32.init), dimension: n)

    var (lists, places) = ([[Int32]](repeating: [], count: c.nodeCount), [Int32]())
    for (r, row) in rows.enumerated() {
      let first = row.map { c.position[$0.0] }.min()!
      let s = c.starts.lastIndex { $0 <= first }!
      lists[s].append(Int32(r))
      places += row.map { Int32(c.panelRow(c.position[$0.0], in: s)) }
    }
    let widths = (0..<c.nodeCount).map { c.starts[$0 + 1] - c.starts[$0] }
    widest = (0..<c.nodeCount).map { widths[$0] + c.rows[$0].count }.max() ?? 0
    tallest =
      (0..<c.nodeCount).map { s in
        let children = c.rows.filter { c.starts[s]..<c.starts[s + 1] ~= Int($0.first ?? -1) }
        return lists[s].count + children.reduce(0) { $0 + $1.count }
      }.max() ?? 0
    fronts = FrontTable(
      starts: lists.reduce(into: [0]) { $0.append($0.last! + $1.count) },
      rows: lists.flatMap { $0 }, places: places,
      diagonal: (0..<c.nodeCount).flatMap { s in
        (0..<widths[s]).map { c.panelStarts[s] + $0 * (widths[s] + c.rows[s].count + 1) }
      })
  }
}
