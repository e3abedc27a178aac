import Tensors

/// A precision with few bands, whose factor has few bands too: diagonal, chain and extended grid.
public protocol BandedPrecision<Scalar>: PrecisionStructure {
  /// Which bands of `P` may differ from zero.
  var pattern: BandPattern { get }

  /// The bands of `L` by their offset `o`, the elements `(i + o, i)`: `[batch…, k − o]`.
  ///
  /// They let a KL divergence be had as a sum of squares, without cancellation.
  var factorBands: [Int: Tensor<Scalar>] { get }

  /// The bands of `P` with these offsets, which are some of the pattern's.
  func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>]

  /// What of `Σ = P⁻¹` lies on a pattern, where it is known at less than the cost of `k` solves;
  /// `nil` where it is not.
  ///
  /// Bands of the pattern that are not returned are zero.
  func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]?
}

extension BandedPrecision {
  /// Gathered from the bands.
  public var elements: SymmetricElements<Scalar> {
    let offsets = pattern.offsets
    return elements(
      of: Dictionary(uniqueKeysWithValues: zip(offsets, precisionBands(offsets))), on: graph)
  }

  /// The band of offset 0.
  public var diagonal: Tensor<Scalar> { precisionBands([0])[0] }

  /// Gathered from the bands, where they are known.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    let pattern = BandPattern(dimension: dimension, offsets: graph.edges.map(\.offset))
    return covarianceBands(on: pattern).map { elements(of: $0, on: graph) }
  }

  /// The elements of a banded matrix on a graph; bands that are missing are zero.
  private func elements(
    of bands: [Int: Tensor<Scalar>], on graph: UndirectedGraph
  ) -> SymmetricElements<Scalar> {
    let diagonal = bands[0]!
    let offsets = bands.keys.filter { $0 > 0 }.sorted()
    var (starts, end): ([Int: Int], Int) = ([:], 0)
    for offset in offsets {
      starts[offset] = end
      end += dimension - offset
    }
    // One band in its order, as a chain's, is copied as it is.
    if offsets.count == 1, graph.edges.count == end, graph.edges[0].offset == offsets[0],
      graph.edges[end - 1].offset == offsets[0]
    {
      return SymmetricElements(graph, diagonal, bands[offsets[0]]!)
    }
    // What no band holds is gathered from a zero behind them.
    let zero = Tensor<Scalar>.zeros(diagonal.shape.replacing(axis: -1, with: 1))
    let joined = Tensor.concatenated(offsets.map { bands[$0]! } + [zero], axis: -1)
    let places = graph.edges.map { edge in starts[edge.offset].map { $0 + edge.first } ?? end }
    return SymmetricElements(graph, diagonal, joined.gathered(at: places))
  }
}

/// The places of a symmetric `k×k` matrix at certain distances from the diagonal.
///
/// The band of offset `o` has the `k − o` elements `(i, i + o)`.
public struct BandPattern: Hashable, Sendable {
  /// The size of the matrix.
  public let dimension: Int
  /// The distances, increasing from 0; all of them for a dense matrix.
  public let offsets: [Int]

  /// The pattern of these offsets and the diagonal; those that do not fit the matrix are left out.
  public init(dimension: Int, offsets: [Int]) {
    require(dimension >= 0, "a pattern of bands of a matrix of \(dimension) rows")
    self.dimension = dimension
    self.offsets = Set(offsets).union([0]).filter { (0..<max(dimension, 1)).contains($0) }.sorted()
  }

  /// Whether it has so few bands that walking along them is cheaper than a dense computation.
  public var isBanded: Bool { offsets.count <= 4 }

  /// The diagonal.
  public static func diagonal(_ dimension: Int) -> BandPattern {
    BandPattern(dimension: dimension, offsets: [0])
  }
}
