import Datasets
import Foundation
import TestSupport
import Testing

/// A graph of scalar nodes, each with one observation.
private func scalarGraph(
  deviations: [Double], edges: [(from: Int, to: Int, weight: Double)]
) -> LinearGaussianGraph {
  LinearGaussianGraph(
    nodes: deviations.map { .init(dimension: 1, standardDeviation: $0) },
    edges: edges.map { .init(from: $0.from, to: $0.to, weight: .full($0.weight, [1, 1])) },
    loading: .identity(deviations.count),
    observationStandardDeviations: .full(0.5, [deviations.count]))
}

@Suite("Covariance of linear-Gaussian graphs, by hand")
struct LinearGaussianGraphTests {
  @Test("The covariance of a node and its parent agrees with a hand computation")
  func pair() {
    // The graph is z₁ = 2ε₁, z₀ = 3z₁ + ε₀.
    let graph = scalarGraph(deviations: [1, 2], edges: [(1, 0, 3)])
    #expect(graph.topologicalOrder == [1, 0])
    #expect(graph.latentCovariance.scalars == [37, 12, 12, 4])
    #expect(graph.covariance.scalars == [37.25, 12, 12, 4.25])
  }

  @Test("The covariances of a fork and a collider agree with a hand computation")
  func forkAndCollider() {
    let fork = scalarGraph(deviations: [1, 1, 1], edges: [(2, 0, 2), (2, 1, 3)])
    #expect(fork.latentCovariance.scalars == [5, 6, 2, 6, 10, 3, 2, 3, 1])
    let collider = scalarGraph(deviations: [1, 1, 1], edges: [(0, 2, 2), (1, 2, 3)])
    #expect(collider.latentCovariance.scalars == [1, 0, 2, 0, 1, 3, 2, 3, 14])
  }

  @Test("The effects along all paths add up in the covariance")
  func paths() {
    // The edges are 0 → 1 → 2 and 0 → 2. The total effect is 2·3 + 4 = 10.
    let graph = scalarGraph(deviations: [1, 1, 1], edges: [(0, 2, 4), (1, 2, 3), (0, 1, 2)])
    #expect(graph.latentCovariance.scalars == [1, 2, 10, 2, 5, 23, 10, 23, 110])
  }

  @Test("The covariance is right for vector nodes and a loading of several nodes")
  func vectors() {
    // The graph is z₀ = (a, b), z₁ = a − b + 2ε, x = a + z₁.
    let graph = LinearGaussianGraph(
      nodes: [.init(dimension: 2), .init(dimension: 1, standardDeviation: 2)],
      edges: [.init(from: 0, to: 1, weight: Tensor([1, -1], shape: [1, 2]))],
      loading: Tensor([1, 0, 1], shape: [1, 3]), observationStandardDeviations: Tensor([3]))
    #expect(graph.latentRange(of: 0) == 0..<2)
    #expect(graph.latentRange(of: 1) == 2..<3)
    #expect(graph.latentCovariance.scalars == [1, 0, 1, 0, 1, -1, 1, -1, 6])
    // Var(2a − b + 2ε) is 4 + 1 + 4, and the noise adds 9.
    #expect(graph.covariance.scalars == [18])
    #expect(graph.indicators(of: 0) == [] && graph.indicators(of: 1) == [])
  }

  @Test("The entropy of a linear-Gaussian graph is that of the normal distribution")
  func entropy() throws {
    let single = scalarGraph(deviations: [1], edges: [])
    #expect(abs(try single.entropy - 0.5 * log(2 * Double.pi * M_E * 1.25)) < 1e-14)
    let pair = scalarGraph(deviations: [1, 2], edges: [(1, 0, 3)])
    let determinant = 37.25 * 4.25 - 144
    #expect(abs(try pair.entropy - 0.5 * log(pow(2 * Double.pi * M_E, 2) * determinant)) < 1e-13)
  }

  @Test("Nodes that cannot be counted stop with their dimensions")
  func dimensionsTooLarge() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LinearGaussianGraph(
        nodes: [.init(dimension: .max), .init(dimension: 1)], edges: [],
        loading: Tensor([1], shape: [1, 1]), observationStandardDeviations: Tensor([1]))
    }
    expectMessage(result, "nodes of dimensions [\(Int.max), 1] cannot be counted")
  }

  @Test("A cycle in a linear-Gaussian graph stops the program")
  func cycle() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LinearGaussianGraph(
          dimensions: [1, 1, 1], edges: [(0, 1), (1, 2), (2, 0)], seed: 1)
      }, "a cycle among the nodes [0, 1, 2]")
  }

  @Test("An edge with a weight of a wrong shape stops the program")
  func shape() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LinearGaussianGraph(
          nodes: [.init(dimension: 2), .init(dimension: 1)],
          edges: [.init(from: 0, to: 1, weight: .zeros([2, 1]))], loading: .identity(3),
          observationStandardDeviations: .ones([3]))
      }, "an edge 0 → 1, of dimensions 2 and 1")
  }
}

