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

  /// For parameter rows, all their batch rows at once: `w = L⁻¹ ū` and the gradients `−Σ uᵢ wⱼ`.
  typealias UnwhiteningAdjoint =
    @Sendable (
      _ parameterRows: Range<Int>, _ rows: Int, _ bands: [UnsafePointer<Scalar>],
      _ upstream: UnsafePointer<Scalar>, _ value: UnsafePointer<Scalar>,
      _ noiseGradient: UnsafeMutablePointer<Scalar>, _ gradients: [UnsafeMutablePointer<Scalar>]
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
  let unwhiteningAdjoint: UnwhiteningAdjoint
  let outer: OuterKernel
  /// How many times as much work an element of a vector is as in a chain.
  var workPerElement = 1

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
      // Without rows there is nothing to fuse, and the fused kernel would leave gradients unwritten.
      guard g.count > 0, needsBands(gradients), threadsShareParameterRows else {
        let w = run(solving, on: g)
        gradients.add(to: 0, w)
        addOuter(value, w, negate: true, to: gradients)
        return
      }
      addUnwhiteningAdjoint(g, value, to: gradients)
    }
  }

  /// Both adjoints in one pass over the vectors, which stay in the cache between solve and product.
  private func addUnwhiteningAdjoint(
    _ g: Tensor<Scalar>, _ value: Tensor<Scalar>, to gradients: Gradients<Scalar>
  ) {
    let rows = g.shape.droppingLast().count
    let pointers = bands.map { $0.pointer }
    let results = bands.map { band in Tensor<Scalar>(band.shape) { _ in } }
    let memory = results.map { $0.mutablePointer }
    let w = Tensor<Scalar>(g.shape) { w in
      parallelFor(count: batchShape.count, grain: parameterRowsPerThread(of: rows)) {
        unwhiteningAdjoint($0, rows, pointers, g.pointer, value.pointer, w, memory)
      }
    }
    gradients.add(to: 0, w)
    for (i, result) in results.enumerated() { gradients.add(to: i + 1, result) }
  }

  /// `L x`. Adjoints: `x̄ = Lᵀ ȳ` and, on the pattern, `L̄ᵢⱼ = Σ ȳᵢ xⱼ`.
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(multiplying, on: x.detached)
    return value.recorded(from: [x] + bands) { [x = x.detached] g, gradients in
      gradients.add(to: 0, run(whitening, on: g))
      addOuter(g, x, negate: false, to: gradients)
    }
  }

  /// `L⁻¹ x`. Adjoints: `x̄ = L⁻ᵀ ȳ` and, on the pattern, `L̄ᵢⱼ = −Σ x̄ᵢ yⱼ`.
  func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(solving, on: x.detached)
    return value.recorded(from: [x] + bands) { g, gradients in
      let w = run(unwhitening, on: g)
      gradients.add(to: 0, w)
      addOuter(w, value, negate: true, to: gradients)
    }
  }

  /// `Σ log Lᵢᵢ`.
  var logDeterminantOfFactor: Tensor<Scalar> { bands[0].log().sum(axis: -1) }

  private func run(_ kernel: RowKernel, on x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: name)
    let rows = x.shape.droppingLast().count
    let pointers = bands.map { $0.pointer }
    return Tensor(x.shape) { y in
      parallelFor(count: rows, grain: rowsPerThread) { kernel($0, pointers, x.pointer, y) }
    }
  }

  private func addOuter(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, negate: Bool, to gradients: Gradients<Scalar>
  ) {
    let rows = a.shape.droppingLast().count
    // The kernel leaves the gradients of parameters that no row uses unwritten.
    guard rows > 0, needsBands(gradients) else { return }
    let parameterRows = batchShape.count
    let results = bands.map { band in Tensor<Scalar>(band.shape) { _ in } }
    let memory = results.map { $0.mutablePointer }
    if threadsShareParameterRows {
      parallelFor(count: parameterRows, grain: parameterRowsPerThread(of: rows)) {
        outer($0, 0..<dimension, rows, a.pointer, b.pointer, negate, memory)
      }
    } else {
      // Few parameter rows, many draws: threads share the elements.
      let grain = max(64, elementsPerThread / max(rows * workPerElement, 1))
      parallelFor(count: dimension, grain: grain) {
        outer(0..<parameterRows, $0, rows, a.pointer, b.pointer, negate, memory)
      }
    }
    for (i, result) in results.enumerated() { gradients.add(to: i + 1, result) }
  }

  private func needsBands(_ gradients: Gradients<Scalar>) -> Bool {
    bands.indices.contains { gradients.isNeeded($0 + 1) }
  }

  /// Whether there are so many parameter rows that each thread gets some, with all their draws.
  private var threadsShareParameterRows: Bool { batchShape.count >= 2 * Threads.limit }

  private func parameterRowsPerThread(of rows: Int) -> Int {
    max(1, rowsPerThread * batchShape.count / max(rows, 1))
  }

  private var elementsPerThread: Int { 1 << 15 }
  private var rowsPerThread: Int {
    max(1, elementsPerThread / max(dimension * workPerElement, 1))
  }
}
