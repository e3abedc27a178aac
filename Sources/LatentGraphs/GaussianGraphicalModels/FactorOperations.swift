import Tensors

/// The products and solves of a structure whose factor consists of a few bands, computed by kernels
/// for a range of rows. This type adds the adjoints, the distribution over threads and the checks of
/// shapes, so that a structure of a user's own needs only its loops.
///
/// Vectors have the shape `[draws…, batch…, k]`. Sums over the draws are computed in `Double` for
/// more than 512 draws in `Float`.
/// ```swift
/// struct MyPrecision: PrecisionStructure {
///   private let operations: FactorOperations<Double>
///
///   init(factorDiagonal l: Tensor<Double>, below m: Tensor<Double>) {
///     operations = FactorOperations(
///       name: "my structure", dimension: l.shape[-1], batchShape: l.shape.dropLast(),
///       bands: [l, m], kernels: MyKernels())
///   }
///
///   func whiten(_ residual: Tensor<Double>) -> Tensor<Double> { operations.whiten(residual) }
///   // …
/// }
/// ```
/// - Complexity: that of the kernels; an adjoint takes about twice as much.
public struct FactorOperations<Scalar: TensorScalar>: Sendable {
  /// The name of the structure, for messages.
  public let name: String
  /// The number of variables, `k`.
  public let dimension: Int
  /// The shape of the batch of matrices.
  public let batchShape: Shape
  /// The bands of the factor, `[batch…, …]` each.
  public let bands: [Tensor<Scalar>]
  private let kernels: any FactorKernels<Scalar>
  private let workPerElement: Int

  /// - Parameters:
  ///   - name: The name of the structure, for messages.
  ///   - dimension: The number of variables, `k`.
  ///   - batchShape: The shape of the batch of matrices.
  ///   - bands: The bands of the factor, `[batch…, …]` each, to which the gradients flow.
  ///   - kernels: The loops over rows of vectors.
  ///   - workPerElement: About how many elements of the factor a kernel reads for an element of a
  ///     vector, divided by those of a chain, two. It determines how the work is distributed.
  public init(
    name: String, dimension: Int, batchShape: Shape, bands: [Tensor<Scalar>],
    kernels: any FactorKernels<Scalar>, workPerElement: Int = 1
  ) {
    require(
      dimension >= 0 && workPerElement >= 1
        && bands.allSatisfy {
          $0.rank >= batchShape.rank && $0.shape.dropLast($0.rank - batchShape.rank) == batchShape
        },
      "a \(name) of batch \(batchShape) and \(dimension) variables got bands of shapes "
        + "\(bands.map(\.shape)) and \(workPerElement) units of work per element")
    (self.name, self.dimension, self.batchShape) = (name, dimension, batchShape)
    (self.bands, self.kernels, self.workPerElement) = (bands, kernels, workPerElement)
  }

  /// `Lᵀ r`. Adjoints: `r̄ = L ȳ` and, on the pattern, `L̄ᵢⱼ = Σ rᵢ ȳⱼ`.
  public func whiten(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run({ $0.whiten($1) }, on: x.detached)
    return value.recorded(from: [x] + bands) { [x = x.detached] g, gradients in
      gradients.add(to: 0, run({ $0.multiply($1) }, on: g))
      addOuter(x, g, negate: false, to: gradients)
    }
  }

