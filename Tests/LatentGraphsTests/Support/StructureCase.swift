import LatentGraphs
import Tensors
import Testing

/// A structure of a size: its parameters, the library's precision and the dense twin of its factor.
enum StructureCase: Hashable, Sendable, CustomTestStringConvertible {
  case diagonal(Int)
  case chain(Int)
  case grid(Int, Int)
  case dense(Int)

  static let all: [StructureCase] =
    [.diagonal(1), .diagonal(2), .diagonal(6)]
    + [.chain(1), .chain(2), .chain(3), .chain(17)]
    + [.grid(1, 1), .grid(1, 5), .grid(5, 1), .grid(2, 2), .grid(2, 5), .grid(5, 2), .grid(4, 4)]
    + [.grid(8, 8), .dense(1), .dense(2), .dense(6)]

  /// One of each kind.
  static let kinds: [StructureCase] = [.diagonal(6), .chain(6), .grid(2, 3), .dense(6)]

  var testDescription: String {
    switch self {
    case .diagonal(let k): "diagonal \(k)"
    case .chain(let k): "chain \(k)"
    case .grid(let h, let w): "grid \(h)×\(w)"
    case .dense(let k): "dense \(k)"
    }
  }

  /// The name of the structure without its size.
  var kind: String { String(testDescription.prefix { $0 != " " }) }

  var dimension: Int {
    switch self {
    case .diagonal(let k), .chain(let k), .dense(let k): k
    case .grid(let h, let w): h * w
    }
  }

  /// The shapes of the parameters without a batch.
  var parameterShapes: [Shape] {
    switch self {
    case .diagonal(let k): [[k]]
    case .chain(let k): [[k], [k - 1]]
    case .grid(let h, let w): [[h * w], [h * (w - 1)], [(h - 1) * w]]
    case .dense(let k): [[k, k]]
    }
  }

  /// Parameters of a well-conditioned factor.
  func parameters(batch: Shape, using generator: inout Philox) -> [Tensor<Double>] {
    parameterShapes.enumerated().map { index, shape in
      let size = batch + shape
      switch (self, index) {
      case (.diagonal, _): return .uniform(size, in: -0.5..<0.5, using: &generator)
      case (.dense(let k), _):
        let noise = Tensor<Double>.uniform(size, in: -0.6..<0.6, using: &generator)
        return noise + 1.5 * .identity(k)
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
    }
  }

  /// The precision, if it is banded.
  func banded<Scalar>(_ parameters: [Tensor<Scalar>]) -> (any BandedPrecision<Scalar>)? {
    precision(parameters) as? any BandedPrecision<Scalar>
  }

  /// The dense factor of each matrix of the batch.
  func factors(_ parameters: [Tensor<Double>]) -> [Matrix] {
    let rank = parameterShapes[0].rank
    let count = parameters[0].shape.droppingLast(rank).count
    return (0..<count).map { row in
      factor(
        zip(parameters, parameterShapes).map { parameter, shape in
          Array(parameter.scalars[row * shape.count..<(row + 1) * shape.count])
        })
    }
  }

  private func factor(_ p: [[Double]]) -> Matrix {
    let k = dimension
    var result = Matrix(zeros: k, k)
    switch self {
    case .diagonal: for i in 0..<k { result.rows[i][i] = exponential(p[0][i]) }
    case .chain:
      for i in 0..<k { result.rows[i][i] = p[0][i] }
      for i in 0..<k - 1 { result.rows[i + 1][i] = p[1][i] }
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
    }
    return result
  }
}
