import Tensors
import TestSupport
import Testing

@Suite("Gradients agree with central differences")
struct GradientTests {
  @Test(
    "The gradients of unary functions agree with central differences", arguments: unaryOperations)
  func unary(operation: DifferentiableOperation) throws { try operation.expectGradients() }

  /// Near 0 the fifth derivative is 24/x⁵, which needs a smaller step.
  @Test("The gradient of log Γ agrees with central differences")
  func logGamma() {
    let x = Tensor<Double>([0.1, 0.9, 1, 1.46, 2, 9.99, 10.01, 300, -0.4, -2.5])
    expectGradients(at: [x], step: 0x1p-12, within: 1e-9) { $0[0].logGamma() }
  }

  @Test(
    "The gradients of arithmetic and selection agree with central differences",
    arguments: arithmeticOperations)
  func arithmetic(operation: DifferentiableOperation) throws { try operation.expectGradients() }

  @Test(
    "The gradients of reductions agree with central differences", arguments: reductionOperations)
  func reductions(operation: DifferentiableOperation) throws { try operation.expectGradients() }

  @Test(
    "The gradients of reshaping, slicing and joining agree with central differences",
    arguments: shapingOperations)
  func shaping(operation: DifferentiableOperation) throws { try operation.expectGradients() }

  @Test(
    "The gradients of linear algebra agree with central differences",
    arguments: linearAlgebraOperations)
  func linearAlgebra(operation: DifferentiableOperation) throws { try operation.expectGradients() }
}
