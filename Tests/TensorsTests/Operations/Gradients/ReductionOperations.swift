import TestSupport
import Tensors

private typealias Reduction = (
  name: String, function: @Sendable (Tensor<Double>, Int, Bool) -> Tensor<Double>
)

private let reductions: [Reduction] = [
  ("sum", { $0.sum(axis: $1, keepingAxis: $2) }),
  ("mean", { $0.mean(axis: $1, keepingAxis: $2) }),
  ("variance", { $0.variance(axis: $1, keepingAxis: $2) }),
  ("max", { $0.max(axis: $1, keepingAxis: $2) }),
  ("min", { $0.min(axis: $1, keepingAxis: $2) }),
  ("logSumExp", { $0.logSumExp(axis: $1, keepingAxis: $2) }),
  ("softmax", { x, axis, _ in x.softmax(axis: axis) }),
  ("cumulativeSum", { $0.cumulativeSum(axis: $1, reversed: $2) }),
]

private let alongEachAxis = reductions.flatMap { name, function in
  [-1, 0, 1, 2].flatMap { axis in
    [false, true].map { flag in
      DifferentiableOperation(
        "\(name), axis \(axis), \(name == "cumulativeSum" ? "reversed" : "keeping it"): \(flag)",
        [.distinct([2, 3, 4])]
      ) { function($0[0], axis, flag) }
    }
  }
}

let reductionOperations: [DifferentiableOperation] =
  alongEachAxis + [
    .init("sum of all", [.normal([2, 3])]) { $0[0].sum() },
    .init("sum over axes", [.normal([2, 3, 4])]) { $0[0].sum(axes: [0, -1]) },
    .init("sum over no axes", [.normal([2, 3])]) { $0[0].sum(axes: []) },
    .init("sum over no elements", [.normal([2, 0])]) { $0[0].sum(axis: 1) },
    .init("mean of all", [.normal([2, 3])]) { $0[0].mean() },
    .init("max over one element", [.normal([2, 1])]) { $0[0].max(axis: 1) },
    .init("logSumExp of large values", [.numbers([800, 799, -800, -801, 0, 3], [3, 2])]) {
      $0[0].logSumExp(axis: 1)
    },
    .init("logSumExp with −∞", [.normal([3])]) {
      let x = Tensor.stacked([$0[0], .full(-.infinity, [3])])
      return x.logSumExp(axis: 0)
    },
    .init("logSumExp of −∞ beside finite ones", [.normal([3])]) {
      let x = Tensor<Double>.stacked([$0[0], .full(-.infinity, [3])])
      return x.logSumExp(axis: 1).slice(0..<1)
    },
  ]
