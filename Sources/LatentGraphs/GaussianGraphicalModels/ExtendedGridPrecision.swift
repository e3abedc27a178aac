import CKernels
import Tensors

/// The extended grid (figure 3 of the poster *Gaussian Graphical Models for Variational
/// Autoencoders*). The variables lie on a grid of `h×w`, numbered row by row. `L` has elements on
/// its diagonal and for the right and the lower neighbour of each variable. `P = L Lᵀ` is also
/// nonzero for the anti-diagonal neighbours `(i + 1, i + w)`. For `h = 2` and `w = 3`:
///
///         ⎡ l₀                ⎤
///         ⎢ r₀ l₁             ⎥       0 ─ 1 ─ 2
///     L = ⎢    r₁ l₂          ⎥       │ ╱ │ ╱ │
///         ⎢ d₀       l₃       ⎥       3 ─ 4 ─ 5
///         ⎢    d₁    r₂ l₄    ⎥
///         ⎣       d₂    r₃ l₅ ⎦    the graph of P
///
/// `l`, `r` and `d` are `factorDiagonal`, `factorRight` and `factorDown`.
/// ```swift
/// let precision = ExtendedGridPrecision<Double>(
///   height: 2, width: 3, factorDiagonal: .ones([6]), factorRight: .full(-0.5, [4]),
///   factorDown: .full(-0.5, [3]))
/// let variances = precision.marginalVariances  // [6]
/// ```
/// Conditioning and sums give other structures. An extended grid is given by its factor, and the
/// factor of a submatrix of `P`, or of `P` with another diagonal, has elements outside of the
/// pattern. The result is therefore the cheapest structure for the graph (`cheapestPrecision`), in
/// general a `SparsePrecision`.
/// - Complexity: `O(k)` for samples, densities and determinants; `O(k·w)` for the covariances on
///   the pattern of `P`. The poster's algorithm takes `O(k²)`.
public struct ExtendedGridPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The number of rows of the grid, `h`.
  public let height: Int
  /// The number of columns of the grid, `w`.
  public let width: Int
  /// The diagonal of `L`, positive: `[batch…, h·w]`.
  public let factorDiagonal: Tensor<Scalar>
  /// `L[i+1, i]` within each row of the grid: `[batch…, h·(w − 1)]`.
  public let factorRight: Tensor<Scalar>
  /// `L[i+w, i]`: `[batch…, (h − 1)·w]`.
  public let factorDown: Tensor<Scalar>
  private let operations: FactorOperations<Scalar>

  /// The precision `L Lᵀ`, given the positive diagonal of `L`, `[batch…, h·w]`, and its elements
  /// for the neighbours to the right, `[batch…, h·(w − 1)]`, and below, `[batch…, (h − 1)·w]`.
  public init(
    height: Int, width: Int, factorDiagonal l: Tensor<Scalar>, factorRight r: Tensor<Scalar>,
    factorDown d: Tensor<Scalar>
  ) {
    self.init(height: height, width: width, exponentials: l, factorRight: r, factorDown: d)
    requireFactor(diagonal: l, r, d, name: "an extended grid")
  }

  /// The same for a diagonal computed by `exp`, which is not checked. If a diverging network makes
  /// it NaN, zero or infinite, these values propagate to the loss.
  init(
    height: Int, width: Int, exponentials l: Tensor<Scalar>, factorRight r: Tensor<Scalar>,
    factorDown d: Tensor<Scalar>
  ) {
    require(height > 0 && width > 0, "an extended grid of \(height)×\(width)")
    let batch = l.rank > 0 ? l.shape.dropLast() : []
    require(
      l.shape == batch + [height * width] && r.shape == batch + [height * (width - 1)]
        && d.shape == batch + [(height - 1) * width],
      "an extended grid of \(height)×\(width) got a diagonal of shape \(l.shape), links to the "
        + "right of shape \(r.shape) and down of shape \(d.shape)")
    self.height = height
    self.width = width
    factorDiagonal = l
    factorRight = r
    factorDown = d
    operations = gridOperations(
      name: "extended grid", height: height, width: width, bands: [l, r, d],
      Scalar.kernels.extendedGrid.vectors)
  }

  /// The number of variables, `h·w`.
  public var dimension: Int { height * width }

  /// The shape of the batch.
  public var batchShape: Shape { factorDiagonal.shape.dropLast() }

  /// The grid with its anti-diagonals.
  public var graph: UndirectedGraph { .extendedGrid(height: height, width: width) }

  /// `P` on its graph, `O(k)`.
  public var elements: SymmetricElements<Scalar> { bandedElements }

  /// The diagonal of `P`, `lᵢ² + rᵢ₋₁² + dᵢ₋w²`, `O(k)`.
  public var diagonal: Tensor<Scalar> { precisionBands([0])[0] }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { operations.logDeterminantOfFactor }

  /// `Lᵀ r`, `O(k)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { operations.whiten(residual) }

  /// `L⁻ᵀ ε`, `O(k)`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { operations.unwhiten(noise) }

  /// `L x`, `O(k)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    operations.multiplyFactor(x)
  }

  /// `L⁻¹ x`, `O(k)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.solveFactor(x) }

  /// The covariances on a subgraph of the graph of `P`, by a recursion over the rows of the grid in
  /// `O(k·w)`; `nil` for other graphs.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    bandedCovariances(on: graph)
  }

  // MARK: Conditioning

  /// The conditioning in the cheapest structure for the graph. The products with the evidence use
  /// the factor.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByProducts(deviations)
  }

  // MARK: Parameters

  /// `factorDiagonal`, `factorRight` and `factorDown`.
  public var parameters: [Tensor<Scalar>] { [factorDiagonal, factorRight, factorDown] }

  /// The extended grid with these elements of the factor.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    ExtendedGridPrecision<Other>(
      height: height, width: width, exponentials: parameters[0], factorRight: parameters[1],
      factorDown: parameters[2])
  }
}

