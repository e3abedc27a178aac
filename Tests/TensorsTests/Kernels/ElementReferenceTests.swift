import CKernels
import Tensors
import TestSupport
import Testing

/// Compares elementwise kernels with `elementwise/reference.c` at random arguments.
///
/// The kernel has the error of `Documentation/accuracy.md`, at most 10 ε of the value, of a slope or of
/// terms that cancel. The formulas of the reference have at most four roundings and functions of the
/// C library, and their terms are at most twice the largest value or 2. Of e^(−x²/2) they multiply the
/// rounding error of x² by x²/2, so that quotients of it are compared for x ≥ −3 only.
@Suite("Elementwise kernels and their references") struct ElementReferenceTests {
  static let counts = [0, 1, 7, 16, 33, 257]

  /// The interval of arguments of a function.
  static let unary: [(LGUnaryFunction, ClosedRange<Double>)] = [
    (.negate, -9...9), (.absolute, -9...9), (.sign, -9...9), (.square, -9...9),
    (.reciprocal, 0.2...9), (.squareRoot, 0.1...9), (.exp, -9...3), (.expm1, -9...3),
    (.log, 0.1...9), (.log1p, -0.8...9), (.log1pDefect, -0.8...9), (.sin, -9...9), (.cos, -9...9),
    (.tanh, -9...9), (.sigmoid, -9...9), (.softplus, -9...9), (.relu, -9...9), (.elu, -9...9),
    (.binaryEntropy, -4...4), (.errorFunction, -4...4), (.normalCDF, -6...6),
    (.logNormalCDF, -3...6), (.normalQuantile, 0.01...0.99), (.logGamma, 0.2...9),
    (.digamma, 0.2...9),
  ]

  @Test("Functions of one element", arguments: unary.indices)
  func ofOne(_ index: Int) {
    let (f, range) = Self.unary[index]
    for count in Self.counts {
      checkUnary(Float.self, f, range, count)
      checkUnary(Double.self, f, range, count)
    }
  }

  private func checkUnary<S: TensorScalar>(
    _: S.Type, _ f: LGUnaryFunction, _ range: ClosedRange<Double>, _ n: Int
  ) {
    var numbers = SplitMix(state: UInt64(n + 1))
    let x = numbers.array(n, range).rounded(to: S.self)
    let (g, before) = (numbers.array(n).rounded(to: S.self), numbers.array(n).rounded(to: S.self))
    let bound = 16 * Double(S.ulpOfOne)
    let (typed, y) = (x.map { S($0) }, Buffer([S](repeating: .nan, count: n)))
    var expected = [Double](repeating: .nan, count: n)
    S.kernels.elementwise.unary(f, typed, y.pointer, n)
    lg_reference_unary(f, x, &expected, n)
    #expect(relativeError(y.values.map(Double.init), expected) <= bound)
    for accumulate in [false, true] {
      let adjoint = LGUnaryAdjoint(f: f, n: n, accumulate: accumulate)
      let (dx, weights) = (Buffer(before.map { S($0) }), g.map { S($0) })
      S.kernels.elementwise.unaryAdjoint(adjoint, typed, y.pointer, weights, dx.pointer)
      var slopes = before
      lg_reference_unary_adjoint(adjoint, x, g, &slopes)
      #expect(relativeError(dx.values.map(Double.init), slopes) <= bound)
    }
  }

  static let binary: [LGBinaryFunction] = [
    .add, .subtract, .multiply, .divide, .maximum, .minimum, .power, .powerSlope,
    .binaryDivergence, .binaryDivergenceSlope, .binaryDivergenceOtherSlope, .less, .lessOrEqual,
    .equal,
  ]

  /// Both arguments are between ½ and 2, of which some are equal.
  @Test(
    "Functions of two elements", arguments: binary,
    [(0, 0), (1, 1), (3, 1), (1, 37), (5, 16), (4, 33)])
  func ofTwo(_ f: LGBinaryFunction, _ size: (rows: Int, columns: Int)) {
    for (a, b) in [(true, true), (true, false), (false, true), (false, false)] {
      let (rows, columns) = size
      let of = LGBinary(
        f: f, rows: rows, columns: columns, a_row: a ? columns : 1, a_step: a ? 1 : 0,
        b_row: b ? columns : 0, b_step: b ? 1 : 0)
      checkBinary(Float.self, of)
      checkBinary(Double.self, of)
    }
  }

