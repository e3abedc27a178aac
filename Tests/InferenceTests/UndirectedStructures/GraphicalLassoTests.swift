import Foundation
import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("The graphical lasso")
struct GraphicalLassoTests {
  @Test(
    "The graphical lasso agrees with scikit-learn in precision, edges and objective",
    arguments: graphicalLassoReferences)
  func reference(reference: GraphicalLassoReference) throws {
    let exact = Tensor(reference.precision, shape: [reference.size, reference.size])
    let tight = try GraphicalLasso(penalty: reference.penalty, tolerance: 1e-10)
      .fit(covariance: reference.matrix)
    // The stored elements are rounded to 1e-8. A duality gap of 1e-10 allows errors of about 1e-5.
    #expect(largestDifference(tight.precision, exact) < 2e-5)
    let edges = (0..<reference.size).flatMap { i in
      (i + 1..<max(i + 1, reference.size)).filter { exact[i, $0] != 0 }.map {
        UndirectedGraph.Edge(i, $0)
      }
    }
    #expect(tight.graph.edges == edges)
    let fit = try GraphicalLasso(penalty: reference.penalty).fit(covariance: reference.matrix)
    #expect(fit.graph.edges == edges)
    #expect(fit.objective <= reference.defaultObjective + 1e-6)
  }

  @Test(
    "The graphical lasso satisfies its optimality conditions, also with few observations",
    arguments: [(200, 12, 0.1), (200, 12, 0.01), (8, 20, 0.3), (300, 40, 0.08), (30, 2, 0.1)])
  func optimality(observations: Int, variables: Int, penalty: Double) throws {
    let x = chainObservations(observations, variables: variables, seed: 3)
    let s = empiricalCovariance(x)
    let fit = try GraphicalLasso(penalty: penalty, tolerance: 1e-10).fit(observations: x)
    let (p, w) = (fit.precision, fit.covariance)
    let product = matrixProduct(p, w)
    #expect(largestDifference(product, .identity(variables)) < 1e-10)
    #expect(fit.dualityGap >= 0 && fit.dualityGap <= 1e-10)
    #expect(abs(fit.objective - (try lassoObjective(p, covariance: s, penalty: penalty))) < 1e-10)
    var kept = 0
    for i in 0..<variables {
      #expect(abs(w[i, i] - s[i, i]) < 1e-5)
      for j in 0..<variables where j != i {
        #expect(p[i, j] == p[j, i])
        if p[i, j] == 0 {
          #expect(abs(w[i, j] - s[i, j]) <= penalty + 1e-5)
        } else {
          kept += 1
          #expect(abs(w[i, j] - s[i, j] - (p[i, j] > 0 ? penalty : -penalty)) < 1e-5)
        }
      }
    }
    #expect(fit.graph.edges.count == kept / 2 && kept > 0)
    #expect(fit.graph.edges.allSatisfy { p[$0.first, $0.second] != 0 })
  }

  @Test("The duality gap of the graphical lasso bounds the error of its objective")
  func gap() throws {
    let s = empiricalCovariance(chainObservations(100, variables: 15, seed: 4))
    let least = try GraphicalLasso(penalty: 0.05, tolerance: 1e-11).fit(covariance: s).objective
    for tolerance in [1, 1e-2, 1e-4] {
      let fit = try GraphicalLasso(penalty: 0.05, tolerance: tolerance).fit(covariance: s)
      #expect(fit.dualityGap <= tolerance)
      #expect(fit.objective - least <= fit.dualityGap + 1e-10)
      #expect(fit.objective >= least - 1e-10)
    }
  }

  @Test("The graphical lasso of two variables agrees with the closed form")
  func two() throws {
    let s = Tensor([1.0, -0.6, -0.6, 2.0], shape: [2, 2])
    let fit = try GraphicalLasso(penalty: 0.15, tolerance: 1e-12).fit(covariance: s)
    let determinant = 2 - 0.45 * 0.45
    let expected = Tensor([
      2 / determinant, 0.45 / determinant, 0.45 / determinant, 1 / determinant,
    ])
    #expect(largestDifference(fit.precision.reshaped(to: [4]), expected) < 1e-6)
    #expect(fit.graph.edges == [UndirectedGraph.Edge(0, 1)])
  }

