import Foundation
import Tensors
import Testing

/// The values of the elementwise functions at +0 and −0, whose signs decide between two limits.
@Suite("Functions at signed zeros")
struct SignedZeroTests {
  /// A function with its values at +0 and −0.
  private struct Limit<Scalar: TensorScalar> {
    let name: String
    let function: (Tensor<Scalar>) -> Tensor<Scalar>
    let values: (positive: Scalar, negative: Scalar)

    static var all: [Limit] {
      func same(
        _ name: String, _ value: Scalar, _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
      ) -> Limit {
        Limit(name: name, function: function, values: (value, value))
      }
      func odd(
        _ name: String, _ value: Scalar = 0,
        _ function: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
      ) -> Limit {
        Limit(name: name, function: function, values: (value, -value))
      }
      return [
        same("exp", 1) { $0.exp() }, odd("expm1") { $0.expm1() },
        same("log", -.infinity) { $0.log() }, odd("log1p") { $0.log1p() },
        odd("√") { $0.squareRoot() }, odd("sin") { $0.sin() }, same("cos", 1) { $0.cos() },
        odd("tanh") { $0.tanh() }, same("sigmoid", 0.5) { $0.sigmoid() },
        same("softplus", Scalar(log(2.0))) { $0.softplus() }, odd("elu") { $0.elu() },
        same("abs", 0) { $0.abs() }, same("square", 0) { $0.squared() },
        odd("reciprocal", .infinity) { $0.reciprocal() },
        odd("quotient", .infinity) { Tensor(1) / $0 }, odd("erf") { $0.erf() },
        same("Φ", 0.5) { $0.normalCDF() }, same("log Γ", .infinity) { $0.logGamma() },
        odd("ψ", -.infinity) { $0.digamma() },
      ]
    }
  }

  @Test("Values at +0 and −0 are the limits from the right and from the left")
  func limits() {
    func check<Scalar: TensorScalar>(_: Scalar.Type) {
      for limit in Limit<Scalar>.all {
        // Seven elements, so that vectors and the rest after them are tested.
        for (zero, expected) in [
          (Scalar(0), limit.values.positive), (-Scalar(0), limit.values.negative),
        ] {
          for value in limit.function(.full(zero, [7])).scalars {
            #expect(
              value == expected && value.sign == expected.sign,
              "\(limit.name) of \(zero) in \(Scalar.self) is \(value), not \(expected)")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
