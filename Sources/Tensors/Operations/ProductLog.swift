/// A matrix product as it was asked for, or a batch of them: `C = op(A) op(B)`.
package struct LoggedProduct: Sendable {
  /// The sizes, and what is transposed.
  package let plan: ProductPlan
  /// Whether a bias was added to its rows.
  package let hasBias: Bool
}

/// The matrix products that a computation asks for while a log is at hand.
///
/// A log belongs to a task. Where there is none a product pays for the look alone, as operations do
/// to see whether they are recorded for a gradient.
final class ProductLog: Sendable {
  @TaskLocal static var current: ProductLog?

  private let products = Lock<[LoggedProduct]>([])

  func append(_ product: LoggedProduct) {
    products.withLock { $0.append(product) }
  }

  var all: [LoggedProduct] { products.withLock { $0 } }
}

/// The matrix products that `body` asks for in this task, in their order.
///
/// For what is computed without a gradient: the products of adjoints go past the log. Triangular solves and factorizations are no products.
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

/// Logged products to be computed again, alone.
///
/// All have their operands in the same three buffers, which are at least as near to the processor
/// as those of the computation: the products are not slower here than they were there.
package struct ProductReplay<Scalar: TensorScalar> {
  private let products: [LoggedProduct]
  private let left, right, bias, result: Tensor<Scalar>

  /// A replay of these products, whatever their operands were.
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

  /// Computes all products as the library does.
  package func run() {
    for product in products {
      product.plan.multiply(
        left.pointer, right.pointer, into: result.mutablePointer,
        bias: product.hasBias ? bias.pointer : nil)
    }
  }

  /// Computes all products by BLAS, one call for each matrix, on as many of its own threads as the
  /// library may use.
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
