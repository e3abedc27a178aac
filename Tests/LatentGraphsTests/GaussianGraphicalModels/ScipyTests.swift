import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Sparse precisions compared with scipy") struct Scipy {
    typealias Reference = ScipyReference

    func expect(
      _ precision: any PrecisionStructure<Double>, logDeterminant: Double, solution: [Double],
      variances: [Double], covariances: [Double]
    ) {
      let right = Tensor((0..<precision.dimension).map { cos(1 + Double($0)) })
      expectClose(precision.logDeterminant, [logDeterminant], within: 1e-13)
      expectClose(precision.solve(right), solution, within: 1e-13)
      let found = precision.neighbourCovariances
      expectClose(found.diagonal, variances, within: 1e-13)
      expectClose(found.offDiagonal, covariances, within: 1e-13)
    }

    @Test("A grid agrees with scipy's banded Cholesky factorization")
    func grid() throws {
      let graph = UndirectedGraph.grid(height: 4, width: 5)
      expect(
        try SparsePrecision(
          graph: graph, diagonal: Tensor(Reference.gridDiagonal),
          offDiagonal: Tensor(Reference.gridEdges)),
        logDeterminant: Reference.gridLogDeterminant, solution: Reference.gridSolution,
        variances: Reference.gridVariances, covariances: Reference.gridCovariances)
      let values = zip(graph.edges, Reference.gridEdges)
      func links(_ isWanted: (Int) -> Bool) -> Tensor<Double> {
        Tensor(values.filter { isWanted($0.0.second - $0.0.first) }.map(\.1))
      }
      expect(
        try GridPrecision(
          height: 4, width: 5, diagonal: Tensor(Reference.gridDiagonal),
          right: links { $0 == 1 }, down: links { $0 == 5 }),
        logDeterminant: Reference.gridLogDeterminant, solution: Reference.gridSolution,
        variances: Reference.gridVariances, covariances: Reference.gridCovariances)
    }

    @Test("A graph with fill-in agrees with scipy's dense Cholesky factorization")
    func graph() throws {
      let graph = try UndirectedGraph(
        dimension: 9, edges: Reference.graphPairs.map { UndirectedGraph.Edge($0, $1) })
      expect(
        try SparsePrecision(
          graph: graph, diagonal: Tensor(Reference.graphDiagonal),
          offDiagonal: Tensor(Reference.graphEdges)),
        logDeterminant: Reference.graphLogDeterminant, solution: Reference.graphSolution,
        variances: Reference.graphVariances, covariances: Reference.graphCovariances)
    }
  }
}
