import TestSupport
import Tensors

/// Arguments for a function that is smooth everywhere: 0, and small, ordinary and large values of
/// both signs.
private let wide: TestInput = .numbers([0, -0.0, 1e-3, -1e-3, 0.4, -0.7, 3, -4, 12, -11], [2, 5])
/// Arguments for a function of positive values.
private let positive: TestInput = .numbers([0.1, 0.5, 1, 1.5, 20, 3e3], [2, 3])
/// Arguments for a function with a kink at 0: as above, without 0.
private let kinked: TestInput = .numbers([0.01, -0.01, 0.4, -0.7, 3, -4, 90, -90], [2, 4])

let unaryOperations: [DifferentiableOperation] = [
  .init("−x", [wide]) { -$0[0] },
  .init("|x|", [kinked]) { $0[0].abs() },
  .init("sign", [kinked]) { $0[0].sign() },
  .init("x²", [wide]) { $0[0].squared() },
  .init("1/x", [.nonzero([2, 3])]) { ($0[0] * 3).reciprocal() },
  .init("√x", [positive]) { $0[0].squareRoot() },
  .init("exp", [wide]) { $0[0].exp() },
  .init("expm1", [wide]) { $0[0].expm1() },
  .init("log", [.positive([2, 3])]) { $0[0].log() },
  .init("log at large values", [.numbers([20, 3e3, 1e6], [3])]) { $0[0].log() },
  .init("log1p", [.numbers([0, -0.3, 1e-3, 0.5, 40, 1e5], [6])]) { $0[0].log1p() },
  .init("x − log1p", [.numbers([0, -0.3, 1e-3, 0.499, 0.501, -0.6, 40, 1e5], [8])]) {
    $0[0].log1pDefect()
  },
  .init("sin", [wide]) { $0[0].sin() },
  .init("cos", [wide]) { $0[0].cos() },
  .init("tanh", [wide]) { $0[0].tanh() },
  .init("sigmoid", [wide]) { $0[0].sigmoid() },
  .init("softplus", [wide]) { $0[0].softplus() },
  .init("softplus at large values", [.numbers([-700, -40, 40, 700, 1e6], [5])]) {
    $0[0].softplus()
  },
  .init("relu", [kinked]) { $0[0].relu() },
  .init("elu", [kinked]) { $0[0].elu() },
  .init("erf", [wide]) { $0[0].erf() },
  .init("Φ", [wide]) { $0[0].normalCDF() },
  .init("log Φ", [.numbers([0, 1e-3, -0.7, -3, -12, -29.9, -30.1, -200, 4], [9])]) {
    $0[0].logNormalCDF()
  },
  .init("Φ⁻¹", [.numbers([0.25, 0.4, 0.5, 0.7, 0.75], [5])]) { $0[0].normalQuantile() },
  .init("digamma", [.numbers([0.5, 0.9, 1.46, 2, 9.99, 10.01, 14.99, 300, -0.4, -2.5], [10])]) {
    $0[0].digamma()
  },
  .init("a scalar", [.normal([])]) { $0[0].exp() },
  .init("nothing", [.normal([0, 3])]) { $0[0].exp() },
  .init("more than a vector's lanes", [.normal([67])]) { $0[0].tanh() },
]
