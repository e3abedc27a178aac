import LatentGraphs
import Tensors

extension SamplingCase {
  /// The values of the peers' measurements: `L` has 1.5 on its diagonal and −0.5 wherever else the
  /// structure allows; `P` has 2.5, and −1 between neighbours of a chain.
  func parameterTensors() -> [Tensor<Float>] {
    let rows: Shape = parameters == .perRow ? [batch] : []
    let (diagonal, link): (Float, Float) = source == .factor ? (1.5, -0.5) : (2.5, -1)
    func full(_ value: Float, _ count: Int) -> Tensor<Float> { .full(value, rows + [count]) }

    switch structure {
    case .diagonal:
      // A diagonal factor is given by its logarithm.
      let element = full(diagonal, dimension)
      return [source == .factor ? element.log() : element]
    case .chain:
      return [full(diagonal, dimension), full(link, dimension - 1)]
    case .extendedGrid:
      let (height, width) = gridSize
      return [
        full(diagonal, dimension), full(link, height * (width - 1)),
        full(link, (height - 1) * width),
      ]
    case .dense:
      let neighbours = bidiagonal(diagonal, below: link)
      return [neighbours.broadcast(to: rows + [dimension, dimension])]
    }
  }

  /// The precision that these parameters give: what an iteration of training would construct.
  func precision(_ parameters: [Tensor<Float>]) throws -> any PrecisionStructure<Float> {
    switch (structure, source) {
    case (.diagonal, .factor): DiagonalPrecision(logFactor: parameters[0])
    case (.diagonal, .precision): try DiagonalPrecision(diagonal: parameters[0])
    case (.chain, .factor):
      ChainPrecision(factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    case (.chain, .precision):
      try ChainPrecision(diagonal: parameters[0], offDiagonal: parameters[1])
    case (.extendedGrid, _):
      ExtendedGridPrecision(
        height: gridSize.height, width: gridSize.width, factorDiagonal: parameters[0],
        factorRight: parameters[1], factorDown: parameters[2])
    case (.dense, .factor): DensePrecision(factor: parameters[0])
    case (.dense, .precision): try DensePrecision(matrix: parameters[0])
    }
  }

  /// The lower triangle of a chain's factor or precision, as a matrix.
  private func bidiagonal(_ diagonal: Float, below: Float) -> Tensor<Float> {
    var elements = [Float](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension {
      elements[i * dimension + i] = diagonal
      if i > 0 { elements[i * dimension + i - 1] = below }
    }
    return Tensor(elements, shape: [dimension, dimension])
  }
}
