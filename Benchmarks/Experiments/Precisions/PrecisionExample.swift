import LatentGraphs
import Tensors

/// A precision with a structure and a size, with the same elements as in the peers' programs: `L`
/// has 1.5 on its diagonal and −0.5 elsewhere in its pattern; `P` has −1 between neighbours and a
/// dominant diagonal, 2.5 for a chain and 4.5 for a grid.
public struct PrecisionExample: Sendable, Hashable {
  /// The structure.
  public let family: PrecisionFamily
  /// The number of variables.
  public let dimension: Int
  /// The size of the blocks of a block chain.
  public let blockSize: Int
  /// Whether the factor or the precision is given.
  public let source: PrecisionSource

  /// An example of this structure and size.
  public init(
    _ family: PrecisionFamily, dimension: Int, blockSize: Int = 8, source: PrecisionSource
  ) {
    self.family = family
    self.dimension = dimension
    self.blockSize = blockSize
    self.source = source
  }

  /// The reason why this example does not exist; `nil` if it does.
  public var refusal: String? {
    switch (family, source) {
    case (.extendedGrid, .precision):
      "an extended grid is given by its factor, because the factor of a given P would fill in: "
        + "use --from L"
    case (.grid, .factor):
      "a regular grid is given by P, because a factor with its edges gives P further edges: "
        + "use --from P"
    case (.blockChain, _) where dimension % blockSize != 0:
      "\(dimension) variables are not a multiple of the block size \(blockSize): change --k or "
        + "--block-size"
    default: nil
    }
  }

  /// The rows and columns of a grid, as close to a square as `dimension` allows.
  public var gridSize: (height: Int, width: Int) {
    var width = Int(Double(dimension).squareRoot())
    while dimension % width != 0 { width -= 1 }
    return (dimension / width, width)
  }

  /// The number of elements of one parameter set, as a `Double` because it may exceed an `Int`.
  public var parameterCount: Double {
    let k = Double(dimension)
    return switch family {
    case .dense: k * k
    case .blockChain: 2 * k * Double(blockSize)
    case .sparse: 4 * k
    default: 3 * k
    }
  }

  /// The parameters, each of shape `rows + […]`.
  public func parameters<Scalar: TensorScalar>(rows: Shape) -> [Tensor<Scalar>] {
    let k = dimension
    let (diagonal, link): (Scalar, Scalar) =
      source == .factor ? (1.5, -0.5) : (family == .grid ? 4.5 : 2.5, -1)
    func full(_ value: Scalar, _ count: Int) -> Tensor<Scalar> { .full(value, rows + [count]) }
    switch family {
    case .diagonal:
      // The diagonal of the factor is given by its logarithm.
      return [source == .factor ? full(diagonal, k).log() : full(diagonal, k)]
    case .chain: return [full(diagonal, k), full(link, k - 1)]
    case .extendedGrid, .grid:
      let (height, width) = gridSize
      return [
        full(diagonal, k), full(link, height * (width - 1)), full(link, (height - 1) * width),
      ]
    case .blockChain: return blocks(rows: rows)
    case .tree, .orderedTree, .sparse:
      let graph = graph
      var neighbours = [Scalar](repeating: 0.5, count: k)
      for edge in graph.edges {
        neighbours[edge.first] += 1
        neighbours[edge.second] += 1
      }
      let own = source == .factor ? full(diagonal, k) : Tensor(neighbours).broadcast(to: rows + [k])
      let scaled = source == .factor && family == .sparse ? link / 2 : link
      return [own, full(scaled, graph.edges.count)]
    case .dense:
      var elements = [Scalar](repeating: 0, count: k * k)
      for i in 0..<k {
        elements[i * k + i] = diagonal
        if i > 0 { elements[i * k + i - 1] = link }
        if i > 0, source == .precision { elements[(i - 1) * k + i] = link }
      }
      return [Tensor(elements, shape: [k, k]).broadcast(to: rows + [k, k])]
    }
  }

  /// The precision with these parameters, as a training iteration would construct it.
  public func precision<Scalar>(
    _ parameters: [Tensor<Scalar>]
  ) throws -> any PrecisionStructure<Scalar> {
    switch (family, source) {
    case (.diagonal, .factor): DiagonalPrecision(logFactor: parameters[0])
    case (.diagonal, .precision): try DiagonalPrecision(diagonal: parameters[0])
    case (.chain, .factor):
      ChainPrecision(factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    case (.chain, .precision):
      try ChainPrecision(diagonal: parameters[0], offDiagonal: parameters[1])
    case (.blockChain, .factor):
      BlockChainPrecision(factorDiagonalBlocks: parameters[0], factorLowerBlocks: parameters[1])
    case (.blockChain, .precision):
      try BlockChainPrecision(diagonalBlocks: parameters[0], lowerBlocks: parameters[1])
    case (.extendedGrid, _):
      ExtendedGridPrecision(
        height: gridSize.height, width: gridSize.width, factorDiagonal: parameters[0],
        factorRight: parameters[1], factorDown: parameters[2])
    case (.grid, _):
      try GridPrecision(
        height: gridSize.height, width: gridSize.width, diagonal: parameters[0],
        right: parameters[1], down: parameters[2])
    case (.tree, .factor), (.orderedTree, .factor), (.sparse, .factor):
      try SparsePrecision(
        graph: graph, factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    case (.tree, .precision), (.orderedTree, .precision), (.sparse, .precision):
      try SparsePrecision(graph: graph, diagonal: parameters[0], offDiagonal: parameters[1])
    case (.dense, .factor): DensePrecision(factor: parameters[0])
    case (.dense, .precision): try DensePrecision(matrix: parameters[0])
    }
  }

  /// The blocks of the peers' program `block_chain.py`: for P, `3·I` and `−½·I + 0.1/d`; for L,
  /// `1.5·I` and half of the latter.
  private func blocks<Scalar: TensorScalar>(rows: Shape) -> [Tensor<Scalar>] {
    let (d, count) = (blockSize, dimension / blockSize)
    let scale: Scalar = source == .factor ? 0.5 : 1
    let own = (6 * scale * 0.5) * Tensor<Scalar>.identity(d)
    let lower = scale * (-0.5 * Tensor<Scalar>.identity(d) + 0.1 / Scalar(d))
    return [
      own.broadcast(to: rows + [count, d, d]), lower.broadcast(to: rows + [count - 1, d, d]),
    ]
  }
}
