import Tensors
import TestSupport
import Testing

/// Sizes near those of bands (112), of masks (64) and of panels (64 floats or 32 doubles). The last
/// size is so large that two threads may collect its two forms.
private let sizes: [(m: Int, n: Int, k: Int)] = [
  (64, 64, 64), (5, 1, 900), (63, 63, 112), (65, 65, 113), (112, 31, 63), (113, 33, 65),
  (40, 130, 224), (9, 7, 500), (225, 20, 300),
]

@Suite("Products with the nonzero elements of a matrix")
struct NonzeroTests {
  /// A matrix in which about a fifth of the elements are nonzero. Some rows and columns are zero
  /// and some rows are full. The zeros have both signs.
  private func sparse<S: TensorScalar>(_ rows: Int, _ columns: Int) -> [S] {
    var generator = Philox(seed: UInt64(rows * 1009 + columns))
    let values = Tensor<S>.normal([rows, columns], using: &generator).scalars
    let draws = Tensor<S>.uniform([rows, columns], using: &generator).scalars
    return values.indices.map { i in
      let (row, column) = (i / columns, i % columns)
      if row % 11 == 3 || column % 13 == 5 { return i % 2 == 0 ? 0 : -0.0 }
      return row % 17 == 4 || draws[i] < 0.15 ? values[i] : 0
    }
  }

  private func check<S: TensorScalar>(
    _ type: S.Type, _ size: (m: Int, n: Int, k: Int), transposes: Bool, accumulates: Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (m, n, k) = size
    let a: [S] = transposes ? sparse(k, m) : sparse(m, k)
    var generator = Philox(seed: 3)
    let b = Tensor<S>.normal([k, n], using: &generator).scalars
    let before = Tensor<S>.normal([m, n], using: &generator).scalars
    let nonzeros = try #require(
      Nonzeros(of: a, rows: transposes ? k : m, columns: transposes ? m : k),
      sourceLocation: sourceLocation)
    func product(parts: Int) -> [S] {
      var c = before
      c.withUnsafeMutableBufferPointer { c in
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            let product = Multiplication(
              transposeA: transposes, m: m, n: n, k: k, a: a.baseAddress!, b: b.baseAddress!,
              c: c.baseAddress!, accumulate: accumulates, nonzerosOfA: nonzeros)
            for part in 0..<parts { product.compute(part, of: parts) }
          }
        }
      }
      return c
    }
    let whole = product(parts: 1)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = accumulates ? Double(before[i * n + j]) : 0
        var size = abs(sum) + .leastNormalMagnitude
        for p in 0..<k {
          let x = Double(transposes ? a[p * m + i] : a[i * k + p]) * Double(b[p * n + j])
          sum += x
          size += abs(x)
        }
        worst = largerError(worst, abs(Double(whole[i * n + j]) - sum) / size)
      }
    }
    // Each of the k sums rounds by at most half a unit in the last place of the terms summed so
    // far.
    #expect(
      worst <= Double(k + 1) * Double(S.ulpOfOne), sourceLocation: sourceLocation)
    #expect(
      product(parts: 2) == whole, "The bits depend on the number of parts.",
      sourceLocation: sourceLocation)
    #expect(
      product(parts: 3) == whole, "The bits depend on the number of parts.",
      sourceLocation: sourceLocation)
  }

  @Test(
    "A product with the nonzero elements agrees with the dense product for any number of parts",
    arguments: sizes.indices, [false, true])
  func values(of index: Int, transposes: Bool) throws {
    for accumulates in [false, true] {
      try check(Float.self, sizes[index], transposes: transposes, accumulates: accumulates)
      try check(Double.self, sizes[index], transposes: transposes, accumulates: accumulates)
    }
  }

  @Test("The nonzero elements of a small or dense matrix are not collected")
  func refusals() {
    let count = 1 << 13
    let some = (0..<count).map { $0 % 4 == 0 ? Float(1) : 0 }
    #expect(Nonzeros(of: some, rows: 64, columns: 128) != nil)
    #expect(Nonzeros(of: (0..<count).map { $0 % 3 == 0 ? 1.0 : 0 }, rows: 64, columns: 128) == nil)
    #expect(Nonzeros(of: [Float](repeating: 0, count: 4095), rows: 1, columns: 4095) == nil)
    #expect(Nonzeros(of: [Float](repeating: 0, count: 4096), rows: 1, columns: 4096) != nil)
  }

  @Test("NaN and infinite elements are kept as nonzero, and rows of zeros give zeros")
  func specialValues() throws {
    let (m, n, k) = (70, 3, 130)
    var a = [Double](repeating: 0, count: m * k)
    (a[5 * k + 129], a[6 * k]) = (.nan, .infinity)
    let b = [Double](repeating: 1, count: k * n)
    var c = [Double](repeating: 7, count: m * n)
    let nonzeros = try #require(Nonzeros(of: a, rows: m, columns: k))
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer {
          Multiplication(
            m: m, n: n, k: k, a: a.baseAddress!, b: b.baseAddress!, c: $0.baseAddress!,
            accumulate: false, nonzerosOfA: nonzeros
          ).compute(columns: 0..<n)
        }
      }
    }
    for i in 0..<m {
      for x in c[i * n..<(i + 1) * n] {
        #expect(i == 5 ? x.isNaN : x == (i == 6 ? .infinity : 0))
      }
    }
  }
}
