import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A structure and its size, with its parameters, the library's precision and the dense twin of its
/// factor.
enum StructureCase: Hashable, Sendable, CustomTestStringConvertible {
  case diagonal(Int)
  case chain(Int)
  case grid(Int, Int)
  case dense(Int)
  /// A precision given by the elements of `P` on a graph.
  case sparse(SparseGraphCase)
  /// A precision given by the elements of `L` on a graph, in the order of the variables.
  case sparseFactor(SparseGraphCase)
  /// A grid with four neighbours, given by the elements of `P`.
  case regularGrid(Int, Int)
  /// A number of blocks and their size.
  case blockChain(Int, Int)
  case arrow(Int)

  static let all: [StructureCase] =
    [.diagonal(1), .diagonal(2), .diagonal(6)]
    + [.chain(1), .chain(2), .chain(3), .chain(17)]
    + [.grid(1, 1), .grid(1, 5), .grid(5, 1), .grid(2, 2), .grid(2, 5), .grid(5, 2), .grid(4, 4)]
    + [.grid(8, 8), .dense(1), .dense(2), .dense(6)]
    + SparseGraphCase.all.map { .sparse($0) } + SparseGraphCase.small.map { .sparseFactor($0) }
    + regularGrids + blockChains + [.arrow(1), .arrow(2), .arrow(3), .arrow(7)]

  /// Paths, narrow grids that are factored as chains of rows, and wider grids that are factored by
  /// dissection.
  static let regularGrids: [StructureCase] =
    [(1, 1), (1, 2), (1, 6), (5, 1), (2, 2), (3, 4), (8, 8), (2, 10), (9, 9)]
    .map { .regularGrid($0.0, $0.1) }

  /// Block sizes for each implementation: blocks of two, four and eight in registers, and others
  /// padded to these sizes or to panels of eight.
  static let blockChains: [StructureCase] =
    [(1, 1), (5, 1), (2, 2), (5, 2), (1, 3), (5, 3), (3, 4), (2, 8), (1, 9), (2, 9), (3, 17)]
    .map { .blockChain($0.0, $0.1) }

  /// One structure of each kind.
  static let kinds: [StructureCase] = [
    .diagonal(6), .chain(6), .grid(2, 3), .dense(6), .sparse(.cycle(6)), .sparseFactor(.tree(6)),
    .sparseFactor(.laterParents(6)), .regularGrid(2, 3), .blockChain(3, 2), .arrow(6),
  ]

  var testDescription: String {
    switch self {
    case .diagonal(let k): "diagonal \(k)"
    case .chain(let k): "chain \(k)"
    case .grid(let h, let w): "grid \(h)×\(w)"
    case .dense(let k): "dense \(k)"
    case .sparse(let graph): "sparse \(graph)"
    case .sparseFactor(let graph): "sparse-factor \(graph)"
    case .regularGrid(let h, let w): "regular-grid \(h)×\(w)"
    case .blockChain(let blocks, let d): "block-chain \(blocks)×\(d)"
    case .arrow(let k): "arrow \(k)"
    }
  }

  /// The name of the structure without its size.
  var kind: String { String(testDescription.prefix { $0 != " " }) }

  /// Whether the structure is computed with matrix products, whose sums may be in another order for
  /// another number of rows.
  var usesProducts: Bool {
    switch self {
    case .diagonal, .chain, .grid, .blockChain, .arrow: false
    case .dense, .sparse, .sparseFactor, .regularGrid: true
    }
  }

  var dimension: Int {
    switch self {
    case .diagonal(let k), .chain(let k), .dense(let k), .arrow(let k): k
    case .grid(let h, let w), .regularGrid(let h, let w): h * w
    case .sparse(let graph), .sparseFactor(let graph): graph.dimension
    case .blockChain(let blocks, let d): blocks * d
    }
  }

  /// The shapes of the parameters for a single matrix.
  var parameterShapes: [Shape] {
    switch self {
    case .diagonal(let k): [[k]]
    case .chain(let k), .arrow(let k): [[k], [k - 1]]
    case .grid(let h, let w), .regularGrid(let h, let w):
      [[h * w], [h * (w - 1)], [(h - 1) * w]]
    case .sparse(let graph), .sparseFactor(let graph):
      [[graph.dimension], [graph.graph.edges.count]]
    case .dense(let k): [[k, k]]
    case .blockChain(let blocks, let d): [[blocks, d, d], [blocks - 1, d, d]]
    }
  }

  /// Parameters of a well-conditioned factor, or of a diagonally dominant precision.
  func parameters(batch: Shape, using generator: inout Philox) -> [Tensor<Double>] {
    var parameters = independentParameters(batch: batch, using: &generator)
    switch self {
    case .sparse(let graph): parameters[0] = dominating(parameters[0], parameters[1], graph.graph)
    case .regularGrid(let h, let w):
      let values = Self.edgeValues(h, w, Array(parameters.dropFirst()))
      parameters[0] = dominating(parameters[0], values, .grid(height: h, width: w))
    default: break
    }
    return parameters
  }

  /// The diagonal plus the absolute values of the off-diagonal elements in its row.
  private func dominating(
    _ diagonal: Tensor<Double>, _ off: Tensor<Double>, _ graph: UndirectedGraph
  ) -> Tensor<Double> {
    let k = graph.dimension
    return diagonal + off.abs().scatterAdded(to: graph.edges.map(\.first), count: k)
      + off.abs().scatterAdded(to: graph.edges.map(\.second), count: k)
  }

