import LatentGraphs
import TestSupport

/// A question that a precision structure answers by another precision.
enum StructureQuestion: String, CaseIterable, Sendable {
  case submatrix, sumWithDiagonal, sumOnOwnGraph, sumOnOtherGraph, marginal, sameParameters

  /// What is added to a precision: a positive definite matrix on a graph.
  struct Addend {
    let graph: UndirectedGraph
    let diagonal: Tensor<Double>
    let offDiagonal: Tensor<Double>

    init(_ graph: UndirectedGraph, batch: Shape = [], seed: UInt64) {
      var generator = Philox(seed: seed)
      let (k, count) = (graph.dimension, graph.edges.count)
      self.graph = graph
      diagonal = .uniform(batch + [k], in: 0.5..<1, using: &generator)
      offDiagonal = .uniform(
        batch + [count], in: -0.4 / Double(k)..<0.4 / Double(k), using: &generator)
    }

    /// The dense matrix of each row of the batch.
    var matrices: [Matrix] {
      let count = graph.edges.count
      let off = offDiagonal.scalars
      return diagonal.vectors.enumerated().map { row, diagonal in
        Matrix(graph, diagonal: diagonal, off: Array(off[row * count..<(row + 1) * count]))
      }
    }
  }

  /// The graph of what is added to a precision on this graph.
  func graph(of own: UndirectedGraph) -> UndirectedGraph {
    switch self {
    case .sumOnOwnGraph: own
    case .sumOnOtherGraph: .banded(own.dimension, offsets: [1, own.dimension - 1])
    default: .diagonal(own.dimension)
    }
  }

  /// The answer for some variables, in increasing order, and with what is added.
  func callAsFunction(
    _ precision: any PrecisionStructure<Double>, _ variables: [Int], graph: UndirectedGraph,
    _ added: [Tensor<Double>]
  ) throws -> any PrecisionStructure<Double> {
    switch self {
    case .submatrix: try precision.submatrix(of: variables)
    case .sumWithDiagonal: try precision.adding(toDiagonal: added[0])
    case .sumOnOwnGraph, .sumOnOtherGraph:
      try precision.adding(
        SymmetricElements(graph: graph, diagonal: added[0], offDiagonal: added[1]))
    case .marginal: try precision.marginal(of: variables)
    case .sameParameters: try precision.withParameters(precision.parameters)
    }
  }

  /// The same for a dense matrix.
  func dense(_ matrix: Matrix, _ variables: [Int], _ added: Matrix) -> Matrix {
    switch self {
    case .submatrix: matrix.block(variables, variables)
    case .sumWithDiagonal, .sumOnOwnGraph, .sumOnOtherGraph:
      Matrix(zip(matrix.rows, added.rows).map { zip($0, $1).map { $0 + $1 } })
    case .marginal: matrix.inverted().inverse.block(variables, variables).inverted().inverse
    case .sameParameters: matrix
    }
  }

  /// The type of the answer of a structure, or `nil` if it is the cheapest one for its graph.
  func type(for structure: StructureCase, _ variables: [Int]) -> Any.Type? {
    let hasNeighbours = zip(variables, variables.dropFirst()).contains { $0 + 1 == $1 }
    switch (structure, self) {
    case (.diagonal, .sumOnOtherGraph): return nil
    case (.diagonal, _): return DiagonalPrecision<Double>.self
    case (.chain(let k), .sumOnOtherGraph): return k > 2 ? nil : ChainPrecision<Double>.self
    case (.chain, .submatrix):
      return hasNeighbours || variables.count == structure.dimension
        ? ChainPrecision<Double>.self : DiagonalPrecision<Double>.self
    case (.chain, _): return ChainPrecision<Double>.self
    case (.arrow(let k), .sumOnOtherGraph): return k > 2 ? nil : ArrowPrecision<Double>.self
    case (.arrow(let k), .submatrix) where variables.last != k - 1:
      return DiagonalPrecision<Double>.self
    case (.arrow(let k), .marginal) where variables.last != k - 1:
      return SquareRootPrecision<Double>.self
    case (.arrow, _): return ArrowPrecision<Double>.self
    case (_, .marginal): return SquareRootPrecision<Double>.self
    case (.dense, _): return DensePrecision<Double>.self
    case (.sparse, _), (.sparseFactor, _): return SparsePrecision<Double>.self
    case (.grid, .sameParameters): return ExtendedGridPrecision<Double>.self
    case (.regularGrid, .sumWithDiagonal), (.regularGrid, .sumOnOwnGraph),
      (.regularGrid, .sameParameters):
      return GridPrecision<Double>.self
    case (.blockChain, .sumWithDiagonal), (.blockChain, .sumOnOwnGraph),
      (.blockChain, .sameParameters):
      return BlockChainPrecision<Double>.self
    default: return nil
    }
  }
}
