import Tensors
import TestSupport
import Testing

private let mistakes: [Mistake] = [
  .init("5 elements do not fill the shape [2, 3] of 6") {
    _ = Tensor<Float>([1, 2, 3, 4, 5], shape: [2, 3])
  },
  .init("a shape has a negative size: [2, -1]") { _ = Shape([2, -1]) },
  .init("a shape has more elements than can be counted: [4611686018427387904, 2, 1]") {
    _ = Shape([1 << 62, 2, 1]).count
  },
  .init("a shape has more elements than can be counted: [9223372036854775807, 1, 1, 1, 2]") {
    _ = Tensor<Float>.zeros([.max, 1, 1, 1, 2])
  },
  .init("a tensor of 4611686018427387904 elements of 4 bytes") {
    _ = Tensor<Float>.zeros([1 << 62])
  },
  .init("a tensor of 4.0 TiB needs more than") { _ = Tensor<Double>.zeros([1 << 39]) },
  .init("the shape [2, 3] without its last -1 axes") { _ = x.shape.dropLast(-1) },
  .init("the last -1 axes of the shape [2, 3]") { _ = x.shape.last(-1) },
  .init("parts of [-1, 4] do not add up to axis -1 of shape [2, 3]") {
    _ = x.split(sizes: [-1, 4])
  },
  .init("parts of [9223372036854775807, 4] do not add up") { _ = x.split(sizes: [.max, 4]) },
  .init("slice -9223372036854775808..<9223372036854775807 is outside axis 0") {
    _ = x.slice(.min ..< .max)
  },
  .init("part -9223372036854775808..<9223372036854775807 of a tensor of shape [6]") {
    _ = x.reshaped(to: [6]).part(.min ..< .max, as: [3])
  },
  .init("elements of shape [0] do not fit an axis of -1") {
    _ = Tensor<Float>.zeros([0]).scatterAdded(to: [], count: -1)
  },
  .init("axis 2 is outside the shape [2, 3]") { _ = x.sum(axis: 2) },
  .init("axis -3 is outside the shape [2, 3]") { _ = x.sum(axis: -3) },
  .init("shapes [2, 3] and [2] do not broadcast to each other") { _ = x + Tensor([1, 2]) },
  .init("shape [2, 3] does not broadcast to [2, 1]") { _ = x.broadcast(to: [2, 1]) },
  .init("shapes [2, 3], [2] and [] do not broadcast to each other") {
    _ = x.select(Tensor([1, 2]), Tensor(0))
  },
  .init("a tensor of shape [2, 3] cannot be reshaped to [4]") { _ = x.reshaped(to: [4]) },
  .init("a tensor of shape [2, 3] has no single element") { _ = x.scalar },
  .init("index [0, 3] is outside the shape [2, 3]") { _ = x[0, 3] },
  .init("1 indices for a tensor of shape [2, 3]") { _ = x[0] },
  .init("[0, 0] is not a permutation of the axes of shape [2, 3]") { _ = x.permuted([0, 0]) },
  .init("slice 1..<3 is outside axis 0 of shape [2, 3]") { _ = x.slice(1..<3) },
  .init("index 3 is outside axis 1 of shape [2, 3]") { _ = x.slice(at: 3, axis: 1) },
  .init("parts of [1, 1] do not add up to axis -1 of shape [2, 3]") {
    _ = x.split(sizes: [1, 1])
  },
  .init("shapes [2, 3] and [3, 2] cannot be joined along axis 0") {
    _ = Tensor.concatenated([x, x.transposed()])
  },
  .init("no tensors to concatenate") { _ = Tensor<Float>.concatenated([]) },
  .init("row 2 is outside the shape [2, 3]") { _ = x.gatheredRows(at: [0, 2]) },
  .init("an extremum over no elements, axis 1 of [2, 0]") {
    _ = Tensor<Float>.zeros([2, 0]).max(axis: 1)
  },
  .init("the mean over no elements, axis 0 of [0]") { _ = Tensor<Float>.zeros([0]).mean() },
  .init("no product of shapes [2, 3] and [2, 3]") { _ = matrixProduct(x, x) },
  .init("no product of shapes [2, 3]ᵀ and [3, 2]") {
    _ = matrixProduct(x, x.transposed(), transposingLeft: true)
  },
  .init("no triangular solve of shapes [2, 3] and [2, 3]") { _ = triangularSolve(x, x) },
  .init("shape [2, 3] is not of square matrices") { _ = try x.cholesky() },
  .init("the gradient of a tensor of shape [2, 3] is not a gradient") {
    let variable = x.tracked()
    _ = gradients(of: variable, withRespectTo: [variable])
  },
  .init("make it a variable: tracked()") { _ = gradients(of: x.sum(), withRespectTo: [x]) },
  .init("a gradient of shape [3] was added to one of shape [2, 3]") {
    let variable = x.tracked()
    let y = x.sum().recorded(from: [variable]) { _, gradients in gradients.add(to: 0, .zeros([3]))
    }
    _ = gradients(of: y, withRespectTo: [variable])
  },
  .init("the sum over axes [0, 0] of [2, 3] names an axis twice") { _ = x.sum(axes: [0, 0]) },
  .init("the sum over axes [0, -2] of [2, 3] names an axis twice") { _ = x.sum(axes: [0, -2]) },
  .init("element 1 of the probabilities is nan, which does not lie in 0...1") {
    var generator = Philox(seed: 1)
    _ = Tensor<Float>.bernoulli(Tensor([1, .nan]), using: &generator)
  },
  .init("element 2000 of the probabilities is 1.5, which does not lie in 0...1") {
    var generator = Philox(seed: 1)
    let probabilities = Tensor<Double>.zeros([2000])
    _ = Tensor.bernoulli(
      Tensor.concatenated([probabilities, Tensor([1.5])]), using: &generator)
  },
  .init("element 0 of the probabilities is -0.25, which does not lie in 0...1") {
    var generator = Philox(seed: 1)
    _ = Tensor<Float>.bernoulli(Tensor([-0.25]), using: &generator)
  },
  .init("no uniform distribution on 1.0..<1.0") {
    var generator = Philox(seed: 1)
    _ = Tensor<Float>.uniform([2], in: 1..<1, using: &generator)
  },
]

private let x = Tensor<Float>.ones([2, 3])

@Suite("Mistakes of the caller")
struct MistakeTests {
  @Test(
    "A mistake of the caller stops the program with a message on standard error",
    arguments: mistakes.indices)
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try mistakes[index].commit()
    }
    expectMessage(result, mistakes[index])
  }
}
