import TestSupport
import Testing

@Suite("Gradients by central differences")
struct GradientTests {
  @Test("unary functions", arguments: unaryOperations)
  func unary(operation: DifferentiableOperation) throws { try check(operation) }

  @Test("arithmetic and selection", arguments: arithmeticOperations)
  func arithmetic(operation: DifferentiableOperation) throws { try check(operation) }

  @Test("reductions", arguments: reductionOperations)
  func reductions(operation: DifferentiableOperation) throws { try check(operation) }

  @Test("shapes and parts", arguments: shapingOperations)
  func shaping(operation: DifferentiableOperation) throws { try check(operation) }

  @Test("linear algebra", arguments: linearAlgebraOperations)
  func linearAlgebra(operation: DifferentiableOperation) throws { try check(operation) }

  private func check(_ operation: DifferentiableOperation) throws {
    let mismatches = try operation.mismatches()
    #expect(mismatches.isEmpty, "\(mismatches)")
  }
}
