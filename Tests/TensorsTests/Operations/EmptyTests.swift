import Tensors
import Testing

@Suite("Tensors without elements")
struct EmptyTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let result: Shape
    let inputs: [Shape]
    let function: @Sendable ([Tensor<Float>]) throws -> Tensor<Float>

    init(
      _ description: String, _ inputs: [Shape], _ result: Shape,
      _ function: @escaping @Sendable ([Tensor<Float>]) throws -> Tensor<Float>
    ) {
      (self.description, self.inputs, self.result) = (description, inputs, result)
      self.function = function
    }

    static let all: [Case] = [
      .init("functions of an element", [[0, 3]], [0, 3]) { x in
        let all: [Tensor<Float>] = [
          -x[0], x[0].abs(), x[0].sign(), x[0].squared(), x[0].reciprocal(), x[0].squareRoot(),
          x[0].exp(), x[0].expm1(), x[0].log(), x[0].log1p(), x[0].sin(), x[0].cos(), x[0].tanh(),
          x[0].sigmoid(), x[0].softplus(), x[0].relu(), x[0].elu(), 2 * x[0] + 1,
        ]
        return all.reduce(x[0]) { $0 + $1 }
      },
      .init("arithmetic", [[0, 3], [3]], [0, 3]) { x in
        Tensor.maximum(x[0] + x[1], x[0] * x[1]) - Tensor.minimum(x[0] / x[1], x[0].power(2))
      },
      .init("broadcasting", [[1, 0], [2, 1]], [2, 0]) { $0[0] + $0[1] },
      .init("select and clamp", [[2, 0], [2, 0]], [2, 0]) {
        ($0[0] .< 1).select($0[0], $0[1]).clamped(to: 0...1)
      },
      .init("sums along the empty axis", [[2, 0]], [2]) { $0[0].sum(axis: 1) },
      .init("reductions along the other", [[0, 3]], [0]) {
        $0[0].sum(axis: 1) + $0[0].mean(axis: 1) + $0[0].variance(axis: 1) + $0[0].max(axis: 1)
          + $0[0].min(axis: 1) + $0[0].logSumExp(axis: 1)
      },
      .init("reductions of no lines", [[3, 0]], [0]) {
        $0[0].sum(axis: 0) + $0[0].mean(axis: 0) + $0[0].max(axis: 0) + $0[0].logSumExp(axis: 0)
      },
      .init("the sum of all", [[0, 4]], []) { $0[0].sum() },
      .init("cumulative sums", [[0, 3]], [0, 3]) { $0[0].cumulativeSum(axis: 1) },
      .init("cumulative sums of nothing", [[2, 0]], [2, 0]) {
        $0[0].cumulativeSum(axis: 1, reversed: true) + $0[0].softmax(axis: 1)
      },
      .init("shaping", [[0, 3]], [3, 0, 1]) {
        $0[0].transposed().addingAxis(at: -1).permuted([0, 1, 2])
      },
      .init("slicing", [[4, 0]], [2, 0]) { $0[0].slice(1..<3) },
      .init("an empty slice", [[4, 3]], [4, 0]) { $0[0].slice(1..<1, axis: 1) },
      .init("joining", [[0, 3], [2, 3]], [2, 3]) { Tensor.concatenated($0) },
      .init("gathering", [[4, 3]], [0, 3]) { $0[0].gatheredRows(at: []) },
      .init("gathering places", [[0, 3]], [0, 2]) { $0[0].gathered(at: [2, 0]) },
      .init("scattering", [[2, 0]], [2, 3]) { $0[0].scatterAdded(to: [], count: 3) },
      .init("a product of no rows", [[0, 3], [3, 2]], [0, 2]) { matrixProduct($0[0], $0[1]) },
      .init("a product over nothing", [[2, 0], [0, 3]], [2, 3]) { matrixProduct($0[0], $0[1]) },
      .init("a product of no columns", [[2, 3], [3, 0]], [2, 0]) { matrixProduct($0[0], $0[1]) },
      .init("a batch of no products", [[0, 2, 3], [0, 3, 4]], [0, 2, 4]) {
        matrixProduct($0[0], $0[1])
      },
      .init("a factor of nothing", [[0, 0]], [0, 0]) { try $0[0].cholesky() },
      .init("a batch of no factors", [[0, 3, 3]], [0, 3, 3]) { try $0[0].cholesky() },
      .init("a solve of no columns", [[3, 3], [3, 0]], [3, 0]) { triangularSolve($0[0], $0[1]) },
      .init("a solve of nothing", [[0, 0], [0, 2]], [0, 2]) { triangularSolve($0[0], $0[1]) },
    ]
  }

  @Test(
    "Operations on tensors without elements give results and gradients of the right shapes",
    arguments: Case.all)
  func empty(_ example: Case) throws {
    let inputs = example.inputs.map { Tensor<Float>.ones($0).tracked() }
    let result = try example.function(inputs)
    #expect(result.shape == example.result)
    let slopes = gradients(of: result.sum(), withRespectTo: inputs)
    #expect(slopes.map(\.shape) == example.inputs)
    #expect(slopes.allSatisfy { $0.isFinite })
  }

  @Test("Drawing a tensor without elements does not advance the generator")
  func random() {
    var generator = Philox(seed: 1)
    let before = generator
    for shape in [[0], [3, 0], [0, 2]] as [Shape] {
      #expect(Tensor<Float>.normal(shape, using: &generator).shape == shape)
      #expect(Tensor<Double>.uniform(shape, in: -1..<1, using: &generator).shape == shape)
      #expect(Tensor<Float>.gumbel(shape, using: &generator).shape == shape)
      #expect(Tensor<Float>.bernoulli(.zeros(shape), using: &generator).shape == shape)
    }
    #expect(generator == before && generator.permutation(0).isEmpty)
  }
}
