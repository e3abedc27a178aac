import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Sparse precisions") struct Sparse {
    /// Expects that results on a graph and their gradients have the same bits with one, two and
    /// three threads.
    static func expectSameBits(of graph: UndirectedGraph, batch: Int, draws: Int) throws {
      let values = Self.values(graph, batch: [batch], seed: 24)
      var generator = Philox(seed: 25)
      let noise = Tensor<Double>.normal([draws, batch, graph.dimension], using: &generator)
      func compute() throws -> [[Double]] {
        let variables = [values.diagonal, values.offDiagonal].map { $0.tracked() }
        let precision = try SparsePrecision(
          graph: graph, diagonal: variables[0], offDiagonal: variables[1])
        let covariances = precision.neighbourCovariances
        let outputs = [
          covariances.diagonal, covariances.offDiagonal, precision.unwhiten(noise),
          precision.whiten(noise.slice(at: 0)),
        ]
        return (outputs + gradients(of: weightedSum(outputs), withRespectTo: variables))
          .map(\.scalars)
      }
      let results = try [1, 2, 3].map { try Threads.withLimit($0, compute) }
      #expect(results[1] == results[0])
      #expect(results[2] == results[0])
    }

    /// The elements of a diagonally dominant precision on a graph.
    static func values(
      _ graph: UndirectedGraph, batch: Shape = [], seed: UInt64
    ) -> SymmetricElements<Double> {
      var generator = Philox(seed: seed)
      let (k, edges) = (graph.dimension, graph.edges.count)
      let off = Tensor<Double>.uniform(batch + [edges], in: -1..<1, using: &generator)
      let diagonal =
        Tensor<Double>.uniform(batch + [k], in: 0.5..<1.5, using: &generator)
        + off.abs().scatterAdded(to: graph.edges.map(\.first), count: k)
        + off.abs().scatterAdded(to: graph.edges.map(\.second), count: k)
      return try! SymmetricElements(graph: graph, diagonal: diagonal, offDiagonal: off)
    }

    // MARK: Symbolic analysis

    /// The number of elements on and below the diagonal of the factor, by eliminating the variables
    /// one by one.
    static func fill(_ graph: UndirectedGraph, order: [Int]) -> Int {
      var neighbours = [Set<Int>](repeating: [], count: graph.dimension)
      for edge in graph.edges {
        neighbours[edge.first].insert(edge.second)
        neighbours[edge.second].insert(edge.first)
      }
      var count = 0
      for variable in order {
        let others = neighbours[variable]
        count += 1 + others.count
        for other in others {
          neighbours[other].formUnion(others)
          neighbours[other].subtract([variable, other])
        }
      }
      return count
    }

    @Test("The elimination order contains every variable once", arguments: SparseGraphCase.all)
    func order(_ graph: SparseGraphCase) throws {
      let precision = try SparsePrecision(elements: Self.values(graph.graph, seed: 1))
      #expect(precision.eliminationOrder.sorted() == Array(0..<graph.dimension))
      #expect(precision.ordering == .minimumDegree)
      let least = Self.fill(graph.graph, order: precision.eliminationOrder)
      #expect(precision.fill >= least)
    }

    @Test("The factor of a tree has no fill-in", arguments: [1, 2, 3, 10, 100, 1000])
    func treeFill(_ k: Int) throws {
      for graph in [SparseGraphCase.tree(k), .star(k), .path(k)] {
        let precision = try SparsePrecision(elements: Self.values(graph.graph, seed: 2))
        #expect(Self.fill(graph.graph, order: precision.eliminationOrder) == 2 * k - 1)
        // Nor are columns merged and padded with zeros, as in other graphs.
        #expect(precision.fill == 2 * k - 1)
      }
    }

    /// The leading term of nested dissection is 31 `k log₂ k / 4` (George, 1973).
    @Test("The factor of a grid has the fill-in of nested dissection", arguments: [16, 64, 128])
    func gridFill(_ width: Int) throws {
      let k = width * width
      let grid = UndirectedGraph.grid(height: width, width: width)
      let precision = try SparsePrecision(elements: Self.values(grid, seed: 3))
      #expect(precision.ordering == .nestedDissection)
      let fill = Self.fill(grid, order: precision.eliminationOrder)
      #expect(Double(fill) < 31.0 / 4 * Double(k) * log2(Double(k)))
      // Merging small supernodes into larger ones adds explicit zeros.
      #expect(Double(precision.fill) < 2 * Double(fill))
      // Minimum degree has less than 1.5 times the fill-in.
      let other = try UndirectedGraph(dimension: k, edges: grid.edges)
      let byDegree = try SparsePrecision(elements: Self.values(other, seed: 3))
      #expect(byDegree.ordering == .minimumDegree)
      let otherFill = Self.fill(other, order: byDegree.eliminationOrder)
      #expect(Double(otherFill) < 1.5 * Double(fill))
    }

    // MARK: Values

    @Test(
      "Relabelling the variables of a graph relabels the results", arguments: SparseGraphCase.all)
    func relabelled(_ graph: SparseGraphCase) throws {
      var generator = Philox(seed: 4)
      let k = graph.dimension
      let original = Self.values(graph.graph, batch: [2], seed: 5)
      let labels = (0..<k).shuffled(using: &generator)
      let pairs = graph.graph.edges.enumerated().map { place, edge in
        (UndirectedGraph.Edge(labels[edge.first], labels[edge.second]), place)
      }
      .sorted { $0.0 < $1.0 }
      let old = labels.indices.sorted { labels[$0] < labels[$1] }
      let precision = try SparsePrecision(elements: original)
      let other = try SparsePrecision(
        graph: UndirectedGraph(dimension: k, edges: pairs.map(\.0)),
        diagonal: original.diagonal.gathered(at: old),
        offDiagonal: original.offDiagonal.gathered(at: pairs.map(\.1)))
      expectClose(other.logDeterminant, precision.logDeterminant.scalars, within: 1e-12)
      expectClose(
        other.marginalVariances, precision.marginalVariances.gathered(at: old).scalars,
        within: 1e-12)
      expectClose(
        other.neighbourCovariances.offDiagonal,
        precision.neighbourCovariances.offDiagonal.gathered(at: pairs.map(\.1)).scalars,
        within: 1e-12)
      let x = Tensor<Double>.normal([5, 2, k], using: &generator)
      expectClose(
        other.solve(x.gathered(at: old)), precision.solve(x).gathered(at: old).scalars,
        within: 1e-12)
    }

    @Test(
      "A sparse precision that is not positive definite is refused with its variable and matrix",
      arguments: SparseGraphCase.all)
    func pivots(_ graph: SparseGraphCase) throws {
      let k = graph.dimension
      let values = Self.values(graph.graph, batch: [2, 2], seed: 6)
      for variable in Set([0, k / 2, k - 1]) {
        for bad in [-5, Double.nan] {
          var diagonal = values.diagonal.scalars
          diagonal[2 * k + variable] = bad
          let error = #expect(throws: NotPositiveDefinite.self) {
            try SparsePrecision(
              graph: graph.graph, diagonal: Tensor(diagonal, shape: [2, 2, k]),
              offDiagonal: values.offDiagonal)
          }
          // The variables eliminated earlier are not affected, so the error names exactly this
          // variable.
          #expect(error == NotPositiveDefinite(pivot: variable, matrix: 2))
        }
      }
    }

    @Test("Values that do not fit the graph are refused")
    func unfit() throws {
      let graph = UndirectedGraph.grid(height: 2, width: 2)
      let expected = GraphicalModelError.valuesDoNotFit(
        dimension: 4, edges: 4, diagonal: [3, 4], offDiagonal: [4])
      #expect(throws: expected) {
        try SparsePrecision<Double>(
          graph: graph, diagonal: .ones([3, 4]), offDiagonal: .zeros([4]))
      }
      #expect(throws: expected) {
        try SparsePrecision<Double>(
          graph: graph, factorDiagonal: .ones([3, 4]), factorOffDiagonal: .zeros([4]))
      }
    }

    @Test(
      "A precision given by its factor has the graph of the product L Lᵀ",
      arguments: SparseGraphCase.small)
    func moral(_ graph: SparseGraphCase) throws {
      let values = Self.values(graph.graph, seed: 7)
      let precision = try SparsePrecision(
        graph: graph.graph, factorDiagonal: values.diagonal, factorOffDiagonal: values.offDiagonal)
      #expect(precision.ordering == .natural)
      let again = try SparsePrecision(elements: precision.elements)
      expectClose(again.logDeterminant, precision.logDeterminant.scalars, within: 1e-12)
      expectClose(again.matrix, precision.matrix.scalars, within: 1e-12)
    }

    @Test(
      "Operations on many draws at once equal those on each draw alone",
      arguments: [1, 3, 4, 17, 32, 33, 70])
    func draws(_ count: Int) throws {
      var generator = Philox(seed: 8)
      let forest = SparseGraphCase.forest(40).graph
      for graph in [SparseGraphCase.shuffledGrid(8, 8).graph, .grid(height: 12, width: 9), forest] {
        let values = Self.values(graph, batch: [2], seed: 9)
        let x = Tensor<Double>.normal([count, 2, graph.dimension], using: &generator)
        let precision = try SparsePrecision(elements: values)
        for operation in VectorOperation.allCases {
          let joined = Tensor.stacked(
            (0..<count).map { operation(precision, x.slice(at: $0)) })
          expectClose(operation(precision, x), joined.scalars, within: 1e-13, "\(operation)")
        }
        expectGradients(
          at: [values.diagonal, values.offDiagonal, x.slice(0..<min(count, 33), axis: 0)],
          step: 1e-3, within: 1e-7
        ) { inputs in
          let precision = try! SparsePrecision(
            graph: graph, diagonal: inputs[0], offDiagonal: inputs[1])
          return weightedSum(VectorOperation.allCases.map { $0(precision, inputs[2]) })
        }
      }
    }
  }
}
