import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Elements of the precision and the covariance on a graph") struct GraphElements {
    /// The elements of a dense matrix on a graph, with the diagonal first.
    static func elements(_ matrix: Matrix, on graph: UndirectedGraph) -> [Double] {
      matrix.band(0) + graph.edges.map { matrix.rows[$0.first][$0.second] }
    }

    static func joined(_ elements: SymmetricElements<Double>) -> Tensor<Double> {
      .concatenated([elements.diagonal, elements.offDiagonal], axis: -1)
    }

    /// Graphs on which covariances may be needed.
    static func graphs(_ k: Int) throws -> [UndirectedGraph] {
      let skips = (0..<max(k - 2, 0)).map { UndirectedGraph.Edge($0, $0 + 2) }
      let star = (1..<max(k, 1)).map { UndirectedGraph.Edge(0, $0) }
      let grids = (1...k).filter { k % $0 == 0 }.flatMap { width in
        [
          UndirectedGraph.grid(height: k / width, width: width),
          .extendedGrid(height: k / width, width: width),
        ]
      }
      return try [
        .diagonal(k), .chain(k), UndirectedGraph(dimension: k, edges: skips),
        UndirectedGraph(dimension: k, edges: star), .complete(k),
      ] + grids
    }

    @Test(
      "The elements of the precision agree with the dense twin, which is zero off the graph",
      arguments: StructureCase.all,
      BatchCase.batches)
    func precision(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 40)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let precision = structure.precision(parameters)
      let graph = precision.graph
      #expect(graph.dimension == structure.dimension)
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      let elements = precision.elements
      #expect(elements.graph == graph)
      #expect(elements.batchShape == batch)
      expectClose(
        Self.joined(elements), matrices.flatMap { Self.elements($0, on: graph) })
      let edges = Set(graph.edges)
      for (i, row) in matrices[0].rows.enumerated() {
        for j in i + 1..<max(i + 1, row.count) where !edges.contains(.init(i, j)) {
          #expect(abs(row[j]) < 1e-14, "(\(i), \(j)) is not an edge")
        }
      }
      expectClose(precision.diagonal, elements.diagonal.scalars)
      expectGradients(at: parameters) {
        weightedSum([
          Self.joined(structure.precision($0).elements), structure.precision($0).diagonal,
        ])
      }
      CoverageTable.note("elements, and its gradient", structure)
    }

    @Test(
      "The covariances on any graph agree with the dense twin", arguments: StructureCase.all,
      BatchCase.batches)
    func covariance(_ structure: StructureCase, _ batch: Shape) throws {
      var generator = Philox(seed: 41)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let precision = structure.precision(parameters)
      let covariances = structure.factors(parameters).map {
        ($0 * $0.transposed).inverted().inverse
      }
      for graph in try [precision.graph] + Self.graphs(structure.dimension) {
        let value = precision.covariances(on: graph)
        #expect(value.graph == graph)
        expectClose(
          Self.joined(value), covariances.flatMap { Self.elements($0, on: graph) },
          "\(graph.edges.count) edges")
        expectGradients(at: parameters, within: 1e-7, "\(graph.edges.count) edges") {
          weightedSum([Self.joined(structure.precision($0).covariances(on: graph))])
        }
      }
      CoverageTable.note("covariances on a graph, and its gradient", structure)
    }
  }
}
