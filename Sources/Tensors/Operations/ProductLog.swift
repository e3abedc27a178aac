/// A matrix product, or a batch of products, as it was requested: `C = op(A) op(B)`.
package struct LoggedProduct: Sendable {
  /// The sizes of the operands, and which of them are transposed.
  package let plan: ProductPlan
  /// Whether a bias was added to each row.
  package let hasBias: Bool
}

/// A log of the matrix products that a computation requests.
///
/// A log is a task-local value. Without one, a product pays only for the lookup.
final class ProductLog: Sendable {
  @TaskLocal static var current: ProductLog?

  private let products = Lock<[LoggedProduct]>([])

  func append(_ product: LoggedProduct) {
    products.withLock { $0.append(product) }
  }

  var all: [LoggedProduct] { products.withLock { $0 } }
}

/// The matrix products that `body` requests in this task, in order.
///
/// Use it for computations without gradients: the products of adjoints are not logged. Triangular
/// solves and factorizations are not products.
package func loggedProducts(of body: () throws -> Void) rethrows -> [LoggedProduct] {
  let log = ProductLog()
  try ProductLog.$current.withValue(log, operation: body)
  return log.all
}

/// Enters in the log of the task, if there is one, a product that is computed otherwise than by
/// `ProductPlan`.
package func logProduct(_ left: Shape, _ right: Shape, hasBias: Bool) {
  guard let log = ProductLog.current else { return }
  log.append(LoggedProduct(plan: ProductPlan(left, right), hasBias: hasBias))
}

/// Logged products that can be computed again, without the rest of the computation.
///
/// All products use the same three buffers, which are at least as likely to be in a cache as the
/// original operands. The replay is therefore not slower than the products of the computation.
package struct ProductReplay<Scalar: TensorScalar> {
  private let products: [LoggedProduct]
  private let left, right, bias, result: Tensor<Scalar>

  /// Creates a replay of these products with random operands.
  package init(of products: [LoggedProduct]) {
    self.products = products
    var generator = Philox(seed: 0)
    func buffer(_ size: (ProductPlan) -> Int) -> Tensor<Scalar> {
      .uniform([products.map { size($0.plan) }.max() ?? 0], in: -1..<1, using: &generator)
    }
    left = buffer(\.leftCount)
    right = buffer(\.rightCount)
    bias = buffer { $0.shape[-1] }
    result = buffer(\.shape.count)
  }

  /// Computes all products with the library's kernels.
  package func run() {
    for product in products {
      product.plan.multiply(
        left.pointer, right.pointer, into: result.mutablePointer,
        bias: product.hasBias ? bias.pointer : nil)
    }
  }

  /// Computes all products by BLAS, with one call for each matrix, on up to `Threads.limit` of its
  /// threads.
  package func runByBLAS() {
    BLASThreads.withAll {
      for product in products {
        product.plan.multiplyByBLAS(
          left.pointer, right.pointer, into: result.mutablePointer,
          accumulates: product.hasBias)
      }
    }
  }
}
