import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Small forests are among the cases of sparse precisions.
  @Suite("Precisions on large forests") struct Forests {
    /// Graphs so large that threads may share a tree: a random tree with shuffled variables,
    /// several trees, and a path, which can be divided into few parts only.
    static let large: [SparseGraphCase] = [.tree(70_000), .forest(60_000), .path(60_000)]

    @Test("On large forests, P Σ = I and the gradient of log det P is Σ", arguments: large)
    func identities(_ graph: SparseGraphCase) throws {
      let values = Sparse.values(graph.graph, seed: 40)
      let k = graph.dimension
      let variables = [values.diagonal, values.offDiagonal].map { $0.tracked() }
      let precision = try SparsePrecision(
        graph: graph.graph, diagonal: variables[0], offDiagonal: variables[1])
      let slopes = gradients(of: precision.logDeterminant, withRespectTo: variables)
      let covariances = precision.neighbourCovariances
      expectClose(slopes[0], covariances.diagonal.scalars, within: 1e-11)
      expectClose(0.5 * slopes[1], covariances.offDiagonal.scalars, within: 1e-11)
      let places = [0, k / 3, k - 1]
      let units = Tensor.stacked(
        places.map { Tensor<Double>.ones([1]).scatterAdded(to: [$0], count: k) })
      let columns = precision.solve(units)
      expectClose(precision.multiply(columns), units.scalars, within: 1e-11)
      for (row, place) in places.enumerated() {
        #expect(abs(columns[row, place] - covariances.diagonal.scalars[place]) < 1e-11)
      }
    }

    @Test(
      "Precisions on forests give the same bits for any number of threads", arguments: [1, 3, 5])
    func threads(_ batch: Int) throws {
      try Sparse.expectSameBits(
        of: SparseGraphCase.tree(60_000).graph, batch: batch, draws: 5)
    }

    @Test("Covariances on other graphs and their gradients agree with the dense inverse")
    func otherGraphs() throws {
      let tree = SparseGraphCase.tree(9).graph
      let values = Sparse.values(tree, batch: [2], seed: 43)
      let fewer = try UndirectedGraph(dimension: 9, edges: tree.edges.dropFirst(3))
      for other in [fewer, .diagonal(9), .complete(9)] {
        let precision = try SparsePrecision(elements: values)
        let covariances = precision.covariances(on: other)
        for row in 0..<2 {
          let dense = Matrix(
            tree, diagonal: values.diagonal.slice(at: row).scalars,
            off: values.offDiagonal.slice(at: row).scalars
          ).inverted().inverse
          expectClose(
            covariances.diagonal.slice(at: row), (0..<9).map { dense.rows[$0][$0] }, within: 1e-12)
          expectClose(
            covariances.offDiagonal.slice(at: row),
            other.edges.map { dense.rows[$0.first][$0.second] }, within: 1e-12)
        }
        expectGradients(at: [values.diagonal, values.offDiagonal], step: 1e-3, within: 1e-7) {
          let precision = try! SparsePrecision(graph: tree, diagonal: $0[0], offDiagonal: $0[1])
          let covariances = precision.covariances(on: other)
          return weightedSum([covariances.diagonal, covariances.offDiagonal])
        }
      }
    }
  }
}
