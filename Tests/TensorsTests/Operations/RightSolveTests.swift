import Tensors
import TestSupport
import Testing

@Suite("Triangular solves from the right, X L = B")
struct RightSolveTests {
  /// A batch of well-conditioned factors, and a batch of right-hand sides.
  static func example(batch: Shape) -> (factor: Tensor<Double>, rows: Tensor<Double>) {
    var generator = Philox(seed: 7)
    let noise = Tensor<Double>.normal(batch + [5, 5], using: &generator)
    let factor = noise.lowerTriangle(withDiagonal: false) * 0.3 + Tensor.identity(5) * 1.5
    return (factor, .normal(batch + [3, 5], using: &generator))
  }

  @Test(
    "The solution multiplied by the factor gives the right-hand side", arguments: [[], [2]],
    [false, true])
  func solution(batch: [Int], transposing: Bool) {
    let (factor, rows) = Self.example(batch: Shape(batch))
    let x = triangularSolve(rows: rows, factor, transposing: transposing)
    let back = matrixProduct(x, factor, transposingRight: transposing)
    #expect((back - rows).abs().scalars.allSatisfy { $0 < 1e-13 })
  }

  @Test(
    "Gradients of the solve agree with central differences", arguments: [[], [2]], [false, true])
  func adjoint(batch: [Int], transposing: Bool) {
    let (factor, rows) = Self.example(batch: Shape(batch))
    var generator = Philox(seed: 8)
    let weights = Tensor<Double>.normal(rows.shape, using: &generator)
    expectGradients(at: [factor, rows], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
      let x = triangularSolve(rows: $0[1], $0[0].lowerTriangle(), transposing: transposing)
      return (x.squared() * weights).sum()
    }
  }
}

@Suite("The index of the first element that is not positive")
struct FirstNotPositiveTests {
  @Test(
    "The first element that is not positive is found at any index",
    arguments: [0, 1, 1023, 1024, 3000], [0, -1, Float.nan])
  func found(index: Int, value: Float) {
    var elements = [Float](repeating: 0.5, count: 3001)
    elements[index] = value
    #expect(Tensor(elements).firstIndexNotPositive == index)
  }

  @Test("The index of the first element that is not positive is nil if there is no such element")
  func none() {
    #expect(Tensor<Float>.full(.leastNonzeroMagnitude, [3001]).firstIndexNotPositive == nil)
    #expect(Tensor<Double>.zeros([0]).firstIndexNotPositive == nil)
  }
}