@Suite("Graphs whose nodes have indicators")
struct IndicatorTests {
  let graph = LinearGaussianGraph(
    dimensions: [1, 2, 3, 2], edges: [(3, 2), (3, 1), (2, 0), (1, 0)], strengths: 0.6...0.9,
    standardDeviations: 0.5...0.7, noise: 0.2...0.4, seed: 1)

  @Test("Each node of dimension d has 2d + 1 indicators")
  func blocks() {
    #expect(graph.observedDimension == 3 + 5 + 7 + 5)
    var start = 0
    for (node, size) in [3, 5, 7, 5].enumerated() {
      #expect(graph.indicators(of: node) == Array(start..<start + size))
      start += size
    }
  }

  @Test("The columns of the loading are orthogonal and have the documented length")
  func loading() {
    let gram = matrixProduct(graph.loading, graph.loading, transposingLeft: true)
    let expected = graph.nodes.flatMap { node in
      let (d, m) = (Double(node.dimension), Double(2 * node.dimension + 1))
      return Array(repeating: m / d, count: node.dimension)
    }
    let difference = gram - Tensor.identity(8) * Tensor(expected)
    #expect(difference.abs().scalars.max()! < 1e-12)
  }

  @Test("An edge has the same strength in all directions, within the given range")
  func strengths() {
    #expect(graph.edges.map { [$0.parent, $0.child] } == [[3, 2], [3, 1], [2, 0], [1, 0]])
    for edge in graph.edges {
      let wide = edge.weight.shape[0] < edge.weight.shape[1]
      let gram = matrixProduct(
        edge.weight, edge.weight, transposingLeft: !wide, transposingRight: wide)
      let square = gram[0, 0]
      #expect((0.36...0.81).contains(square))
      let difference = gram - Tensor.identity(gram.shape[0]) * square
      #expect(difference.abs().scalars.max()! < 1e-12)
    }
    #expect(graph.nodes.allSatisfy { (0.5...0.7).contains($0.standardDeviation) })
    #expect(graph.observationStandardDeviations.scalars.allSatisfy { (0.2...0.4).contains($0) })
    #expect(Set(graph.nodes.map(\.standardDeviation)).count == 4)
    #expect(Set(graph.observationStandardDeviations.scalars).count == 20)
  }

  @Test("The seed determines all coefficients, and edges do not change the loading")
  func seeds() {
    func make(_ edges: [(Int, Int)], seed: UInt64) -> LinearGaussianGraph {
      LinearGaussianGraph(dimensions: [2, 1], edges: edges, seed: seed)
    }
    let (first, again) = (make([(1, 0)], seed: 3), make([(1, 0)], seed: 3))
    #expect(first.covariance.scalars == again.covariance.scalars)
    #expect(make([(1, 0)], seed: 4).covariance.scalars != first.covariance.scalars)
    let without = make([], seed: 3)
    #expect(without.loading.scalars == first.loading.scalars)
    #expect(
      without.observationStandardDeviations.scalars == first.observationStandardDeviations.scalars)
  }

  /// If the order of the nodes is known, the regression of each node on all earlier ones, computed
  /// from the exact covariance, has the edge weights as coefficients and zeros elsewhere.
  @Test("The edges are identified by the order of the nodes and the covariance")
  func identification() throws {
    let covariance = graph.latentCovariance
    for child in 0..<3 {
      let own = graph.latentRange(of: child)
      let before = own.upperBound..<graph.latentDimension
      let factor = try covariance.slice(before).slice(before, axis: 1).cholesky()
      let half = triangularSolve(factor, covariance.slice(before).slice(own, axis: 1))
      let coefficients = triangularSolve(factor, half, transposing: true).transposed()
      for parent in child + 1..<4 {
        let range = graph.latentRange(of: parent)
        let shifted = range.lowerBound - before.lowerBound..<range.upperBound - before.lowerBound
        let found = coefficients.slice(shifted, axis: 1)
        let edge = graph.edges.first { $0.parent == parent && $0.child == child }
        let expected = edge?.weight ?? .zeros(found.shape)
        #expect((found - expected).abs().scalars.max()! < 1e-12)
        #expect(graph.hasEdge(from: parent, to: child) == (edge != nil))
        #expect(!graph.hasEdge(from: child, to: parent))
      }
    }
  }
}