  private func checkBinary<S: TensorScalar>(_: S.Type, _ of: LGBinary) {
    var numbers = SplitMix(state: UInt64(of.columns + 1))
    let count = of.rows * of.columns
    let a = numbers.array(count + 1, 0.5...2).rounded(to: S.self)
    let b = a.map { numbers.next() % 4 == 0 ? $0 : numbers.uniform(0.5...2) }.rounded(to: S.self)
    let c = Buffer([S](repeating: .nan, count: count))
    var expected = [Double](repeating: .nan, count: count)
    S.kernels.elementwise.binary(of, a.map { S($0) }, b.map { S($0) }, c.pointer)
    lg_reference_binary(of, a, b, &expected)
    #expect(relativeError(c.values.map(Double.init), expected) <= 16 * Double(S.ulpOfOne))
  }

  // MARK: Nonzeros

  /// The kernels copy nonzeros; a product sums in the order of the reference, so that each of its k
  /// sums rounds by half a unit of terms that are at most k in total.
  @Test(
    "Products with nonzeros",
    arguments: [(1, 1, 1), (3, 5, 111), (64, 9, 112), (65, 33, 113), (20, 70, 300)], [false, true])
  func nonzeros(_ size: (m: Int, n: Int, k: Int), transposes: Bool) {
    checkNonzeros(Float.self, size, transposes: transposes)
    checkNonzeros(Double.self, size, transposes: transposes)
  }

  private func checkNonzeros<S: TensorScalar>(
    _: S.Type, _ size: (m: Int, n: Int, k: Int), transposes: Bool
  ) {
    let (m, n, k) = size
    var numbers = SplitMix(state: UInt64(m * k))
    let a = numbers.array(m * k).map { abs($0) < 0.8 ? 0 : $0 }.rounded(to: S.self)
    let b = numbers.array(k * n).rounded(to: S.self)
    let before = numbers.array(m * n).rounded(to: S.self)
    let entries = (k + bandWidth - 1) / bandWidth * (m + 1)
    var (starts, places) = (
      [UInt32](repeating: 0, count: entries), [UInt8](repeating: 0, count: m * k)
    )
    var values = [Double](repeating: 0, count: m * k)
    let count = lg_reference_nonzeros(a, m, k, &starts, &places, &values)
    let kernels = S.kernels.nonzeros
    let dense = transposes ? (0..<m * k).map { S(a[$0 % m * k + $0 / m]) } : a.map { S($0) }
    #expect(kernels.count(dense, m * k) == count)
    let (ownStarts, ownPlaces) = (
      Buffer(starts.map { _ in 7 as UInt32 }), Buffer(places.map { _ in 7 as UInt8 })
    )
    let own = Buffer([S](repeating: .nan, count: m * k))
    (transposes ? kernels.collectTransposed : kernels.collect)(
      dense, transposes ? k : m, transposes ? m : k, ownStarts.pointer, ownPlaces.pointer,
      own.pointer)
    #expect(ownStarts.values == starts)
    #expect(ownPlaces.values.prefix(count) == places.prefix(count))
    #expect(own.values.prefix(count).map(Double.init) == Array(values.prefix(count)))
    for (accumulate, first) in [(false, 0), (true, m / 2)] {
      let product = LGNonzeroProduct(
        m: m, n: n, k: k, first: first, count: m - first, starts: ownStarts.pointer,
        places: ownPlaces.pointer, ldb: n, ldc: n, accumulate: accumulate)
      let c = Buffer(before.map { S($0) })
      var expected = before
      kernels.product(product, own.values, b.map { S($0) }, c.pointer)
      lg_reference_nonzeros_product(product, a, b, &expected)
      let bound = Double((k + 1) * (k + 1)) * Double(S.ulpOfOne)
      #expect(relativeError(c.values.map(Double.init), expected) <= bound)
    }
  }
}

private let bandWidth = Int(LG_BAND)
