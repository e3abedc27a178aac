import Foundation
import Tensors
import Testing

/// A function of a float tensor, the exact function, and a bound on the error. The error is
/// measured in units in the last place of the exact value; below the normal range the unit is the
/// smallest subnormal number.
struct FloatFunction: Sendable, CustomStringConvertible {
  let description: String
  let function: @Sendable (Tensor<Float>) -> Tensor<Float>
  let exact: @Sendable (Double) -> Double
  /// The largest error measured with and without fused multiply-adds, on a grid five times as fine
  /// as the one in the tests, rounded up a little.
  let bound: Double
  var domain: ClosedRange<Float> = -(.greatestFiniteMagnitude)...(.greatestFiniteMagnitude)

  static let all: [FloatFunction] = [
    .init(description: "exp", function: { $0.exp() }, exact: { exp($0) }, bound: 1.0),
    .init(description: "expm1", function: { $0.expm1() }, exact: { expm1($0) }, bound: 1.6),
    .init(
      description: "log", function: { $0.log() }, exact: { log($0) }, bound: 0.85,
      domain: 0...(.greatestFiniteMagnitude)),
    .init(
      description: "log1p", function: { $0.log1p() }, exact: { log1p($0) }, bound: 1.5,
      domain: -1...(.greatestFiniteMagnitude)),
    .init(description: "tanh", function: { $0.tanh() }, exact: { tanh($0) }, bound: 2.4),
    .init(
      description: "sigmoid", function: { $0.sigmoid() },
      exact: { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }, bound: 2.5),
    .init(
      description: "softplus", function: { $0.softplus() },
      exact: { max($0, 0) + log1p(exp(-abs($0))) }, bound: 1.9),
    .init(
      description: "elu", function: { $0.elu() }, exact: { $0 > 0 ? $0 : expm1($0) }, bound: 1.0),
    .init(
      description: "√", function: { $0.squareRoot() }, exact: { $0.squareRoot() }, bound: 0.5001,
      domain: 0...(.greatestFiniteMagnitude)),
    .init(
      description: "sin", function: { $0.sin() }, exact: { sin($0) }, bound: 0.5001,
      domain: -1e5...1e5),
    .init(
      description: "cos", function: { $0.cos() }, exact: { cos($0) }, bound: 0.5001,
      domain: -1e5...1e5),
  ]
}

@Suite("Float functions compared with libm in Double")
struct FloatFunctionTests {
  /// The floats of a range at which errors are measured: an even grid of bit patterns, which covers
  /// every binade equally; a fine grid of ordinary numbers; and numbers near overflow and
  /// underflow.
  static func grid(_ domain: ClosedRange<Float>) -> [Float] {
    let patterns = stride(from: UInt32(0), to: 0x7f80_0000, by: 1009).map(Float.init(bitPattern:))
    let ordinary = (0...400_000).map { Float($0) * 2.6e-4 }
    let edges: [Float] = [
      .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude, .leastNormalMagnitude,
      .leastNormalMagnitude.nextDown, .ulpOfOne, .ulpOfOne / 2, 0.5, 1, Float(1).nextDown,
      Float(1).nextUp, 9, 10,
      17.33, 18, 87.33654, 87.33655, 88, 88.72283, 88.72284, 88.9, 89, 89.5, 103.27, 103.97, 104,
      104.5, .greatestFiniteMagnitude, 0.346_573_59, 0.693_147_2,
    ]
    let positive = (patterns + ordinary + edges).filter { !$0.isNaN }
    return (positive + positive.map { -$0 }).filter(domain.contains)
  }

  static func ulps(_ value: Float, _ exact: Double) -> Double {
    let rounded = Float(exact)
    if rounded.isInfinite || value.isInfinite { return value == rounded ? 0 : .infinity }
    let unit = max(Double(Float(abs(exact)).ulp), Double(Float.leastNonzeroMagnitude))
    return abs(Double(value) - exact) / unit
  }

  @Test(
    "The largest error of a float function is within its bound in ulp", arguments: FloatFunction.all
  )
  func errors(function: FloatFunction) {
    let x = Self.grid(function.domain)
    #expect(x.count > 1_000_000)
    let y = function.function(Tensor(x)).scalars
    var (worst, place) = (0.0, Float(0))
    for (x, y) in zip(x, y) {
      let error = Self.ulps(y, function.exact(Double(x)))
      if !(error <= worst) { (worst, place) = (error, x) }
    }
    #expect(worst <= function.bound, "\(worst) ulp at \(place)")
  }

