import Tensors

/// The precision with these elements in the cheapest structure for their graph: diagonal, chain,
/// regular grid, dense for a complete graph, block chain if its blocks are at least half full, and
/// otherwise sparse.
/// - Throws: `NotPositiveDefinite`, with the pivot.
/// - Complexity: that of the structure's factorization.
public func cheapestPrecision<Scalar>(
  of elements: SymmetricElements<Scalar>
) throws -> any PrecisionStructure<Scalar> {
  let (graph, k) = (elements.graph, elements.dimension)
  if graph.edges.isEmpty { return try DiagonalPrecision(diagonal: elements.diagonal) }
  if graph.edges.allSatisfy({ $0.offset == 1 }) {
    return try ChainPrecision(
      diagonal: elements.diagonal, offDiagonal: elements.spread(to: .chain(k)).offDiagonal)
  }
  if graph.edges.count == k * (k - 1) / 2 { return try DensePrecision(matrix: elements.matrix) }
  if let (height, width) = graph.gridSize {
    return try GridPrecision(height: height, width: width, elements: elements)
  }
  if let size = graph.blockSize {
    return try BlockChainPrecision(elements: elements, blockSize: size)
  }
  return try SparsePrecision(elements: elements)
}

extension UndirectedGraph {
  /// The numbers of rows and columns, at least two each, if this is the graph of a regular grid;
  /// otherwise `nil`.
  var gridSize: (height: Int, width: Int)? {
    guard let width = edges.first(where: { $0.offset > 1 })?.offset, dimension % width == 0
    else { return nil }
    let height = dimension / width
    guard edges.count == height * (width - 1) + (height - 1) * width,
      self == .grid(height: height, width: width)
    else { return nil }
    return (height, width)
  }
}