  /// The links of a grid to the right and down, in the order of the edges of its graph.
  static func edgeValues(_ h: Int, _ w: Int, _ links: [Tensor<Double>]) -> Tensor<Double> {
    let places = UndirectedGraph.grid(height: h, width: w).edges.map { edge in
      edge.second == edge.first + 1 && edge.second % w != 0
        ? edge.first - edge.first / w : h * (w - 1) + edge.first
    }
    return Tensor.concatenated(links, axis: -1).gathered(at: places)
  }

  private func independentParameters(
    batch: Shape, using generator: inout Philox
  ) -> [Tensor<Double>] {
    parameterShapes.enumerated().map { index, shape in
      let size = batch + shape
      switch (self, index) {
      case (.diagonal, _): return .uniform(size, in: -0.5..<0.5, using: &generator)
      case (.dense(let k), _):
        let noise = Tensor<Double>.uniform(size, in: -0.6..<0.6, using: &generator)
        return noise + 1.5 * .identity(k)
      case (.blockChain(_, let d), _):
        let noise = Tensor<Double>.uniform(size, in: -0.7..<0.7, using: &generator)
        return (1 / Double(d).squareRoot()) * noise + (index == 0 ? 1.3 : 0) * .identity(d)
      case (_, 0): return .uniform(size, in: 0.8..<1.8, using: &generator)
      default: return .uniform(size, in: -0.7..<0.7, using: &generator)
      }
    }
  }

  func precision<Scalar>(_ parameters: [Tensor<Scalar>]) -> any PrecisionStructure<Scalar> {
    switch self {
    case .diagonal: DiagonalPrecision(logFactor: parameters[0])
    case .chain:
      ChainPrecision(factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    case .grid(let h, let w):
      ExtendedGridPrecision(
        height: h, width: w, factorDiagonal: parameters[0], factorRight: parameters[1],
        factorDown: parameters[2])
    case .dense: DensePrecision(factor: parameters[0])
    case .blockChain:
      BlockChainPrecision(
        factorDiagonalBlocks: parameters[0], factorLowerBlocks: parameters[1])
    case .arrow:
      ArrowPrecision(factorDiagonal: parameters[0], factorLastRow: parameters[1])
    case .sparse(let graph):
      try! SparsePrecision(
        graph: graph.graph, diagonal: parameters[0], offDiagonal: parameters[1])
    case .sparseFactor(let graph):
      try! SparsePrecision(
        graph: graph.graph, factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    case .regularGrid(let h, let w):
      try! GridPrecision(
        height: h, width: w, diagonal: parameters[0], right: parameters[1], down: parameters[2])
    }
  }

  /// The order in which the library eliminates the variables of this structure.
  private var eliminationOrder: [Int] {
    var generator = Philox(seed: 0)
    let precision = precision(parameters(batch: [], using: &generator))
    return (precision as? SparsePrecision<Double>)?.eliminationOrder
      ?? (precision as? GridPrecision<Double>)?.eliminationOrder ?? Array(0..<dimension)
  }

  /// The precision as a banded one, or `nil` if it is not banded.
  func banded<Scalar>(_ parameters: [Tensor<Scalar>]) -> (any BandedPrecision<Scalar>)? {
    precision(parameters) as? any BandedPrecision<Scalar>
  }

  /// The dense factor of each matrix of the batch.
  func factors(_ parameters: [Tensor<Double>]) -> [Matrix] {
    let order = eliminationOrder
    let rank = parameterShapes[0].rank
    let count = parameters[0].shape.dropLast(rank).count
    return (0..<count).map { row in
      factor(
        zip(parameters, parameterShapes).map { parameter, shape in
          Array(parameter.scalars[row * shape.count..<(row + 1) * shape.count])
        }, order)
    }
  }

  private func factor(_ p: [[Double]], _ order: [Int]) -> Matrix {
    let k = dimension
    var result = Matrix(zeros: k, k)
    switch self {
    case .diagonal: for i in 0..<k { result.rows[i][i] = Foundation.exp(p[0][i]) }
    case .chain:
      for i in 0..<k { result.rows[i][i] = p[0][i] }
      for i in 0..<k - 1 { result.rows[i + 1][i] = p[1][i] }
    case .arrow:
      for i in 0..<k { result.rows[i][i] = p[0][i] }
      for i in 0..<k - 1 { result.rows[k - 1][i] = p[1][i] }
    case .grid(let h, let w):
      for row in 0..<h {
        for column in 0..<w {
          let i = row * w + column
          result.rows[i][i] = p[0][i]
          if column < w - 1 { result.rows[i + 1][i] = p[1][row * (w - 1) + column] }
          if row < h - 1 { result.rows[i + w][i] = p[2][i] }
        }
      }
    case .dense: for i in 0..<k { for j in 0...i { result.rows[i][j] = p[0][i * k + j] } }
    case .blockChain(_, let d):
      for i in 0..<k {
        let (block, a) = (i / d, i % d)
        for b in 0...a { result.rows[i][block * d + b] = p[0][i * d + b] }
        for b in 0..<(block > 0 ? d : 0) {
          result.rows[i][(block - 1) * d + b] = p[1][(i - d) * d + b]
        }
      }
    case .sparse(let graph):
      return Matrix(graph.graph, diagonal: p[0], off: p[1]).choleskyFactor(order: order)
    case .sparseFactor(let graph):
      for i in 0..<k { result.rows[i][i] = p[0][i] }
      for (edge, value) in zip(graph.graph.edges, p[1]) {
        result.rows[edge.second][edge.first] = value
      }
    case .regularGrid(let h, let w):
      let links = p.dropFirst().map { Tensor($0) }
      return Matrix(
        .grid(height: h, width: w), diagonal: p[0], off: Self.edgeValues(h, w, links).scalars
      ).choleskyFactor(order: order)
    }
    return result
  }
}