  @Test("The graphical lasso is diagonal for a diagonal covariance or a large penalty")
  func diagonal() throws {
    let cases: [(Tensor<Double>, Double)] = [
      (Tensor([4.0], shape: [1, 1]), 0.5), (Tensor([4.0], shape: [1, 1]), 0),
      (Tensor([4.0, 0, 0, 0.5], shape: [2, 2]), 0.1),
      (Tensor([4.0, 0.7, 0.7, 0.5], shape: [2, 2]), 0.7),
    ]
    for (s, penalty) in cases {
      let fit = try GraphicalLasso(penalty: penalty).fit(covariance: s)
      let expected = s.diagonal().scalars.map { 1 / $0 }
      #expect(fit.precision.diagonal().scalars == expected)
      #expect(fit.graph.edges.isEmpty && fit.graph.dimension == expected.count)
      #expect(fit.dualityGap == 0 && fit.steps == 0)
      let objective = expected.reduce(0) { $0 + 1 - log($1) }
      #expect(abs(fit.objective - objective) < 1e-12)
    }
  }

  @Test("The graphical lasso without a penalty is the inverse covariance, with every edge")
  func inverse() throws {
    let s = empiricalCovariance(chainObservations(50, variables: 6, seed: 5))
    let fit = try GraphicalLasso(penalty: 0).fit(covariance: s)
    #expect(largestDifference(matrixProduct(fit.precision, s), .identity(6)) < 1e-10)
    #expect(fit.graph == .complete(6))
  }

