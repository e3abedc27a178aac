import Tensors

/// The elements of symmetric matrices on the places of a graph: the diagonal and, for each edge, the
/// one value that stands for both its places.
public struct SymmetricElements<Scalar: TensorScalar>: Sendable {
  /// The graph whose edges are the places off the diagonal.
  public let graph: UndirectedGraph
  /// `[batch…, k]`.
  public let diagonal: Tensor<Scalar>
  /// The values on the edges, in their order: `[batch…, E]`.
  public let offDiagonal: Tensor<Scalar>

  /// The elements on a graph.
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

  /// Elements that are known to fit.
  init(_ graph: UndirectedGraph, _ diagonal: Tensor<Scalar>, _ offDiagonal: Tensor<Scalar>) {
    self.graph = graph
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
  }

  /// The number of rows of a matrix.
  public var dimension: Int { graph.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { diagonal.shape.droppingLast() }

  /// The same matrices on a graph that has more edges, where they are zero.
  func spread(to larger: UndirectedGraph) -> SymmetricElements {
    if graph == larger { return SymmetricElements(larger, diagonal, offDiagonal) }
    guard let places = larger.places(of: graph) else {
      stop("elements were spread to a graph that lacks one of their edges")
    }
    return SymmetricElements(
      larger, diagonal, offDiagonal.scattered(to: places, count: larger.edges.count))
  }

  /// What lies on a graph that has fewer edges.
  func restricted(to smaller: UndirectedGraph) -> SymmetricElements {
    if graph == smaller { return SymmetricElements(smaller, diagonal, offDiagonal) }
    guard let places = graph.places(of: smaller) else {
      stop("elements were restricted to a graph that has other edges than theirs")
    }
    return SymmetricElements(smaller, diagonal, offDiagonal.gathered(at: places))
  }

  /// The rows and columns of some of the variables, in increasing order.
  func submatrix(of variables: [Int]) -> SymmetricElements {
    let (graph, places) = graph.induced(on: variables)
    return SymmetricElements(
      graph, diagonal.gathered(at: variables), offDiagonal.gathered(at: places))
  }

  /// Whether each element of the diagonal exceeds the sum of those beside it by more than a part of it,
  /// `√ε`: the condition number of the matrix when it is scaled is below `2/√ε`, by Gershgorin's
  /// circles.
  /// - Complexity: `O(k + E)`.
  var dominate: Bool {
    let (k, count) = (dimension, graph.edges.count)
    let sums = Tensor<Scalar>([k]) { _ in }
    return graph.edges.withUnsafeBytes { edges in
      // An edge is its two variables.
      edges.withMemoryRebound(to: Int32.self) { ends in
        let none = UnsafePointer<Int32>(bitPattern: MemoryLayout<Int32>.alignment)!
        return (0..<batchShape.count).allSatisfy { matrix in
          Scalar.kernels.sparse.dominates(
            ends.baseAddress ?? none, count, k, diagonal.pointer + matrix * k,
            offDiagonal.pointer + matrix * count, dominantExcess(), sums.mutablePointer)
        }
      }
    }
  }

  /// `tr(A B)` of two matrices, of which one has its elements on this graph and the other is known on
  /// it: `[batch…]`.
  func traceOfProduct(_ other: SymmetricElements) -> Tensor<Scalar> {
    (diagonal * other.diagonal).sum(axis: -1) + 2 * (offDiagonal * other.offDiagonal).sum(axis: -1)
  }
}

/// By which part of it an element of the diagonal exceeds the sum of those beside it where a matrix is
/// known to be far from singular: `√ε`.
func dominantExcess<Scalar: TensorScalar>() -> Scalar { Scalar.ulpOfOne.squareRoot() }