  private static let specialValues: [(Float, exp: Float, expm1: Float, tanh: Float)] = [
    (0, 1, 0, 0), (-0.0, 1, -0.0, -0.0), (.infinity, .infinity, .infinity, 1),
    (-.infinity, 0, -1, -1), (.nan, .nan, .nan, .nan), (-.nan, .nan, .nan, .nan),
    (1000, .infinity, .infinity, 1), (-1000, 0, -1, -1),
    (.leastNonzeroMagnitude, 1, .leastNonzeroMagnitude, .leastNonzeroMagnitude),
    (-.leastNonzeroMagnitude, 1, -.leastNonzeroMagnitude, -.leastNonzeroMagnitude),
    (88.72284, .infinity, .infinity, 1),
  ]

  private func expectSame(_ a: Float, _ b: Float, _ name: String, _ x: Float) {
    #expect(
      a.isNaN && b.isNaN || a.bitPattern == b.bitPattern, "\(name)(\(x)) is \(a), not \(b)")
  }

  @Test("Float functions have the right values at ±0, ±∞, NaN, and where exp overflows")
  func special() {
    let x = Tensor(Self.specialValues.map(\.0))
    let results = [x.exp(), x.expm1(), x.tanh(), x.elu(), x.sigmoid(), x.softplus(), x.relu()]
      .map(\.scalars)
    for (i, (x, exp, expm1, tanh)) in Self.specialValues.enumerated() {
      expectSame(results[0][i], exp, "exp", x)
      expectSame(results[1][i], expm1, "expm1", x)
      expectSame(results[2][i], tanh, "tanh", x)
      expectSame(results[3][i], x > 0 ? x : expm1, "elu", x)
      expectSame(results[4][i], x.isNaN ? x : x < -1 ? 0 : x > 1 ? 1 : 0.5, "sigmoid", x)
      let zero = Float(0.693_147_180_559_945_3)
      expectSame(results[5][i], x.isNaN ? x : x < -1 ? 0 : x > 1 ? x : zero, "softplus", x)
      expectSame(results[6][i], x.isNaN || x > 0 ? x : 0, "relu", x)
    }
  }

  @Test("Float logarithms and roots have the right values at the edges of their domain")
  func logarithms() {
    let cases: [(Float, log: Float, log1p: Float)] = [
      (0, -.infinity, 0), (-0.0, -.infinity, -0.0), (.infinity, .infinity, .infinity),
      (-.infinity, .nan, .nan), (.nan, .nan, .nan), (-1, .nan, -.infinity), (-1.5, .nan, .nan),
      (1, 0, 0.693_147_180_559_945_3), (-.leastNonzeroMagnitude, .nan, -.leastNonzeroMagnitude),
      (.leastNonzeroMagnitude, -103.278_929_9, .leastNonzeroMagnitude),
      (.greatestFiniteMagnitude, 88.722_839, 88.722_839),
    ]
    let x = Tensor(cases.map(\.0))
    let results = [x.log(), x.log1p(), x.squareRoot()].map(\.scalars)
    for (i, (x, log, log1p)) in cases.enumerated() {
      expectSame(results[0][i], log, "log", x)
      expectSame(results[1][i], log1p, "log1p", x)
      expectSame(results[2][i], x.squareRoot(), "√", x)
    }
  }

  @Test(
    "The value and the derivative of a function are NaN at NaN, and derivatives are NaN outside the domain"
  )
  func slopesOfNaN() {
    let functions: [(Tensor<Float>) -> Tensor<Float>] = [
      { $0.sign() }, { $0.abs() }, { $0.relu() }, { $0.elu() }, { $0.log() }, { $0.log1p() },
      { $0.tanh() }, { $0.sigmoid() }, { $0.softplus() }, { $0.exp() }, { $0.squareRoot() },
    ]
    for (index, function) in functions.enumerated() {
      let x = Tensor<Float>([.nan]).tracked()
      let y = function(x)
      #expect(y.scalar.isNaN, "function \(index)")
      #expect(gradients(of: y.sum(), withRespectTo: [x])[0].scalar.isNaN, "function \(index)")
    }
    let x = Tensor<Float>([-2]).tracked()
    #expect(gradients(of: x.log(), withRespectTo: [x])[0].scalar.isNaN)
    #expect(gradients(of: x.log1p(), withRespectTo: [x])[0].scalar.isNaN)
  }

  @Test("The functions in Double equal those of libm")
  func doubles() {
    let x: [Double] = [-745, -40, -1, -1e-9, 0, 1e-300, 1e-9, 0.3, 1, 2.5, 40, 709]
    let t = Tensor(x)
    #expect(t.exp().scalars == x.map { exp($0) } && t.expm1().scalars == x.map { expm1($0) })
    #expect(t.tanh().scalars == x.map { tanh($0) } && t.sin().scalars == x.map { sin($0) })
    #expect(t.abs().log().scalars == x.map { log(abs($0)) })
    #expect(t.abs().log1p().scalars == x.map { log1p(abs($0)) })
    #expect(t.squared().squareRoot().scalars == x.map { ($0 * $0).squareRoot() })
    #expect(t.reciprocal().scalars == x.map { 1 / $0 } && t.sign().scalars == x.map(sign))
  }

  private func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
