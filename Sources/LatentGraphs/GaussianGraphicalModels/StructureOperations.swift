import Tensors

/// The products and solves of a structure whose factor consists of a few bands, computed by kernels
/// for a range of rows. This type contains the operations, their adjoints and their distribution
/// over threads.
///
/// Vectors are rows, `[rows, k]`. Row `i` uses the parameter row `i % parameterRows`, since the
/// axes of the draws precede those of the batch.
struct FactorOperations<Scalar: TensorScalar>: Sendable {
  typealias RowKernel =
    @Sendable (
      _ rows: Range<Int>, _ bands: [UnsafePointer<Scalar>], _ x: UnsafePointer<Scalar>,
      _ y: UnsafeMutablePointer<Scalar>
    ) -> Void

  /// `±Σ a bᵀ` on the pattern of the factor, for ranges of the parameter rows and of the columns of
  /// the factor.
  typealias OuterKernel =
    @Sendable (
      _ parameterRows: Range<Int>, _ columns: Range<Int>, _ rows: Int,
      _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ negate: Bool,
      _ gradients: [UnsafeMutablePointer<Scalar>]
    ) -> Void

  /// For a range of parameter rows and all vectors that use them: `w = L⁻¹ ū` and the gradients
  /// `−Σ uᵢ wⱼ`.
  typealias UnwhiteningAdjoint =
    @Sendable (
      _ parameterRows: Range<Int>, _ rows: Int, _ bands: [UnsafePointer<Scalar>],
      _ upstream: UnsafePointer<Scalar>, _ value: UnsafePointer<Scalar>,
      _ noiseGradient: UnsafeMutablePointer<Scalar>, _ gradients: [UnsafeMutablePointer<Scalar>]
    ) -> Void

  let name: String
  let dimension: Int
  let batchShape: Shape
  /// The bands of the factor, the diagonal first: `[batch…, length]` each.
  let bands: [Tensor<Scalar>]
  let whitening: RowKernel
  let unwhitening: RowKernel
  let multiplying: RowKernel
  let solving: RowKernel
  let unwhiteningAdjoint: UnwhiteningAdjoint
  let outer: OuterKernel
  /// The work for an element of a vector, relative to that for a chain.
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
      // If there are no rows, the fused kernel would not write the gradients. It adds all draws in
      // the precision of the elements.
      guard
        g.count > 0, needsBands(gradients), threadsShareParameterRows,
        g.shape.dropLast().count / batchShape.count <= longestSum(of: Scalar.self)
      else {
        let w = run(solving, on: g)
        gradients.add(to: 0, w)
        addOuter(value, w, negate: true, to: gradients)
        return
      }
      addUnwhiteningAdjoint(g, value, to: gradients)
    }
  }

  /// Computes both adjoints in one pass over the vectors, which stay in the cache between the solve
  /// and the product.
  private func addUnwhiteningAdjoint(
    _ g: Tensor<Scalar>, _ value: Tensor<Scalar>, to gradients: Gradients<Scalar>
  ) {
    let rows = g.shape.dropLast().count
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
    let rows = x.shape.dropLast().count
    let pointers = bands.map { $0.pointer }
    return Tensor(x.shape) { y in
      parallelFor(count: rows, grain: rowsPerThread) { kernel($0, pointers, x.pointer, y) }
    }
  }

  private func addOuter(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, negate: Bool, to gradients: Gradients<Scalar>
  ) {
    let rows = a.shape.dropLast().count
    // If there are no rows, the kernel would not write the gradients.
    guard rows > 0, needsBands(gradients) else { return }
    let step = batchShape.count * dimension
    let results = sumOfGroups(rows / batchShape.count) { draws in
      outerProducts(
        draws: draws.count, a.pointer + draws.lowerBound * step,
        b.pointer + draws.lowerBound * step, negate: negate)
    }
    for (i, result) in results.enumerated() { gradients.add(to: i + 1, result) }
  }

  /// `±Σ a bᵀ` on the pattern of the factor, over some draws.
  private func outerProducts(
    draws: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, negate: Bool
  ) -> [Tensor<Scalar>] {
    let parameterRows = batchShape.count
    let rows = draws * parameterRows
    let results = bands.map { band in Tensor<Scalar>(band.shape) { _ in } }
    let memory = results.map { $0.mutablePointer }
    if threadsShareParameterRows {
      parallelFor(count: parameterRows, grain: parameterRowsPerThread(of: rows)) {
        outer($0, 0..<dimension, rows, a, b, negate, memory)
      }
    } else {
      // If there are few parameter rows and many draws, the columns are distributed over the
      // threads.
      let grain = max(64, elementsPerThread / max(rows * workPerElement, 1))
      parallelFor(count: dimension, grain: grain) {
        outer(0..<parameterRows, $0, rows, a, b, negate, memory)
      }
    }
    return results
  }

  private func needsBands(_ gradients: Gradients<Scalar>) -> Bool {
    bands.indices.contains { gradients.isNeeded($0 + 1) }
  }

  /// Whether there are enough parameter rows to distribute them, with all their draws, over the
  /// threads.
  private var threadsShareParameterRows: Bool { batchShape.count >= 2 * Threads.limit }

  private func parameterRowsPerThread(of rows: Int) -> Int {
    max(1, rowsPerThread * batchShape.count / max(rows, 1))
  }

  private var elementsPerThread: Int { 1 << 15 }
  private var rowsPerThread: Int {
    max(1, elementsPerThread / max(dimension * workPerElement, 1))
  }
}
