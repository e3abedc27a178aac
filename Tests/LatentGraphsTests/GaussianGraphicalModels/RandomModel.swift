import Foundation
import LatentGraphs

/// A random precision of at most 12 variables, with any structure and condition number. The scales
/// of the variables range from 1e-12 to 1e12.
struct RandomModel {
  enum Kind: CaseIterable {
    case diagonal, chain, complete, grid, blockChain, path, tree, cycle, sparse, scaled
    case chainFactor, denseFactor, sparseFactor, extendedGridFactor, blockChainFactor
  }

  let kind: Kind
  let graph: UndirectedGraph
  /// The elements of `P`, or of `L` if the model is given by its factor; for an edge this is
  /// `L[second, first]`.
  let diagonal, off: [Double]
  /// The height and width of a grid, or the number and size of a block chain's blocks.
  private let size: (Int, Int)
  /// The scales of a `ScaledPrecision`.
  private let scales: [Double]

  var isFactor: Bool {
    switch kind {
    case .chainFactor, .denseFactor, .sparseFactor, .extendedGridFactor, .blockChainFactor: true
    default: false
    }
  }

  init(_ kind: Kind, using generator: inout Philox) {
    self.kind = kind
    var random = generator
    defer { generator = random }
    func uniform(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    let k = 2 + below(11)
    size = [(2, 2), (2, 3), (3, 2), (2, 5), (3, 4), (4, 3), (2, 6), (6, 2)][below(8)]
    switch kind {
    case .diagonal: graph = .diagonal(k)
    case .chain, .path, .chainFactor: graph = .chain(k)
    case .complete, .denseFactor: graph = .complete(k)
    case .grid: graph = .grid(height: size.0, width: size.1)
    case .extendedGridFactor: graph = .grid(height: size.0, width: size.1)
    case .blockChain, .blockChainFactor: graph = .blockChain(blocks: size.0, size: size.1)
    case .tree:
      let pairs = (1..<k).map { UndirectedGraph.Edge(below($0), $0) }
      graph = try! UndirectedGraph(dimension: k, edges: pairs)
    case .cycle:
      let k = max(k, 4)
      graph = try! UndirectedGraph(
        dimension: k, edges: (0..<k).map { UndirectedGraph.Edge($0, ($0 + 1) % k) })
    case .sparse, .sparseFactor, .scaled:
      let pairs = (0..<k).flatMap { i in (0..<i).map { UndirectedGraph.Edge($0, i) } }
      let share = uniform(0.1...0.9)
      graph = try! UndirectedGraph(
        dimension: k, edges: pairs.filter { _ in uniform(0...1) < share })
    }
    // The scales of the variables, within one order of magnitude or over many.
    let n = graph.dimension
    let center = uniform(-12...12)
    let spread = below(2) == 0 ? 0 : min(12 - abs(center), 12)
    let own = (0..<n).map { _ in pow(10, center + uniform(-spread...spread)) }
    scales = kind == .scaled ? own : []
    let isFactor =
      [Kind.chainFactor, .denseFactor, .sparseFactor, .extendedGridFactor]
      .contains(kind) || kind == .blockChainFactor
    let weightRange = uniform(0...4)
    let weights = graph.edges.map { _ in
      (below(2) == 0 ? -1 : 1) * pow(10, uniform(-weightRange...0))
    }
    if isFactor {
      let smallest = uniform(-6...0)
      diagonal = (0..<n).map { own[$0] * pow(10, uniform(smallest...0)) }
      off = zip(graph.edges, weights).map { own[$0.second] * $1 }
      return
    }
    // The diagonal exceeds the sum of the other elements by a factor of 10 down to less than a
    // rounding error, or falls short of it.
    let excess = pow(10, uniform(-18...1))
    let signed = below(3) > 0 ? weights.map { -abs($0) } : weights
    var sums = [Double](repeating: 0, count: n)
    for (edge, weight) in zip(graph.edges, signed) {
      sums[edge.first] += abs(weight)
      sums[edge.second] += abs(weight)
    }
    let share = below(8) == 0 ? uniform(0.5...1) : 1
    let scale = kind == .scaled ? [Double](repeating: 1, count: n) : own
    diagonal = (0..<n).map {
      scale[$0] * scale[$0] * (share * sums[$0] + (sums[$0] == 0 ? 1 : excess))
    }
    off = zip(graph.edges, signed).map { scale[$0.first] * scale[$0.second] * $1 }
  }

  /// The elements rounded to a type of number.
  private func rounded<Scalar: TensorScalar>(_ values: [Double], _: Scalar.Type) -> [Double] {
    values.map { Double(Scalar($0)) }
  }

  /// The exact variances and condition number of the model with rounded elements.
  func reference<Scalar: TensorScalar>(_ type: Scalar.Type) -> PreciseInverse {
    let n = graph.dimension
    let (diagonal, off) = (rounded(diagonal, type), rounded(off, type))
    var rows = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n { rows[i][i] = diagonal[i] }
    for (edge, value) in zip(graph.edges, off) {
      rows[edge.second][edge.first] = value
      if !isFactor { rows[edge.first][edge.second] = value }
    }
    return isFactor ? PreciseInverse(ofFactor: rows) : PreciseInverse(of: rows)
  }

  /// The variances of the structure are those of the reference divided by these squares.
  func squaredScales<Scalar: TensorScalar>(_: Scalar.Type) -> [Double] {
    if scales.isEmpty { return [Double](repeating: 1, count: graph.dimension) }
    return scales.map { exp(2 * Double(Scalar(log($0)))) }
  }

  func precision<Scalar: TensorScalar>(
    _: Scalar.Type
  ) throws -> any PrecisionStructure<Scalar> {
    let (d, o) = (Tensor(diagonal.map { Scalar($0) }), Tensor(off.map { Scalar($0) }))
    let n = graph.dimension
    switch kind {
    case .chainFactor: return ChainPrecision(factorDiagonal: d, factorOffDiagonal: o)
    case .sparseFactor:
      return try SparsePrecision(graph: graph, factorDiagonal: d, factorOffDiagonal: o)
    case .denseFactor: return DensePrecision(factor: lower(d, o))
    case .extendedGridFactor:
      let (h, w) = size
      let isRight = graph.edges.map { $0.second == $0.first + 1 && w > 1 }
      func links(_ right: Bool) -> Tensor<Scalar> {
        o.gathered(at: graph.edges.indices.filter { isRight[$0] == right })
      }
      return ExtendedGridPrecision(
        height: h, width: w, factorDiagonal: d, factorRight: links(true), factorDown: links(false))
    case .blockChainFactor:
      let (count, s) = size
      let whole = lower(d, o).scalars
      func block(_ row: Int, _ column: Int) -> [Scalar] {
        (0..<s).flatMap { i in (0..<s).map { whole[(row * s + i) * n + column * s + $0] } }
      }
      return BlockChainPrecision(
        factorDiagonalBlocks: Tensor((0..<count).flatMap { block($0, $0) }, shape: [count, s, s]),
        factorLowerBlocks: Tensor(
          (1..<count).flatMap { block($0, $0 - 1) }, shape: [count - 1, s, s]))
    default: break
    }
    let elements = try SymmetricElements(graph: graph, diagonal: d, offDiagonal: o)
    switch kind {
    case .blockChain: return try BlockChainPrecision(elements: elements, blockSize: size.1)
    case .path, .tree, .cycle, .sparse: return try SparsePrecision(elements: elements)
    case .scaled:
      return ScaledPrecision(
        try cheapestPrecision(of: elements),
        logScale: Tensor(scales.map { Scalar(log($0)) }))
    default: return try cheapestPrecision(of: elements)
    }
  }

  private func lower<Scalar: TensorScalar>(
    _ diagonal: Tensor<Scalar>, _ off: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let n = graph.dimension
    return
      (diagonal.scatterAdded(to: (0..<n).map { $0 * (n + 1) }, count: n * n)
      + off.scatterAdded(to: graph.edges.map { $0.second * n + $0.first }, count: n * n))
      .reshaped(to: [n, n])
  }
}