extension ExtendedGridPrecision: BandedPrecision {
  /// The diagonal and the bands of the right, the anti-diagonal and the lower neighbours.
  package var pattern: BandPattern {
    BandPattern(dimension: dimension, offsets: [0, 1, width - 1, width])
  }

  /// The diagonal of `L` and its bands for the right and the lower neighbours.
  package var factorBands: [Int: Tensor<Scalar>] {
    var bands = [0: factorDiagonal]
    if width > 1 { bands[1] = rightBand }
    if height > 1 { bands[width] = factorDown }
    return bands
  }

  /// `Pᵢᵢ = lᵢ² + rᵢ₋₁² + dᵢ₋w²`. The off-diagonal elements are products of two elements of a
  /// column of `L`: `(i, i+1)`: `lᵢ rᵢ`; `(i, i+w)`: `lᵢ dᵢ`; `(i+1, i+w)`: `rᵢ dᵢ`.
  package func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    let k = dimension
    let (l, r, d) = (factorDiagonal, rightBand, factorDown)
    return offsets.map { offset in
      if offset == 0 {
        // In a grid of one column, r is zero, and the band of offset 1 is d.
        let right = r.squared().padded(before: 1)
        return l.squared() + right + d.squared().padded(before: width)
      }
      var terms: [Tensor<Scalar>] = []
      if offset == 1 { terms.append(l.slice(0..<k - 1, axis: -1) * r) }
      if offset == width { terms.append(l.slice(0..<k - width, axis: -1) * d) }
      if offset == width - 1 {
        let count = k - width
        terms.append((r.slice(0..<count, axis: -1) * d).padded(before: 1))
      }
      require(!terms.isEmpty, "an extended grid of width \(width) has no band \(offset)")
      return terms.dropFirst().reduce(terms[0], +)
    }
  }

  /// The covariances on the pattern of `P`, by a recursion over the rows of the grid in `O(k·w)`;
  /// `nil` for other patterns.
  package func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    guard Set(pattern.offsets).isSubset(of: self.pattern.offsets) else { return nil }
    return gridCovariance(self, offsets: pattern.offsets)
  }

  /// `L[i+1, i]` for every `i`, with zeros from the end of a row of the grid to the start of the
  /// next: `[batch…, k−1]`.
  private var rightBand: Tensor<Scalar> {
    let batch = batchShape
    let rows = factorRight.reshaped(to: batch + [height, width - 1])
    let zeros = Tensor<Scalar>.zeros(batch + [height, 1])
    return Tensor.concatenated([rows, zeros], axis: -1).reshaped(to: batch + [dimension])
      .slice(0..<dimension - 1, axis: -1)
  }
}

