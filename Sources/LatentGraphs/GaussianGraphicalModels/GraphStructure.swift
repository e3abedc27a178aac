import NeuralNetworks
import Tensors

/// The precision structures that a network can parameterize: the graph and its size, which
/// determine the number of elements.
public enum GraphStructure: Sendable, Hashable, CustomStringConvertible {
  /// Independent variables.
  case diagonal(Int)
  /// A chain: each variable is joined with the next.
  case chain(Int)
  /// Variables on a grid, numbered row by row, with the pattern of `ExtendedGridPrecision`.
  case extendedGrid(height: Int, width: Int)
  /// Variables on a grid, numbered row by row, with the pattern of `GridPrecision`.
  case grid(height: Int, width: Int)
  /// A complete graph: every variable is joined with every other.
  case dense(Int)

  /// The number of variables, `k`.
  public var dimension: Int {
    let count =
      switch self {
      case .diagonal(let k), .chain(let k), .dense(let k): product(of: k)
      case .extendedGrid(let height, let width), .grid(let height, let width):
        product(of: height, width)
      }
    require(count != nil, "the structure \(sizes) has a dimension that is negative or overflows")
    return count!
  }

  /// The kind and the sizes, for messages.
  private var sizes: String {
    switch self {
    case .diagonal(let k), .chain(let k), .dense(let k): "\(self) of \(k) variables"
    case .extendedGrid(let height, let width), .grid(let height, let width):
      "\(self) of \(height)×\(width) variables"
    }
  }

  /// The number of off-diagonal elements of the factor, or of the precision for a grid.
  public var offDiagonalCount: Int {
    let k = dimension
    switch self {
    case .diagonal: return 0
    case .chain: return max(0, k - 1)
    case .extendedGrid(let height, let width), .grid(let height, let width):
      return k == 0 ? 0 : height * (width - 1) + (height - 1) * width
    case .dense:
      // One of k and k − 1 is even.
      let count = k % 2 == 0 ? product(of: k / 2, max(0, k - 1)) : product(of: k, (k - 1) / 2)
      require(count != nil, "the structure \(sizes) has a number of elements that overflows")
      return count!
    }
  }

  /// The number of elements that determine a precision, diagonal and off-diagonal.
  public var elementCount: Int { dimension + offDiagonalCount }

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

  /// The precision with these elements, `[batch…, elementCount]`. They determine the factor `L`, or
  /// `P` itself for a grid.
  ///
  /// The logarithms of the diagonal of `L` come first, then the off-diagonal elements: below the
  /// diagonal for a chain, the elements to the right and then down for an extended grid, and row by
  /// row for dense. For a grid, the first elements are the parameters `s` of a dominant diagonal
  /// (`GridPrecision`), followed by the elements of `P` to the right and then down.
  ///
  /// If the exponentials are positive and finite, the precision is positive definite. Otherwise,
  /// and for NaN, the results computed from it are infinite or NaN, and a training run ends with
  /// its error.
  public func precision<Scalar>(_ elements: Tensor<Scalar>) -> any PrecisionStructure<Scalar> {
    require(
      elements.rank >= 1 && elements.shape[-1] == elementCount,
      "a precision of \(elementCount) elements got elements of shape \(elements.shape)")
    let k = dimension
    let diagonal = elements.slice(0..<k, axis: -1)
    let rest = elements.slice(k..<elementCount, axis: -1)
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

/// The lower triangular matrix with this diagonal, `[batch…, k]`, and these elements below it, row
/// by row.
private func lowerTriangle<Scalar>(
  diagonal: Tensor<Scalar>, below: Tensor<Scalar>
) -> Tensor<Scalar> {
  let k = diagonal.shape[-1]
  let batch = diagonal.shape.dropLast()
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
  /// The description of the structure in a checkpoint.
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
