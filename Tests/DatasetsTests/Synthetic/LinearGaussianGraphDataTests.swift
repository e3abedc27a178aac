import Datasets
import Testing

/// Graphs of the kinds that the code distinguishes: no parent to several, vector nodes, and a
/// general loading.
private enum Example: String, CaseIterable, CustomTestStringConvertible {
  case independent, chain, collider, diamondOfVectors, mixedLoading

  var testDescription: String { rawValue }

  var graph: LinearGaussianGraph {
    switch self {
    case .independent: LinearGaussianGraph(dimensions: [1, 2], edges: [], seed: 1)
    case .chain:
      LinearGaussianGraph(
        dimensions: [1, 1, 1, 1], edges: [(3, 2), (2, 1), (1, 0)], seed: 2)
    case .collider: LinearGaussianGraph(dimensions: [1, 2, 1], edges: [(0, 1), (2, 1)], seed: 3)
    case .diamondOfVectors:
      LinearGaussianGraph(
        dimensions: [1, 2, 3, 2], edges: [(3, 2), (3, 1), (2, 0), (1, 0)], indicators: 3, seed: 4)
    case .mixedLoading: mixed
    }
  }

  private var mixed: LinearGaussianGraph {
    var generator = Philox(seed: 5)
    return LinearGaussianGraph(
      nodes: [.init(dimension: 2, standardDeviation: 0.6), .init(dimension: 3)],
      edges: [.init(from: 1, to: 0, weight: .normal([2, 3], using: &generator))],
      loading: .normal([6, 5], using: &generator),
      observationStandardDeviations: Tensor([0.3, 0.4, 0.5, 0.6, 0.7, 0.8]))
  }
}

/// The exact covariance of latents and observations together, `[z, x]`.
private func jointCovariance(_ graph: LinearGaussianGraph) -> Tensor<Double> {
  let cross = matrixProduct(graph.latentCovariance, graph.loading, transposingRight: true)
  return .concatenated([
    .concatenated([graph.latentCovariance, cross], axis: 1),
    .concatenated([cross.transposed(), graph.covariance], axis: 1),
  ])
}

/// The largest difference between the empirical covariance of draws and `covariance`, in standard
/// deviations.
///
/// After multiplication by `L⁻¹`, with `L Lᵀ = covariance`, the draws are standard normal. Their
/// second moments have the standard deviations `√(2/n)` on the diagonal and `√(1/n)` off the
/// diagonal.
private func largestDeviation(
  of data: LinearGaussianGraphData<Double>, from covariance: Tensor<Double>
) throws -> Double {
  let draws = Tensor.concatenated([data.latents, data.observations], axis: 1)
  let white = triangularSolve(rows: draws, try covariance.cholesky(), transposing: true)
  let n = Double(data.count)
  let moments = matrixProduct(white, white, transposingLeft: true) * (1 / n)
  let size = covariance.shape[0]
  let scores = (moments - Tensor.identity(size)).abs() * n.squareRoot()
  let scales = Tensor.ones([size, size]) + Tensor.identity(size) * (2.0.squareRoot() - 1)
  return (scores / scales).scalars.max()!
}

@Suite("Draws from a linear-Gaussian graph")
struct LinearGaussianGraphDataTests {
  /// There are at most 210 moments of 50,000 draws. A normal variable exceeds 6 standard deviations
  /// with a probability of 2·10⁻⁹. The cubic term of the moments' distribution, `6³ √(2/n) / 3` =
  /// 0.46 in the exponent, raises this to 3·10⁻⁹. One of the five graphs thus fails with a
  /// probability of at most about 2·10⁻⁶.
  @Test("Latents and observations have the exact covariance", arguments: Example.allCases)
  private func covariance(example: Example) throws {
    let data = LinearGaussianGraphData<Double>(example.graph, count: 50_000, seed: 10)
    #expect(try largestDeviation(of: data, from: jointCovariance(example.graph)) < 6)
    // There are at most 20 means, each with a standard deviation of √(variance/n).
    let means = data.observations.mean(axis: 0)
    let deviations = (example.graph.covariance.diagonal() * (1 / 50_000)).squareRoot()
    #expect((means / deviations).abs().scalars.max()! < 6)
  }

  /// Checks that the previous test would detect a missing edge, or one that is weaker by a tenth.
  @Test(
    "Draws from a wrong graph are detected by their covariance", arguments: ["missing", "weaker"])
  func power(change: String) throws {
    let graph = Example.chain.graph
    let edges = graph.edges.enumerated().compactMap { index, edge in
      if index != 1 { return edge }
      return change == "missing"
        ? nil : .init(from: edge.parent, to: edge.child, weight: 0.9 * edge.weight)
    }
    let wrong = LinearGaussianGraph(
      nodes: graph.nodes, edges: edges, loading: graph.loading,
      observationStandardDeviations: graph.observationStandardDeviations)
    let data = LinearGaussianGraphData<Double>(wrong, count: 50_000, seed: 10)
    #expect(try largestDeviation(of: data, from: jointCovariance(graph)) > 10)
  }

  @Test("The same seed gives the same draws, also as the beginning of a larger number of draws")
  func determinism() {
    let graph = Example.diamondOfVectors.graph
    let few = LinearGaussianGraphData<Double>(graph, count: 100, seed: 1)
    let many = LinearGaussianGraphData<Double>(graph, count: 5_000, seed: 1)
    #expect(
      few.observations.scalars
        == LinearGaussianGraphData<Double>(graph, count: 100, seed: 1).observations.scalars)
    #expect(many.latents.slice(0..<100).scalars == few.latents.scalars)
    let largest = (many.observations.slice(0..<100) - few.observations).abs().scalars.max()!
    // Matrix products of other sizes may sum in another order.
    #expect(largest < 1e-13)
    #expect(
      LinearGaussianGraphData<Double>(graph, count: 100, seed: 2).observations.scalars
        != few.observations.scalars)
  }

  @Test("Draws from a linear-Gaussian graph in Float equal rounded draws in Double")
  func float() {
    let graph = Example.collider.graph
    let single = LinearGaussianGraphData<Float>(graph, count: 50, seed: 1)
    let double = LinearGaussianGraphData<Double>(graph, count: 50, seed: 1)
    #expect(single.observations.scalars == double.observations.scalars.map { Float($0) })
    #expect(single.latents.scalars == double.latents.scalars.map { Float($0) })
  }

  @Test("Draws from a linear-Gaussian graph are a source of batches")
  func batches() {
    let data = LinearGaussianGraphData<Float>(Example.chain.graph, count: 50, seed: 1)
    var generator = Philox(seed: 1)
    let batch = data.batch([7, 0, 7], using: &generator)
    #expect([data.count, data.dimension] == [50, 12])
    #expect(batch.shape == [3, 12])
    #expect(batch.slice(at: 0).scalars == data.observations.slice(at: 7).scalars)
    #expect(batch.slice(at: 1).scalars == data.observations.slice(at: 0).scalars)
    #expect(generator == Philox(seed: 1))
  }
}
