import Foundation
import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("Maximum likelihood on a graph")
struct RestrictedMaximumLikelihoodTests {
  private func graph(_ dimension: Int, _ pairs: [(Int, Int)]) throws -> UndirectedGraph {
    try UndirectedGraph(dimension: dimension, edges: pairs.map { .init($0.0, $0.1) })
  }

  /// Expects that the covariance equals that of the observations on the graph, and that the
  /// precision is zero off the graph.
  private func expectStationary(
    _ fit: UndirectedStructureFit<Double>, _ s: Tensor<Double>, within tolerance: Double
  ) {
    let k = s.shape[0]
    #expect(largestDifference(matrixProduct(fit.precision, fit.covariance), .identity(k)) < 1e-8)
    let edges = Set(fit.graph.edges)
    for i in 0..<k {
      for j in i..<k {
        if i == j || edges.contains(.init(i, j)) {
          #expect(abs(fit.covariance[i, j] - s[i, j]) < tolerance)
        } else {
          #expect(fit.precision[i, j] == 0 && fit.precision[j, i] == 0)
        }
      }
    }
  }

  /// The chain has the precision [2 −1 0; −1 2 −1; 0 −1 2] and the covariance ¼ [3 2 1; 2 4 2; 1 2
  /// 3]. The covariance of the ends is not used, because they have no edge.
  @Test(
    "The maximum-likelihood chain of three variables agrees with a hand computation",
    arguments: [0.25, 0, -0.5])
  func byHand(ends: Double) throws {
    let s = Tensor([0.75, 0.5, ends, 0.5, 1, 0.5, ends, 0.5, 0.75], shape: [3, 3])
    let fit = try RestrictedMaximumLikelihood(graph: .chain(3), tolerance: 1e-12)
      .fit(covariance: s)
    expectClose(fit.precision, [2, -1, 0, -1, 2, -1, 0, -1, 2], within: 1e-5)
    expectClose(fit.covariance, [0.75, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.75], within: 1e-5)
  }

  @Test("The maximum-likelihood fit agrees with The Elements of Statistical Learning")
  func textbook() throws {
    let s = Tensor(
      [10.0, 1, 5, 4, 1, 10, 2, 6, 5, 2, 10, 3, 4, 6, 3, 10], shape: [4, 4])
    let cycle = try graph(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    let fit = try RestrictedMaximumLikelihood(graph: cycle, tolerance: 1e-10).fit(covariance: s)
    #expect(fit.graph == cycle)
    // Computed by Tests/References/known_graph_reference.py.
    let covariance = Tensor(
      [10, 1, 1.314206, 4, 1, 10, 2, 0.870472, 1.314206, 2, 10, 3, 4, 0.870472, 3, 10],
      shape: [4, 4])
    let precision = Tensor(
      [
        0.119657, -0.007859, 0, -0.047179, -0.007859, 0.10477, -0.019921, 0,
        0, -0.019921, 0.113697, -0.032375, -0.047179, 0, -0.032375, 0.128584,
      ], shape: [4, 4])
    #expect(largestDifference(fit.covariance, covariance) < 1e-4)
    #expect(largestDifference(fit.precision, precision) < 2e-6)
    expectStationary(fit, s, within: 1e-4)
  }

  @Test(
    "The maximum-likelihood fit satisfies its optimality conditions on graphs of all kinds",
    arguments: [
      UndirectedGraph.chain(20), .grid(height: 4, width: 5), .extendedGrid(height: 5, width: 4),
      .blockChain(blocks: 5, size: 4),
    ])
  func stationary(graph: UndirectedGraph) throws {
    let x = chainObservations(60, variables: 20, seed: 11)
    let s = empiricalCovariance(x)
    let fit = try RestrictedMaximumLikelihood(graph: graph, tolerance: 1e-11).fit(observations: x)
    #expect(fit.dualityGap <= 1e-11)
    expectStationary(fit, s, within: 1e-5)
    #expect(
      abs(fit.objective - (try lassoObjective(fit.precision, covariance: s, penalty: 0))) < 1e-10)
  }

