import Tensors

/// A precision structure in which both `P` and its factor `L` have few bands: a diagonal, a chain
/// or an extended grid.
package protocol BandedPrecision<Scalar>: PrecisionStructure {
  /// The bands of `P` that may be nonzero.
  var pattern: BandPattern { get }

  /// The bands of `L` by their offset `o`, that is, the elements `(i + o, i)`: `[batch…, k − o]`.
  ///
  /// With these bands a KL divergence can be computed as a sum of squares, without cancellation.
  var factorBands: [Int: Tensor<Scalar>] { get }

  /// The bands of `P` with these offsets, which must be offsets of `pattern`.
  func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>]

  /// The bands of `Σ = P⁻¹` on a pattern; `nil` if they cannot be computed at less than the cost of
  /// `k` solves.
  ///
  /// Bands of the pattern that are not returned are zero.
  func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]?
}

extension BandedPrecision {
  /// `P` on its graph, gathered from the bands.
  var bandedElements: SymmetricElements<Scalar> {
    let offsets = pattern.offsets
    return elements(
      of: Dictionary(uniqueKeysWithValues: zip(offsets, precisionBands(offsets))), on: graph)
  }

  /// The covariances on a graph, gathered from the bands; `nil` if the structure does not compute
  /// these.
  func bandedCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    let pattern = BandPattern(dimension: dimension, offsets: graph.edges.map(\.offset))
    return covarianceBands(on: pattern).map { elements(of: $0, on: graph) }
  }

  /// The elements of a banded matrix on a graph; missing bands are zero.
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
    // If there is only one band, in the order of the edges, as for a chain, no gathering is needed.
    if offsets.count == 1, graph.edges.count == end, graph.edges[0].offset == offsets[0],
      graph.edges[end - 1].offset == offsets[0]
    {
      return SymmetricElements(graph, diagonal, bands[offsets[0]]!)
    }
    // Edges on missing bands are gathered from a zero that is appended to the bands.
    let zero = Tensor<Scalar>.zeros(diagonal.shape.replacing(axis: -1, with: 1))
    let joined = Tensor.concatenated(offsets.map { bands[$0]! } + [zero], axis: -1)
    let places = graph.edges.map { edge in starts[edge.offset].map { $0 + edge.first } ?? end }
    return SymmetricElements(graph, diagonal, joined.gathered(at: places))
  }
}

/// A set of bands of a symmetric `k×k` matrix.
///
/// The band of offset `o` consists of the `k − o` elements `(i, i + o)`.
package struct BandPattern: Hashable, Sendable {
  /// The size of the matrix.
  package let dimension: Int
  /// The offsets of the bands, increasing from 0. A dense matrix has the offsets `0..<k`.
  package let offsets: [Int]

  /// The pattern with these offsets and the diagonal. Offsets outside the matrix are ignored.
  package init(dimension: Int, offsets: [Int]) {
    require(dimension >= 0, "a pattern of bands of a matrix of \(dimension) rows")
    self.dimension = dimension
    self.offsets = Set(offsets).union([0]).filter { (0..<max(dimension, 1)).contains($0) }.sorted()
  }

  /// Whether there are so few bands that a computation along them is cheaper than a dense one.
  package var isBanded: Bool { offsets.count <= 4 }

  /// The pattern of a diagonal matrix.
  package static func diagonal(_ dimension: Int) -> BandPattern {
    BandPattern(dimension: dimension, offsets: [0])
  }
}
