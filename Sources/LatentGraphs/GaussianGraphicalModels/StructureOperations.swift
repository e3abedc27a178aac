import Tensors

/// The work of a structure whose factor is given by a few bands, in terms of kernels that take a
/// range of rows: the operations, their adjoints and how they are spread over threads.
///
/// Vectors are rows `[rows, k]`, of which row `i` uses parameter row `i % parameterRows`: draws
/// lead, the batch follows.
struct FactorOperations<Scalar: TensorScalar>: Sendable {
  typealias RowKernel =
    @Sendable (
      _ rows: Range<Int>, _ bands: [UnsafePointer<Scalar>], _ x: UnsafePointer<Scalar>,
      _ y: UnsafeMutablePointer<Scalar>
    ) -> Void

  /// `±Σ a bᵀ` on the pattern of the factor, for parameter rows and columns of the factor.
  typealias OuterKernel =
    @Sendable (
      _ parameterRows: Range<Int>, _ columns: Range<Int>, _ rows: Int,
      _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ negate: Bool,
      _ gradients: [UnsafeMutablePointer<Scalar>]
    ) -> Void

  let name: String
  let dimension: Int
  let batchShape: Shape
  /// The bands of the factor, the diagonal first, each `[batch…, length]`.
  let bands: [Tensor<Scalar>]
  let whitening: RowKernel
  let unwhitening: RowKernel
  let multiplying: RowKernel
  let solving: RowKernel
  let outer: OuterKernel

  /// `Lᵀ r`. Adjoints: `r̄ = L ȳ` and, on the pattern, `L̄ᵢⱼ = Σ rᵢ ȳⱼ`.
  func whiten(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(whitening, on: x.detached)
    return value.recorded(from: [x] + bands) { [x = x.detached] g, gradients in
      gradients.add(to: 0, run(multiplying, on: g))
      addOuter(x, g, negate: false, to: gradients)
    }
  }

  /// `L⁻ᵀ ε`. Adjoints: `ε̄ = w = L⁻¹ ū` and, on the pattern, `L̄ᵢⱼ = −Σ uᵢ wⱼ`.
  func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(unwhitening, on: noise.detached)
    return value.recorded(from: [noise] + bands) { g, gradients in
      let w = run(solving, on: g)
      gradients.add(to: 0, w)
      addOuter(value, w, negate: true, to: gradients)
    }
  }

  /// `L x`. Adjoints: `x̄ = Lᵀ ȳ` and, on the pattern, `L̄ᵢⱼ = Σ ȳᵢ xⱼ`.
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(multiplying, on: x.detached)
    return value.recorded(from: [x] + bands) { [x = x.detached] g, gradients in
      gradients.add(to: 0, run(whitening, on: g))
      addOuter(g, x, negate: false, to: gradients)
    }
  }

  /// `Σ log Lᵢᵢ`.
  var logDeterminantOfFactor: Tensor<Scalar> { bands[0].log().sum(axis: -1) }

  private func run(_ kernel: RowKernel, on x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: name)
    let rows = x.shape.droppingLast().count
    let pointers = bands.map(\.pointer)
    return Tensor(x.shape) { y in
      parallelFor(count: rows, grain: rowsPerThread) { kernel($0, pointers, x.pointer, y) }
    }
  }

  private func addOuter(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, negate: Bool, to gradients: Gradients<Scalar>
  ) {
    let rows = a.shape.droppingLast().count
    // The kernel leaves the gradients of parameters that no row uses unwritten.
    guard rows > 0, bands.indices.contains(where: { gradients.isNeeded($0 + 1) }) else { return }
    let parameterRows = batchShape.count
    let results = bands.map { band in Tensor<Scalar>(band.shape) { _ in } }
    let memory = results.map(\.mutablePointer)
    if parameterRows >= 2 * Threads.limit {
      // Each parameter row has its own draws.
      let grain = max(1, rowsPerThread * parameterRows / max(rows, 1))
      parallelFor(count: parameterRows, grain: grain) {
        outer($0, 0..<dimension, rows, a.pointer, b.pointer, negate, memory)
      }
    } else {
      // Few parameter rows, many draws: threads share the elements.
      let grain = max(64, elementsPerThread / max(rows, 1))
      parallelFor(count: dimension, grain: grain) {
        outer(0..<parameterRows, $0, rows, a.pointer, b.pointer, negate, memory)
      }
    }
    for (i, result) in results.enumerated() { gradients.add(to: i + 1, result) }
  }

  private var elementsPerThread: Int { 1 << 15 }
  private var rowsPerThread: Int { max(1, elementsPerThread / max(dimension, 1)) }
}
