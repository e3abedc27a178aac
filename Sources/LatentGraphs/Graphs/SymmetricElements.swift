import CKernels
import Tensors

/// The elements of symmetric matrices on a graph: the diagonal, and one value for each edge, which
/// is used for both of its places.
public struct SymmetricElements<Scalar: TensorScalar>: Sendable {
  /// The graph whose edges are the places of the off-diagonal elements.
  public let graph: UndirectedGraph
  /// The diagonal, `[batch…, k]`.
  public let diagonal: Tensor<Scalar>
  /// The values on the edges, in their order: `[batch…, E]`.
  public let offDiagonal: Tensor<Scalar>

  /// Elements on a graph.
  /// - Throws: `GraphicalModelError.valuesDoNotFit`.
  public init(
    graph: UndirectedGraph, diagonal: Tensor<Scalar>, offDiagonal: Tensor<Scalar>
  ) throws {
    guard
      diagonal.rank >= 1, offDiagonal.rank >= 1, diagonal.shape[-1] == graph.dimension,
      offDiagonal.shape == diagonal.shape.replacing(axis: -1, with: graph.edges.count)
    else {
      throw GraphicalModelError.valuesDoNotFit(
        dimension: graph.dimension, edges: graph.edges.count, diagonal: diagonal.shape,
        offDiagonal: offDiagonal.shape)
    }
    self.init(graph, diagonal, offDiagonal)
  }

  /// Elements whose shapes are known to match the graph.
  init(_ graph: UndirectedGraph, _ diagonal: Tensor<Scalar>, _ offDiagonal: Tensor<Scalar>) {
    self.graph = graph
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
  }

  /// The number of rows of each matrix.
  public var dimension: Int { graph.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { diagonal.shape.dropLast() }

  /// The same matrices on a graph with more edges; the additional elements are zero.
  func spread(to larger: UndirectedGraph) -> SymmetricElements {
    if graph == larger { return SymmetricElements(larger, diagonal, offDiagonal) }
    guard let places = larger.places(of: graph) else {
      stop("elements were extended to a graph that does not have all of their edges")
    }
    return SymmetricElements(
      larger, diagonal, offDiagonal.scatterAdded(to: places, count: larger.edges.count))
  }

  /// The elements on a graph with fewer edges.
  func restricted(to smaller: UndirectedGraph) -> SymmetricElements {
    if graph == smaller { return SymmetricElements(smaller, diagonal, offDiagonal) }
    guard let places = graph.places(of: smaller) else {
      stop("elements were restricted to a graph that has an edge which they do not have")
    }
    return SymmetricElements(smaller, diagonal, offDiagonal.gathered(at: places))
  }

  /// Whether the matrices are diagonally dominant with a margin: each diagonal element exceeds the
  /// sum of the magnitudes of the other elements of its row by more than `√ε` of itself. By
  /// Gershgorin's theorem, the condition number of the matrix scaled to a unit diagonal is then
  /// below `2/√ε`.
  /// - Complexity: `O(k + E)`.
  var isDominant: Bool {
    let (k, count) = (dimension, graph.edges.count)
    let sums = Tensor<Scalar>([k]) { _ in }
    return graph.edges.withUnsafeBytes { edges in
      // An edge is stored as its two variables.
      edges.withMemoryRebound(to: Int32.self) { ends in
        return (0..<batchShape.count).allSatisfy { matrix in
          Scalar.kernels.sparse.isDominant(
            LGEdges(ends: ends.baseAddress, count: count, dimension: k),
            diagonal.pointer + matrix * k, offDiagonal.pointer + matrix * count,
            dominanceMargin(in: Scalar.self), sums.mutablePointer)
        }
      }
    }
  }

  /// `tr(A B)` of two symmetric matrices: `[batch…]`. One of them must be zero outside of this
  /// graph; the other need only be known on it.
  func traceOfProduct(_ other: SymmetricElements) -> Tensor<Scalar> {
    (diagonal * other.diagonal).sum(axis: -1) + 2 * (offDiagonal * other.offDiagonal).sum(axis: -1)
  }
}

/// The relative margin by which the diagonal must be dominant for a matrix to count as far from
/// singular: `√ε`.
func dominanceMargin<Scalar: TensorScalar>(in _: Scalar.Type) -> Double {
  Double(Scalar.ulpOfOne.squareRoot())
}
