import CKernels
import Tensors
import TestSupport
import Testing

/// Properties of the chain alone: the factor of a given precision, long chains in `Float`, and
/// extreme coefficients.
@Suite struct BidiagonalKernelTests {
  static let sizes = [1, 2, 3, 7, 8, 9, 16, 17, 33, 100, 700]

  private func rows(_ count: Int, of k: Int) -> LGGridRows {
    LGGridRows(height: 1, width: k, rows: count, param_rows: count, begin: 0, end: count)
  }

  private func factor(_ diagonal: [Double], _ off: [Double], rows: Int)
    -> (l: [Double], m: [Double], failure: Int)
  {
    let (p, q) = (Buffer(diagonal), Buffer(off))
    var (l, m) = (diagonal, off)
    var isDominant = true
    let failure = withExtendedLifetime((p, q)) {
      lg_bidiagonal_factor_f64(
        self.rows(rows, of: diagonal.count / rows),
        LGTridiagonal(diagonal: p.pointer, off: q.pointer), 1e-8, &l, &m, &isDominant)
    }
    return (l, m, failure)
  }

  @Test(arguments: sizes, [1, 3, 11])
  func factorGivesThePrecisionBack(k: Int, rows: Int) {
    var numbers = SplitMix(state: UInt64(k))
    let (diagonal, off) = (numbers.array(rows * k, 2.1...3), numbers.array(rows * (k - 1)))
    let (l, m, failure) = factor(diagonal, off, rows: rows)
    #expect(failure == -1)
    let products = (0..<(rows * (k - 1))).map { m[$0] * l[$0 / max(k - 1, 1) + $0] }
    #expect(relativeError(products, off) < 1e-14)
    let squares = (0..<(rows * k)).map { index in
      let (row, i) = (index / k, index % k)
      let left = i > 0 ? m[row * (k - 1) + i - 1] : 0
      return l[index] * l[index] + left * left
    }
    #expect(relativeError(squares, diagonal) < 1e-14)
  }

  @Test(arguments: [(0, 0), (0, 5), (2, 8), (9, 0), (10, 16)], [0.0, -1, .nan])
  func aPivotThatFailsIsNamed(place: (row: Int, pivot: Int), value: Double) {
    let (k, rows) = (17, 11)
    var diagonal = [Double](repeating: 2.5, count: k * rows)
    diagonal[place.row * k + place.pivot] = value
    let off = [Double](repeating: -1, count: (k - 1) * rows)
    #expect(factor(diagonal, off, rows: rows).failure == place.row * k + place.pivot)
  }

  @Test(arguments: sizes)
  func factorAdjointMatchesDifferences(k: Int) {
    var numbers = SplitMix(state: UInt64(k))
    let parameters = numbers.array(k, 2.1...3) + numbers.array(k - 1)
    let (dl, dm) = (numbers.array(k), numbers.array(k - 1))
    let (l, m, _) = factor(Array(parameters[..<k]), Array(parameters[k...]), rows: 1)
    var (diagonal, off) = (l, m)
    let bands = [Buffer(l), Buffer(m)]
    withExtendedLifetime(bands) {
      lg_bidiagonal_factor_adjoint_f64(
        rows(1, of: k), LGGridFactor(bands.map { Input($0.pointer) }), dl, dm, &diagonal, &off)
    }
    let expected = centralDifferences(at: parameters) {
      let (l, m, _) = factor(Array($0[..<k]), Array($0[k...]), rows: 1)
      return zip(l + m, dl + dm).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(relativeError(diagonal + off, expected) < 1e-7)
  }

  /// The kernel computes the recurrence by a scan of products of coefficients. Where such a product
  /// overflows, the kernel falls back to the plain recurrence. The noise is nonzero at the node
  /// that is solved last, so only that element of the result may be nonzero.
  @Test(arguments: [9, 65, 1000])
  func steepChainsStayFinite(k: Int) {
    let (l, m) = ([Float](repeating: 0x1p-14, count: k), [Float](repeating: 1e4, count: k - 1))
    let zeros = [Float](repeating: 0, count: k)
    var (e, g) = (zeros, zeros)
    e[0] = 1
    g[k - 1] = 1
    let batch = FactorBatch(.chain(k), rows: 1, parameters: [l + m])
    #expect(batch.unwhiten(e) == [0x1p14] + zeros.dropFirst())
    #expect(batch.solve(g) == zeros.dropLast() + [0x1p14])
  }

  /// (l, m, tolerance): a strongly coupled chain, a chain with alternating signs, and a chain close
  /// to a random walk, in which the rounding errors of some 10,000 steps add up.
  @Test(arguments: [(1.5, -0.5, 1e-6), (1.0, 0.9, 1e-5), (1.0001, -1.0, 2e-3)])
  func longFloatChainsMatchDouble(l: Double, m: Double, tolerance: Double) {
    let k = 1_000_000
    var numbers = SplitMix(state: 1)
    let e = numbers.array(k, -1.7...1.7).map(Float.init)
    let (l32, m32) = (
      [Float](repeating: Float(l), count: k), [Float](repeating: Float(m), count: k - 1)
    )
    let float = FactorBatch(.chain(k), rows: 1, parameters: [l32 + m32])
    let double = FactorBatch(
      .chain(k), rows: 1, parameters: [(l32 + m32).map(Double.init)])
    let e64 = e.map(Double.init)
    func close(_ values: [Float], _ expected: [Double]) -> Bool {
      relativeError(values.map(Double.init), expected) < tolerance
    }
    #expect(close(float.unwhiten(e), double.unwhiten(e64)))
    #expect(close(float.solve(e), double.solve(e64)))
    for (band, expected) in zip(float.covariance(), double.covariance()) {
      #expect(close(band, expected))
    }
  }
}
