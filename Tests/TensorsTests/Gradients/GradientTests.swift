import TestSupport
import Testing

@Suite("Gradients agree with central differences")
struct GradientTests {
  @Test(
    "The gradients of unary functions agree with central differences", arguments: unaryOperations)
  func unary(operation: DifferentiableOperation) throws { try check(operation) }

  @Test(
    "The gradients of arithmetic and selection agree with central differences",
    arguments: arithmeticOperations)
  func arithmetic(operation: DifferentiableOperation) throws { try check(operation) }

  @Test(
    "The gradients of reductions agree with central differences", arguments: reductionOperations)
  func reductions(operation: DifferentiableOperation) throws { try check(operation) }

  @Test(
    "The gradients of reshaping, slicing and joining agree with central differences",
    arguments: shapingOperations)
  func shaping(operation: DifferentiableOperation) throws { try check(operation) }

  @Test(
    "The gradients of linear algebra agree with central differences",
    arguments: linearAlgebraOperations)
  func linearAlgebra(operation: DifferentiableOperation) throws { try check(operation) }

  private func check(_ operation: DifferentiableOperation) throws {
    let mismatches = try operation.mismatches()
    #expect(mismatches.isEmpty, "\(mismatches)")
  }
}
