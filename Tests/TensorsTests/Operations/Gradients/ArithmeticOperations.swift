import TestSupport
import Tensors

/// Pairs of shapes, two or more for each way to broadcast.
private let shapePairs: [(String, Shape, Shape)] = [
  ("equal", [2, 3], [2, 3]), ("a scalar on the left", [], [2, 3]),
  ("a scalar on the right", [2, 3], []), ("leading", [4, 2, 3], [3]), ("a row", [2, 3], [1, 3]),
  ("a column", [2, 3], [2, 1]), ("middle", [2, 4, 3], [2, 1, 3]), ("both", [2, 1], [1, 3]),
  ("both, of different rank", [2, 1, 3], [4, 1]), ("ends", [1, 3, 1], [2, 3, 4]),
  ("alternating", [2, 1, 3, 1], [1, 4, 1, 2]), ("nothing", [0, 3], [3]),
]

private typealias Binary = (
  name: String, function: @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>
)

private let binaries: [Binary] = [
  ("+", { $0 + $1 }), ("−", { $0 - $1 }), ("·", { $0 * $1 }), ("/", { $0 / (3 * $1) }),
  ("maximum", { .maximum($0, $1 + 0.05) }), ("minimum", { .minimum($0, $1 + 0.05) }),
]

private let broadcastOperations = binaries.flatMap { name, function in
  shapePairs.map { pair in
    let inputs: [TestInput] =
      name.hasPrefix("m")
      ? [.distinct(pair.1), .distinct(pair.2)] : [.normal(pair.1), .nonzero(pair.2)]
    return DifferentiableOperation("\(name), \(pair.0): \(pair.1) and \(pair.2)", inputs) {
      function($0[0], $0[1])
    }
  }
}

private let mask = Tensor<Double>([1, 0, 0, 2, -1, 0], shape: [2, 3])

let arithmeticOperations: [DifferentiableOperation] =
  broadcastOperations + [
    .init("x + c", [.normal([3])]) { $0[0] + 2 },
    .init("c + x", [.normal([3])]) { 2 + $0[0] },
    .init("x − c", [.normal([3])]) { $0[0] - 2 },
    .init("c − x", [.normal([3])]) { 2 - $0[0] },
    .init("x·c", [.normal([3])]) { $0[0] * 2 },
    .init("c·x", [.normal([3])]) { 2 * $0[0] },
    .init("x/c", [.normal([3])]) { $0[0] / 3 },
    .init("c/x", [.positive([3])]) { 2 / $0[0] },
    .init("+=, −=, *=", [.normal([2, 3]), .normal([3])]) {
      var x = $0[0]
      x += $0[1]
      x *= x
      x -= $0[1]
      return x
    },
    .init("x + x", [.normal([3])]) { $0[0] + $0[0] },
    .init("x·x", [.normal([3])]) { $0[0] * $0[0] },
    .init("x/x²", [.positive([3])]) { $0[0] / $0[0].squared() },
    .init("x³", [.normal([4])]) { $0[0].power(3) },
    .init("x²·⁵", [.positive([4])]) { $0[0].power(2.5) },
    .init("x⁻²", [.positive([4])]) { $0[0].power(-2) },
    .init("x² with 0", [.numbers([0, 1, -1], [3])]) { $0[0].power(2) },
    .init("x¹ with 0", [.numbers([0, 1, -1], [3])]) { $0[0].power(1) },
    .init("x⁰ with 0", [.numbers([0, 1, -1], [3])]) { $0[0].power(0) },
    .init("clamped", [.distinct([4, 8])]) { $0[0].clamped(to: -0.5...1) },
    .init("select", [.normal([2, 3]), .normal([2, 3])]) { mask.select($0[0], $0[1]) },
    .init("select, broadcasting", [.normal([4, 1, 1]), .normal([3])]) {
      mask.select($0[0], $0[1])
    },
    .init("select, by a mask that broadcasts", [.normal([4, 2, 3]), .normal([])]) {
      mask.select($0[0], $0[1])
    },
    .init("broadcast, leading", [.normal([3])]) { $0[0].broadcast(to: [2, 3]) },
    .init("broadcast, middle", [.normal([2, 1, 3])]) { $0[0].broadcast(to: [2, 4, 3]) },
    .init("broadcast, all", [.normal([])]) { $0[0].broadcast(to: [2, 3]) },
    .init("broadcast to nothing", [.normal([1, 3])]) { $0[0].broadcast(to: [0, 3]) },
  ]