extension Tensor {
  /// The tensor with `count` zeros inserted at the start of the last axis.
  func padded(before count: Int) -> Tensor {
    if count == 0 { return self }
    return .concatenated([.zeros(shape.replacing(axis: -1, with: count)), self], axis: -1)
  }
}

/// The covariances at some offsets of a grid's pattern, as a recorded operation.
private func gridCovariance<Scalar>(
  _ grid: ExtendedGridPrecision<Scalar>, offsets: [Int]
) -> [Int: Tensor<Scalar>] {
  let kernels = Scalar.kernels.extendedGrid
  let (h, w, k) = (grid.height, grid.width, grid.dimension)
  let (l, r, d) = (grid.factorDiagonal, grid.factorRight, grid.factorDown)
  let batch = grid.batchShape
  let rows = batch.count
  let grids = GridBatch(height: h, width: w, count: rows)
  // The kernel's bands are variance, next, diagonal and below. In a narrow grid two of them
  // coincide (w = 1: below is next; w = 2: diagonal is next), and only the first of these is
  // computed.
  let places = [0, 1, w - 1, w]
  let slots = offsets.map { places.firstIndex(of: $0)! }
  var starts = [Int?](repeating: nil, count: 4)
  var total = 0
  for slot in Set([0] + slots).sorted() {
    starts[slot] = total
    total += rows * (k - places[slot])
  }
  let grain = max(1, (1 << 14) / (k * w))
  let bands = Tensor<Scalar>([total]) { out in
    parallelFor(count: rows, grain: grain) { range in
      let workspace = Tensor<Scalar>([4 * w * w]) { _ in }
      kernels.covariance(
        grids.rows(range), LGGridFactor([l.pointer, r.pointer, d.pointer]),
        LGGridCovariance(
          variance: out, next: starts[1].map { out + $0 }, diagonal: starts[2].map { out + $0 },
          below: starts[3].map { out + $0 }),
        workspace.mutablePointer)
    }
  }
  let recorded = bands.recorded(from: [l, r, d]) {
    [l = l.detached, r = r.detached, d = d.detached] g, gradients in
    let results = [l, r, d].map { Tensor<Scalar>($0.shape) { _ in } }
    let memory = results.map { $0.mutablePointer }
    let upstream = starts.map { start in start.map { g.pointer + $0 } }
    parallelFor(count: rows, grain: grain) { range in
      let workspace = Tensor<Scalar>([k * w + 5 * w * w]) { _ in }
      kernels.covarianceAdjoint(
        grids.rows(range), LGGridFactor([l.pointer, r.pointer, d.pointer]),
        LGGridCovarianceGradient(
          variance: upstream[0], next: upstream[1], diagonal: upstream[2], below: upstream[3]),
        LGGridGradient(memory), workspace.mutablePointer)
    }
    for (i, result) in results.enumerated() { gradients.add(to: i, result) }
  }
  var result: [Int: Tensor<Scalar>] = [:]
  for (offset, slot) in zip(offsets, slots) {
    let start = starts[slot]!
    let length = rows * (k - offset)
    result[offset] = recorded.slice(start..<start + length).reshaped(to: batch + [k - offset])
  }
  return result
}