  @Test("The maximum-likelihood fit on a chain agrees with the closed form", arguments: [2, 3, 30])
  func chain(variables: Int) throws {
    // The correlations are so strong that coordinate descent alone would take thousands of sweeps.
    var x = chainObservations(200, variables: variables, link: 0, seed: 12).scalars
    for i in x.indices where i % variables > 0 { x[i] = 0.98 * x[i - 1] + 0.2 * x[i] }
    let s = empiricalCovariance(Tensor(x, shape: [200, variables]))
    var expected = [Double](repeating: 0, count: variables * variables)
    for i in 0..<variables - 1 {
      let j = i + 1
      let determinant = s[i, i] * s[j, j] - s[i, j] * s[i, j]
      expected[i * variables + i] += s[j, j] / determinant
      expected[j * variables + j] += s[i, i] / determinant
      expected[i * variables + j] = -s[i, j] / determinant
      expected[j * variables + i] = -s[i, j] / determinant
      if i > 0 { expected[i * variables + i] -= 1 / s[i, i] }
    }
    let fit = try RestrictedMaximumLikelihood(graph: .chain(variables), tolerance: 1e-9)
      .fit(covariance: s)
    let scale = expected.map(abs).max()!
    #expect(
      largestDifference(fit.precision, Tensor(expected, shape: [variables, variables]))
        < 1e-5 * scale)
    #expect(fit.steps < 30)
  }

  @Test("The maximum-likelihood fit is right without edges, with all edges and for components")
  func extremes() throws {
    let s = empiricalCovariance(chainObservations(40, variables: 5, seed: 13))
    let none = try RestrictedMaximumLikelihood(graph: .diagonal(5)).fit(covariance: s)
    #expect(none.precision.diagonal().scalars == s.diagonal().scalars.map { 1 / $0 })
    #expect(none.precision.scalars.filter { $0 != 0 }.count == 5)
    let all = try RestrictedMaximumLikelihood(graph: .complete(5)).fit(covariance: s)
    #expect(largestDifference(matrixProduct(all.precision, s), .identity(5)) < 1e-10)
    let parts = try graph(5, [(0, 3), (1, 2), (2, 4)])
    let fit = try RestrictedMaximumLikelihood(graph: parts, tolerance: 1e-11).fit(covariance: s)
    expectStationary(fit, s, within: 1e-5)
    #expect(fit.precision[0, 1] == 0 && fit.precision[0, 3] != 0)
  }

  @Test("The maximum-likelihood fit on a tree exists with fewer observations than variables")
  func fewObservations() throws {
    let x = chainObservations(6, variables: 15, seed: 14)
    let fit = try RestrictedMaximumLikelihood(graph: .chain(15), tolerance: 1e-8)
      .fit(observations: x)
    let s = empiricalCovariance(x)
    for i in 0..<14 { #expect(abs(fit.covariance[i, i + 1] - s[i, i + 1]) < 1e-3) }
    #expect(throws: Never.self) { try fit.model() }
  }

  @Test("Refitting on the lasso's graph raises the likelihood on the same edges")
  func refit() throws {
    let s = empiricalCovariance(chainObservations(300, variables: 12, seed: 15))
    let lasso = try GraphicalLasso(penalty: 0.15).fit(covariance: s)
    let refit = try RestrictedMaximumLikelihood(graph: lasso.graph)
      .fit(covariance: s, startingFrom: lasso.precision)
    #expect(refit.graph == lasso.graph)
    let shrunk = try lassoObjective(lasso.precision, covariance: s, penalty: 0)
    #expect(refit.objective < shrunk - 0.1)
    // Elements of the starting point off the graph are ignored.
    let full = try GraphicalLasso(penalty: 0).fit(covariance: s)
    let other = try RestrictedMaximumLikelihood(graph: .chain(12))
      .fit(covariance: s, startingFrom: full.precision)
    let cold = try RestrictedMaximumLikelihood(graph: .chain(12)).fit(covariance: s)
    #expect(abs(other.objective - cold.objective) <= 1e-6)
  }
}
