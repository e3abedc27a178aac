import TestSupport
import Tensors

private let permutations = [
  [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [-1, 1, 0],
]
.map { order in
  DifferentiableOperation("permuted \(order)", [.normal([2, 3, 4])]) { $0[0].permuted(order) }
}

private let alongEachAxis = [0, 1, 2, -1].flatMap { axis -> [DifferentiableOperation] in
  let parts: [TestInput] = [1, 2, 0, 3].map {
    .normal(([2, 2, 2] as Shape).replacing(axis: axis, with: $0))
  }
  let equal: [TestInput] = [.normal([2, 3]), .normal([2, 3]), .normal([2, 3])]
  return [
    .init("slice, axis \(axis)", [.normal([3, 4, 5])]) { $0[0].slice(1..<3, axis: axis) },
    .init("empty slice, axis \(axis)", [.normal([3, 4, 5])]) { $0[0].slice(1..<1, axis: axis) },
    .init("slice at, axis \(axis)", [.normal([3, 4, 5])]) { $0[0].slice(at: 2, axis: axis) },
    .init("split, one part used, axis \(axis)", [.normal([4, 4, 4])]) {
      $0[0].split(sizes: [1, 0, 3], axis: axis)[2]
    },
    .init("split, parts used in another order, axis \(axis)", [.normal([4, 4, 4])]) {
      let parts = $0[0].split(sizes: [1, 1, 2], axis: axis)
      return parts[2] * parts[0] + parts[1].exp() * parts[2]
    },
    .init("concatenated, axis \(axis)", parts) { .concatenated($0, axis: axis) },
    .init("stacked, axis \(axis)", equal) { .stacked($0, axis: axis) },
    .init("adding an axis at \(axis)", [.normal([2, 3])]) { $0[0].addingAxis(at: axis) },
  ]
}

let shapingOperations: [DifferentiableOperation] =
  permutations + alongEachAxis + [
    .init("reshaped", [.normal([2, 6])]) { $0[0].reshaped(to: [3, 1, 4]) },
    .init("transposed", [.normal([2, 3])]) { $0[0].transposed() },
    .init("transposed, batched", [.normal([4, 2, 3])]) { $0[0].transposed() },
    .init("transposed column", [.normal([3, 1])]) { $0[0].transposed() },
    .init("transposed nothing", [.normal([0, 3])]) { $0[0].transposed() },
    .init("concatenated with itself", [.normal([2, 3])]) {
      .concatenated([$0[0], $0[0]], axis: 1)
    },
    .init("concatenated alone", [.normal([2, 3])]) { .concatenated($0) },
    .init("slice of a slice", [.normal([5, 3])]) { $0[0].slice(1..<5).slice(1..<3) },
    .init("parts that overlap, and all of it", [.normal([6])]) {
      $0[0].part(0..<4, as: [2, 2]) * $0[0].part(2..<6, as: [2, 2])
        + $0[0].part(0..<6, as: [3, 2]).slice(1..<3)
    },
    .init("slices that overlap", [.normal([5])]) { $0[0].slice(0..<3) * $0[0].slice(2..<5) },
    .init("rows gathered", [.normal([4, 3])]) { $0[0].gatheredRows(at: [2, 0, 2, 2, 3]) },
    .init("numbers gathered", [.normal([4])]) { $0[0].gatheredRows(at: [1, 1]) },
    .init("no rows gathered", [.normal([4, 3])]) { $0[0].gatheredRows(at: []) },
    .init("matrices gathered", [.normal([3, 2, 2])]) { $0[0].gatheredRows(at: [2, 2, 0]) },
  ]
