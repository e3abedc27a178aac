import Tensors
import TestSupport
import Testing

@Suite("Log of matrix products")
struct ProductLogTests {
  typealias Matrix = Tensor<Double>

  @Test(
    "Products are logged in order with sizes and batches, only inside the call that asks for the log"
  )
  func sizes() {
    let (a, b) = (Matrix.ones([4, 3]), Matrix.ones([3, 2]))
    let batch = Matrix.ones([5, 2, 7])
    let products = loggedProducts {
      _ = matrixProduct(a, b)
      _ = matrixProduct(b, a, transposingLeft: true, transposingRight: true)
      _ = matrixProduct(a, a, transposingLeft: true)
      _ = matrixProduct(batch, batch, transposingRight: true)
      _ = matrixProduct(batch, Matrix.ones([7, 3]))
    }
    _ = matrixProduct(a, b)
    #expect(
      products.map { [$0.plan.count, $0.plan.m, $0.plan.n, $0.plan.k] } == [
        [1, 4, 2, 3], [1, 2, 4, 3], [1, 3, 3, 4], [5, 2, 2, 7], [1, 10, 3, 7],
      ])
    #expect(products.allSatisfy { !$0.hasBias })
  }

  @Test("A replay computes the products that were logged")
  func replay() {
    let products = loggedProducts {
      _ = matrixProduct(Matrix.ones([4, 3]), Matrix.ones([3, 2]))
      _ = matrixProduct(Matrix.ones([5, 2, 7]), Matrix.ones([5, 7, 1]))
    }
    let replay = ProductReplay<Double>(of: products)
    let again = loggedProducts { replay.run() }
    #expect(again.map { $0.plan.shape } == [[4, 2], [5, 2, 1]])
    #expect(loggedProducts { replay.runByBLAS() }.isEmpty)
  }

  /// The shapes of both factors, and whether each is transposed.
  static let shapes: [(Shape, Shape, Bool, Bool)] = [
    ([5, 4], [4, 3], false, false), ([4, 5], [4, 3], true, false),
    ([2, 5, 4], [4, 3], false, false), ([2, 5, 4], [2, 3, 4], false, true),
    ([3, 1, 4, 5], [2, 3, 4], true, true), ([2, 0, 4], [4, 3], false, false),
  ]

  @Test("Products computed by BLAS alone equal the library's products", arguments: shapes)
  func blas(a: Shape, b: Shape, transposingLeft: Bool, transposingRight: Bool) {
    // The elements are 0 and 1, so that their sums are exact in any order.
    var generator = Philox(seed: 3)
    let left = Tensor<Float>.uniform(a, using: &generator) .< 0.5
    let right = Tensor<Float>.uniform(b, using: &generator) .< 0.5
    let plan = ProductPlan(a, b, transposingLeft, transposingRight)
    let bias = Tensor<Float>.ones([plan.shape[-1]])
    for hasBias in [false, true] {
      let (ours, theirs) = (Tensor<Float>.ones(plan.shape), Tensor<Float>.ones(plan.shape))
      plan.multiply(
        left.pointer, right.pointer, into: ours.mutablePointer,
        bias: hasBias ? bias.pointer : nil)
      plan.multiplyByBLAS(
        left.pointer, right.pointer, into: theirs.mutablePointer, accumulates: hasBias)
      #expect(ours.scalars == theirs.scalars)
    }
  }
}