  /// `L⁻ᵀ ε`. Adjoints: `ε̄ = w = L⁻¹ ū` and, on the pattern, `L̄ᵢⱼ = −Σ uᵢ wⱼ`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run({ $0.unwhiten($1) }, on: noise.detached)
    return value.recorded(from: [noise] + bands) { g, gradients in
      // If there are no rows, the fused kernel would not write the gradients. It adds all draws in
      // the precision of the elements.
      guard
        let fused = kernels as? any FusedFactorKernels<Scalar>, g.count > 0,
        needsBands(gradients), threadsShareParameterRows,
        g.shape.dropLast().count / batchShape.count <= longestSum(of: Scalar.self)
      else {
        let w = run({ $0.solve($1) }, on: g)
        gradients.add(to: 0, w)
        addOuter(value, w, negate: true, to: gradients)
        return
      }
      addUnwhiteningAdjoint(g, value, by: fused, to: gradients)
    }
  }

  /// Computes both adjoints in one pass over the vectors, which stay in the cache between the solve
  /// and the product.
  private func addUnwhiteningAdjoint(
    _ g: Tensor<Scalar>, _ value: Tensor<Scalar>, by kernels: any FusedFactorKernels<Scalar>,
    to gradients: Gradients<Scalar>
  ) {
    let rows = g.shape.dropLast().count
    let pointers = bands.map { $0.pointer }
    let results = bands.map { band in Tensor<Scalar>(band.shape) { _ in } }
    let memory = results.map { $0.mutablePointer }
    let counts = bandCounts
    let w = Tensor<Scalar>(g.shape) { w in
      parallelFor(count: batchShape.count, grain: parameterRowsPerThread(of: rows)) {
        kernels.unwhitenAdjoint(
          UnwhitenAdjoint(
            parameterRows: $0, parameterCount: batchShape.count, rowCount: rows,
            dimension: dimension, bandCounts: counts, bands: pointers, upstream: g.pointer,
            value: value.pointer, noiseGradient: w, results: memory))
      }
    }
    gradients.add(to: 0, w)
    for (i, result) in results.enumerated() { gradients.add(to: i + 1, result) }
  }

  /// `L x`. Adjoints: `x̄ = Lᵀ ȳ` and, on the pattern, `L̄ᵢⱼ = Σ ȳᵢ xⱼ`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run({ $0.multiply($1) }, on: x.detached)
    return value.recorded(from: [x] + bands) { [x = x.detached] g, gradients in
      gradients.add(to: 0, run({ $0.whiten($1) }, on: g))
      addOuter(g, x, negate: false, to: gradients)
    }
  }

  /// `L⁻¹ x`. Adjoints: `x̄ = L⁻ᵀ ȳ` and, on the pattern, `L̄ᵢⱼ = −Σ x̄ᵢ yⱼ`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run({ $0.solve($1) }, on: x.detached)
    return value.recorded(from: [x] + bands) { g, gradients in
      let w = run({ $0.unwhiten($1) }, on: g)
      gradients.add(to: 0, w)
      addOuter(w, value, negate: true, to: gradients)
    }
  }

  /// `Σ log Lᵢᵢ`, `[batch…]`, if the first band is the diagonal of `L`, `[batch…, k]`.
  public var logDeterminantOfFactor: Tensor<Scalar> {
    require(
      bands.first?.shape == batchShape + [dimension],
      "the first band of a \(name) of \(dimension) variables is not the diagonal of its factor")
    return bands[0].log().sum(axis: -1)
  }

  /// Applies a kernel to all rows.
  private func run(
    _ kernel: (any FactorKernels<Scalar>, FactorVectors<Scalar>) -> Void, on x: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: name)
    let rows = x.shape.dropLast().count
    let (pointers, counts) = (bands.map { $0.pointer }, bandCounts)
    return Tensor(x.shape) { y in
      parallelFor(count: rows, grain: rowsPerThread) {
        kernel(
          kernels,
          FactorVectors(
            rows: $0, parameterCount: batchShape.count, dimension: dimension, bandCounts: counts,
            bands: pointers, x: x.pointer, y: y))
      }
    }
  }

  /// The number of elements of each band of one matrix.
  private var bandCounts: [Int] {
    bands.map { $0.shape.last($0.rank - batchShape.rank).count }
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
    let counts = bandCounts
    func products(_ parameterRange: Range<Int>, _ columns: Range<Int>) {
      kernels.outerProducts(
        FactorProducts(
          parameterRows: parameterRange, columns: columns, parameterCount: parameterRows,
          rowCount: rows, dimension: dimension, bandCounts: counts, a: a, b: b, isNegated: negate,
          results: memory))
    }
    if threadsShareParameterRows {
      parallelFor(count: parameterRows, grain: parameterRowsPerThread(of: rows)) {
        products($0, 0..<dimension)
      }
    } else {
      // If there are few parameter rows and many draws, the columns are distributed over the
      // threads.
      let grain = max(64, elementsPerThread / max(rows * workPerElement, 1))
      parallelFor(count: dimension, grain: grain) { products(0..<parameterRows, $0) }
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
