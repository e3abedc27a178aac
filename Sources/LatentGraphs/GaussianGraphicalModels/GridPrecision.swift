import Tensors

/// A regular grid of `h×w` variables, row by row, each joined with its neighbours to the right and
/// below (the poster's figure 2): `P` itself is the parameter.
///
/// It is factored by nested dissection. `O(w³)` for a grid of `w×w` and for its covariances,
/// `O(w² log w)` for a sample.
public struct GridPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The rows of the grid, `h`.
  public let height: Int
  /// The columns of the grid, `w`.
  public let width: Int
  private let sparse: SparsePrecision<Scalar>

  /// The precision with this diagonal, `[batch…, h·w]`, and these elements between neighbours, to the
  /// right, `P[i, i+1]`, `[batch…, h·(w − 1)]`, and down, `P[i, i+w]`, `[batch…, (h − 1)·w]`.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot.
  public init(
    height: Int, width: Int, diagonal: Tensor<Scalar>, right: Tensor<Scalar>, down: Tensor<Scalar>
  ) throws {
    requireGrid(height, width, diagonal, right, down)
    self.height = height
    self.width = width
    let graph = UndirectedGraph.grid(height: height, width: width)
    sparse = try SparsePrecision(
      elements: SymmetricElements(graph, diagonal, edgeValues(height, width, right, down)))
  }

  /// The precision with elements on the grid's graph.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot.
  init(height: Int, width: Int, elements: SymmetricElements<Scalar>) throws {
    self.height = height
    self.width = width
    let graph = UndirectedGraph.grid(height: height, width: width)
    sparse = try SparsePrecision(
      elements: SymmetricElements(graph, elements.diagonal, elements.offDiagonal))
  }

  /// The precision whose diagonal dominates: `Pᵢᵢ = softplus(sᵢ) + Σⱼ |Pᵢⱼ|` for free `s`, `[batch…,
  /// h·w]`, and any elements between neighbours, shaped as above.
  ///
  /// By Gershgorin's circles it is positive definite. Where the parameters are so far out that rounding
  /// undoes that, or no numbers, as those of a diverging network, what is computed from it is infinite
  /// or NaN.
  public init(
    height: Int, width: Int, excess: Tensor<Scalar>, right: Tensor<Scalar>, down: Tensor<Scalar>
  ) {
    requireGrid(height, width, excess, right, down)
    self.height = height
    self.width = width
    let graph = UndirectedGraph.grid(height: height, width: width)
    let off = edgeValues(height, width, right, down)
    let sizes = off.abs()
    let k = height * width
    let diagonal =
      excess.softplus() + sizes.scattered(to: graph.edges.map(\.first), count: k)
      + sizes.scattered(to: graph.edges.map(\.second), count: k)
    sparse = SparsePrecision(positiveDefinite: SymmetricElements(graph, diagonal, off))
  }

  /// The number of variables, `h·w`.
  public var dimension: Int { sparse.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { sparse.batchShape }

  /// Each variable with its neighbours to the right and below.
  public var graph: UndirectedGraph { sparse.graph }

  /// `P` on its graph.
  public var elements: SymmetricElements<Scalar> { sparse.elements }

  /// The number of elements of `L`, with those zeros that it is computed with.
  public var fill: Int { sparse.fill }

  /// The variables in the order of their elimination.
  package var eliminationOrder: [Int] { sparse.eliminationOrder }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { sparse.logDeterminantOfFactor }

  /// `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { sparse.whiten(residual) }

  /// `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { sparse.unwhiten(noise) }

  /// `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { sparse.multiplyFactor(x) }

  /// `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { sparse.solveFactor(x) }

  /// The selected inverse, as of a `SparsePrecision`.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    sparse.ownCovariances(on: graph)
  }
}

private func requireGrid<Scalar>(
  _ h: Int, _ w: Int, _ diagonal: Tensor<Scalar>, _ right: Tensor<Scalar>, _ down: Tensor<Scalar>
) {
  require(h > 0 && w > 0, "a grid of \(h)×\(w)")
  let batch = diagonal.rank > 0 ? diagonal.shape.droppingLast() : []
  require(
    diagonal.shape == batch + [h * w] && right.shape == batch + [h * (w - 1)]
      && down.shape == batch + [(h - 1) * w],
    "a grid of \(h)×\(w) got a diagonal of shape \(diagonal.shape), links to the right of shape "
      + "\(right.shape) and down of shape \(down.shape)")
}

/// The links to the right and down in the order of the graph's edges: those of a variable together.
private func edgeValues<Scalar>(
  _ h: Int, _ w: Int, _ right: Tensor<Scalar>, _ down: Tensor<Scalar>
) -> Tensor<Scalar> {
  var places: [Int] = []
  places.reserveCapacity(h * (w - 1) + (h - 1) * w)
  for row in 0..<h {
    for column in 0..<w {
      if column + 1 < w { places.append(row * (w - 1) + column) }
      if row + 1 < h { places.append(h * (w - 1) + row * w + column) }
    }
  }
  return Tensor.concatenated([right, down], axis: -1).gathered(at: places)
}