  @Test("The graphical lasso fits components independently, in any order of the variables")
  func components() throws {
    let (a, b) = (
      empiricalCovariance(chainObservations(60, variables: 5, seed: 6)),
      empiricalCovariance(chainObservations(60, variables: 4, seed: 7))
    )
    let whole = Tensor<Double>(
      (0..<81).map { place in
        let (i, j) = (place / 9, place % 9)
        return i < 5 && j < 5 ? a[i, j] : i >= 5 && j >= 5 ? b[i - 5, j - 5] : 0.01
      }, shape: [9, 9])
    let lasso = GraphicalLasso(penalty: 0.05, tolerance: 1e-11)
    let order = [7, 0, 5, 1, 8, 2, 6, 3, 4]
    let fit = try lasso.fit(covariance: whole)
    let (first, second) = (try lasso.fit(covariance: a), try lasso.fit(covariance: b))
    #expect(
      largestDifference(fit.precision.slice(0..<5, axis: 0).slice(0..<5, axis: 1), first.precision)
        < 1e-5)
    #expect(
      largestDifference(fit.precision.slice(5..<9, axis: 0).slice(5..<9, axis: 1), second.precision)
        < 1e-5)
    #expect(abs(fit.objective - first.objective - second.objective) < 1e-10)
    let mixed = try lasso.fit(covariance: permuted(whole, order))
    #expect(largestDifference(mixed.precision, permuted(fit.precision, order)) < 1e-5)
    let edges = fit.graph.edges.map {
      UndirectedGraph.Edge(order.firstIndex(of: $0.first)!, order.firstIndex(of: $0.second)!)
    }
    #expect(mixed.graph.edges == edges.sorted())
  }

  /// The covariance of 8 observations of 24 variables has the rank 7. The duality gap bounds the
  /// distance from the minimum.
  @Test(
    "A small penalty on the covariance of few observations is minimized in at most 100 steps",
    arguments: [3e-2, 1e-3, 1e-5, 1e-6])
  func fewObservations(_ penalty: Double) throws {
    var generator = Philox(seed: 17)
    let x = Tensor<Double>.normal([8, 24], using: &generator)
    let fit = try GraphicalLasso(penalty: penalty).fit(observations: x)
    #expect(fit.dualityGap <= 1e-6 && fit.steps <= 100, "\(fit.steps) steps")
    // The tolerance also bounds the difference from a fit with another start.
    let other = try GraphicalLasso(penalty: penalty).fit(
      covariance: empiricalCovariance(x), startingFrom: 3 * Tensor.identity(24))
    #expect(abs(fit.objective - other.objective) <= 1e-6)
  }

  @Test("A fit that takes too many steps contains the best point so far")
  func bestSoFar() throws {
    var generator = Philox(seed: 17)
    let x = Tensor<Double>.normal([8, 24], using: &generator)
    var objectives: [Double] = []
    for steps in [1, 5, 20, 21, 30] {
      let lasso = GraphicalLasso(penalty: 1e-5, maximumSteps: steps)
      do {
        objectives.append(try lasso.fit(observations: x).objective)
      } catch UndirectedStructureError.notConverged(let best, _) {
        #expect(best.steps <= steps)
        objectives.append(best.objective)
      }
    }
    #expect(zip(objectives, objectives.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 }, "\(objectives)")
    #expect(objectives[1] < objectives[0] && objectives[2] < objectives[1])
  }

  @Test("A start that is far from the minimum gives the minimum")
  func farStart() throws {
    let s = empiricalCovariance(chainObservations(100, variables: 2, seed: 8))
    let lasso = GraphicalLasso(penalty: 0.05)
    let start = Tensor<Double>([1e300, 0, 0, 1e-300], shape: [2, 2])
    let (fit, far) = (
      try lasso.fit(covariance: s), try lasso.fit(covariance: s, startingFrom: start)
    )
    #expect(abs(fit.objective - far.objective) <= 1e-6)
  }

  @Test("A fit started from its own result takes no step, and from a nearby result few steps")
  func warmStart() throws {
    let s = empiricalCovariance(chainObservations(100, variables: 20, seed: 8))
    let lasso = GraphicalLasso(penalty: 0.05)
    let fit = try lasso.fit(covariance: s)
    let again = try lasso.fit(covariance: s, startingFrom: fit.precision)
    #expect(again.steps == 0 && again.precision.scalars == fit.precision.scalars)
    let next = GraphicalLasso(penalty: 0.045)
    let (cold, warm) = (
      try next.fit(covariance: s), try next.fit(covariance: s, startingFrom: fit.precision)
    )
    #expect(warm.steps < cold.steps)
    #expect(abs(warm.objective - cold.objective) <= 1e-6)
  }

  @Test(
    "The graphical lasso converges for strongly correlated variables")
  func correlated() throws {
    var x = chainObservations(300, variables: 30, link: 0, seed: 9).scalars
    for i in x.indices where i % 30 > 0 { x[i] = 0.97 * x[i - 1] + 0.25 * x[i] }
    let s = empiricalCovariance(Tensor(x, shape: [300, 30]))
    let fit = try GraphicalLasso(penalty: 0.02).fit(covariance: s)
    #expect(fit.dualityGap <= 1e-6 && fit.steps < 60)
  }

  @Test("Observations in Float give the graph, the mean and the precision of those in Double")
  func float() throws {
    let x = chainObservations(400, variables: 6, seed: 10) + 3.0
    let exact = try GraphicalLasso(penalty: 0.1).fit(observations: x)
    let fit = try GraphicalLasso(penalty: 0.1).fit(observations: x.converted(to: Float.self))
    #expect(fit.graph == exact.graph)
    #expect(largestDifference(fit.precision.converted(), exact.precision) < 1e-5)
    #expect(largestDifference(exact.mean, x.mean(axis: 0)) < 1e-12)
    let model = try exact.model()
    let s = empiricalCovariance(x)
    let meanDensity = model.logDensity(of: x).mean().scalar
    // The expected density is log N = −½(k log 2π − log|P| + tr(S P)), with the mean of the
    // observations.
    let expected =
      -0.5
      * (6 * log(2 * Double.pi)
        + (try lassoObjective(exact.precision, covariance: s, penalty: 0)))
    #expect(abs(meanDensity - expected) < 1e-10)
  }
}
