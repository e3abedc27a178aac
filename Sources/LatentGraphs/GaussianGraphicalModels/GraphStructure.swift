import NeuralNetworks
import Tensors

/// The kinds of precision that a network can give: which graph, and how many numbers its factor, or
/// it itself, takes.
public enum GraphStructure: Sendable, Hashable, CustomStringConvertible {
  /// Independent variables.
  case diagonal(Int)
  /// Each variable with the next.
  case chain(Int)
  /// Variables on a grid, row by row, with the links of `ExtendedGridPrecision`.
  case extendedGrid(height: Int, width: Int)
  /// Variables on a grid, row by row, with the links of `GridPrecision`.
  case grid(height: Int, width: Int)
  /// Every variable with every other.
  case dense(Int)

  /// The number of variables, `k`.
  public var dimension: Int {
    let count =
      switch self {
      case .diagonal(let k), .chain(let k), .dense(let k): product(of: k)
      case .extendedGrid(let height, let width), .grid(let height, let width):
        product(of: height, width)
      }
    require(count != nil, "a precision of the structure \(sizes)")
    return count!
  }

  /// The kind with its sizes, for messages.
  private var sizes: String {
    switch self {
    case .diagonal(let k), .chain(let k), .dense(let k): "\(self) of \(k) variables"
    case .extendedGrid(let height, let width), .grid(let height, let width):
      "\(self) of \(height)×\(width) variables"
    }
  }

  /// How many elements of the factor, or of a grid's precision, lie off the diagonal.
  public var offDiagonalCount: Int {
    let k = dimension
    switch self {
    case .diagonal: return 0
    case .chain: return max(0, k - 1)
    case .extendedGrid(let height, let width), .grid(let height, let width):
      return k == 0 ? 0 : height * (width - 1) + (height - 1) * width
    case .dense:
      // One of both factors is even.
      let count = k % 2 == 0 ? product(of: k / 2, max(0, k - 1)) : product(of: k, (k - 1) / 2)
      require(count != nil, "a precision of the structure \(sizes)")
      return count!
    }
  }

  /// How many numbers make a precision: the diagonal and what lies off it.
  public var factorCount: Int { dimension + offDiagonalCount }

  /// The name of the kind: `diagonal`, `chain`, `extended-grid`, `grid`, `dense`.
  public var description: String {
    switch self {
    case .diagonal: "diagonal"
    case .chain: "chain"
    case .extendedGrid: "extended-grid"
    case .grid: "grid"
    case .dense: "dense"
    }
  }

  /// The precision that these numbers make, `[batch…, factorCount]`: for all but a grid, the elements
  /// of its factor.
  ///
  /// First the logarithms of the diagonal, then what lies off it: below the diagonal for a chain,
  /// right and then down for an extended grid, row by row for dense. A grid is given by `P` itself:
  /// `s` of its dominant diagonal, then right and down. Any numbers whose exponentials are positive and
  /// finite give a positive definite precision; with others, and with NaN, what is computed from it is
  /// infinite or NaN, which ends a training run by its error.
  public func precision<Scalar>(_ elements: Tensor<Scalar>) -> any PrecisionStructure<Scalar> {
    require(
      elements.rank >= 1 && elements.shape[-1] == factorCount,
      "a factor of \(factorCount) numbers got elements of shape \(elements.shape)")
    let k = dimension
    let diagonal = elements.slice(0..<k, axis: -1)
    let rest = elements.slice(k..<factorCount, axis: -1)
    switch self {
    case .diagonal: return DiagonalPrecision(logFactor: diagonal)
    case .chain: return ChainPrecision(exponentials: diagonal.exp(), factorOffDiagonal: rest)
    case .extendedGrid(let height, let width):
      let links = rest.split(sizes: [height * (width - 1), (height - 1) * width])
      return ExtendedGridPrecision(
        height: height, width: width, exponentials: diagonal.exp(), factorRight: links[0],
        factorDown: links[1])
    case .grid(let height, let width):
      let links = rest.split(sizes: [height * (width - 1), (height - 1) * width])
      return GridPrecision(
        height: height, width: width, excess: diagonal, right: links[0], down: links[1])
    case .dense:
      return DensePrecision(
        lowerTriangle: lowerTriangle(diagonal: diagonal.exp(), below: rest))
    }
  }
}

/// The lower triangular matrix with this diagonal, `[batch…, k]`, and these elements below it, row by
/// row.
private func lowerTriangle<Scalar>(
  diagonal: Tensor<Scalar>, below: Tensor<Scalar>
) -> Tensor<Scalar> {
  let k = diagonal.shape[-1]
  let batch = diagonal.shape.droppingLast()
  let (rows, count) = (batch.count, below.shape[-1])
  let value = Tensor<Scalar>(batch + [k, k]) { out in
    out.initialize(repeating: 0, count: rows * k * k)
    for row in 0..<rows {
      let matrix = out + row * k * k
      var source = below.pointer + row * count
      for i in 0..<k {
        (matrix + i * k).update(from: source, count: i)
        matrix[i * k + i] = diagonal.pointer[row * k + i]
        source += i
      }
    }
  }
  return value.recorded(from: [diagonal, below]) { [belowShape = below.shape] g, gradients in
    gradients.add(to: 0, g.diagonal())
    gradients.add(
      to: 1,
      Tensor(belowShape) { out in
        for row in 0..<rows {
          var destination = out + row * count
          for i in 0..<k {
            destination.update(from: g.pointer + (row * k + i) * k, count: i)
            destination += i
          }
        }
      })
  }
}

extension GraphStructure: ArchitectureDescribing {
  /// The structure in the words of a checkpoint.
  public var architecture: String {
    switch self {
    case .diagonal(let k): "diagonal(\(k))"
    case .chain(let k): "chain(\(k))"
    case .extendedGrid(let height, let width): "extended-grid(\(height) x \(width))"
    case .grid(let height, let width): "grid(\(height) x \(width))"
    case .dense(let k): "dense(\(k))"
    }
  }
}
