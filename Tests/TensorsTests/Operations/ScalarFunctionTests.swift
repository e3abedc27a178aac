import TestSupport
import Tensors
import Testing

@Suite("Elementwise functions of single numbers")
struct ScalarFunctionTests {
  private func product(_ x: Tensor<Double>, _ y: Tensor<Double>, _ z: Tensor<Double>)
    -> Tensor<Double>
  {
    elementwise(
      x, y, z, value: { $0 * $1 * $1 + $2 }, slopes: { x, y, _ in (y * y, 2 * x * y, 1) })
  }

  @Test("Shorter shapes are repeated, and their gradients are summed")
  func shapes() throws {
    let operation = DifferentiableOperation(
      "x·y² + z", [.normal([4, 2, 3]), .normal([3]), .normal([2, 3])]
    ) { product($0[0], $0[1], $0[2]) }
    try operation.expectGradients()
    let value = product(.ones([2, 3]), Tensor([1, 2, 3]), Tensor(0.5))
    #expect(value.shape == [2, 3] && value.scalars == [1.5, 4.5, 9.5, 1.5, 4.5, 9.5])
    #expect(product(.zeros([0, 3]), .ones([3]), .zeros([3])).shape == [0, 3])
  }

  @Test("An infinite derivative does not reach an element without an upstream gradient")
  func infinite() {
    let x = Tensor<Float>([0, 4]).tracked()
    let root = elementwise(x, value: { $0.squareRoot() }, slope: { 0.5 / $0.squareRoot() })
    let masked = Tensor([0, 1]).select(root, .zeros([2])).sum()
    #expect(gradients(of: masked, withRespectTo: [x])[0].scalars == [0, 0.25])
  }

  @Test("Shapes that are not the last axes of the longest stop the program")
  func mistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = elementwise(
        Tensor<Double>.ones([2, 3]), .ones([2]), value: { $0 + $1 }, slopes: { _, _ in (1, 1) })
    }
    expectMessage(result, "[[2, 3], [2]]")
  }
}
