import Foundation
import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("Undirected structures of ill-conditioned data")
struct IllConditionedTests {
  private let twoRows = Tensor(IllConditionedReferences.twoRows, shape: [2, 5])

  /// The correlation matrix of the breast-cancer data.
  private var correlations: Tensor<Double> {
    var elements = [Double](repeating: 1, count: 900)
    var place = 0
    for i in 0..<30 {
      for j in 0..<i {
        elements[i * 30 + j] = IllConditionedReferences.correlations[place]
        elements[j * 30 + i] = elements[i * 30 + j]
        place += 1
      }
    }
    return Tensor(elements, shape: [30, 30])
  }

  @Test("The lasso of two rows reaches the objectives of scikit-learn's LARS")
  func twoRowObjectives() throws {
    for (penalty, objective) in IllConditionedReferences.twoRowObjectives {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: twoRows)
      #expect(
        abs(fit.objective - objective) < 2e-6 && fit.steps <= 100,
        "\(penalty): \(fit.objective) in \(fit.steps) steps for \(objective)")
    }
    for penalty in [1e-6, 1e-7] {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: twoRows)
      #expect(fit.dualityGap <= 1e-6 && fit.steps <= 100, "\(penalty): \(fit.steps) steps")
    }
  }

  @Test("The lasso converges for fewer rows than variables and for a range of penalties")
  func fewRows() throws {
    let x = chainObservations(10, variables: 30, seed: 21)
    var last = Double.infinity
    for penalty in [1, 0.1, 0.01, 1e-3] {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: x)
      #expect(fit.dualityGap <= 1e-6 && fit.steps <= 100)
      #expect(fit.objective < last)
      last = fit.objective
    }
  }

  @Test("Maximum likelihood on graphs reaches the objectives of a dense Newton method")
  func graphs() throws {
    let s = correlations
    for (name, objective, edges) in IllConditionedReferences.graphs {
      let graph = try UndirectedGraph(
        dimension: 30, edges: edges.map { .init($0 / 30, $0 % 30) })
      let fit = try RestrictedMaximumLikelihood(graph: graph).fit(covariance: s)
      #expect(
        abs(fit.objective - objective) <= 2e-6 && fit.steps <= 100,
        "\(name): \(fit.objective) in \(fit.steps) steps for \(objective)")
      #expect(fit.dualityGap <= 1e-6)
    }
  }

  @Test("Scaling the data scales the result exactly", arguments: [-100, -20, 20, 100])
  func units(exponent: Int) throws {
    let x = chainObservations(50, variables: 6, seed: 22)
    let unit = pow(2, (Double(exponent) * log2(10)).rounded())
    let lasso = try GraphicalLasso(penalty: 0.05).fit(observations: x)
    let fit = try GraphicalLasso(penalty: 0.05 * unit * unit).fit(observations: unit * x)
    #expect(fit.graph == lasso.graph && fit.steps == lasso.steps)
    #expect(largestDifference((unit * unit) * fit.precision, lasso.precision) < 1e-9)
    let shift = 12 * log(unit)
    #expect(abs(fit.objective - lasso.objective - shift) < 1e-9 * abs(shift))
    // One variable has another scale than the others.
    var scales = [Double](repeating: 1, count: 6)
    scales[2] = unit
    let mixed = try RestrictedMaximumLikelihood(graph: .chain(6))
      .fit(observations: x * Tensor(scales))
    let plain = try RestrictedMaximumLikelihood(graph: .chain(6)).fit(observations: x)
    let back = mixed.precision * Tensor(scales) * Tensor(scales).addingAxis(at: 1)
    #expect(largestDifference(back, plain.precision) < 1e-9)
  }

  @Test("Data whose variances overflow or underflow are refused", arguments: [-170, 170])
  func refusedUnits(exponent: Int) {
    let x = pow(10, Double(exponent)) * chainObservations(50, variables: 3, seed: 23)
    let error = #expect(throws: UndirectedStructureError.self) {
      try GraphicalLasso(penalty: 0).fit(observations: x)
    }
    guard case .unitOutOfRange(variable: 0, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let small = (1e-25 * chainObservations(50, variables: 3, seed: 23)).converted(to: Float.self)
    #expect(throws: UndirectedStructureError.self) {
      try GraphicalLasso(penalty: 0).fit(observations: small)
    }
  }

  @Test(
    "A variable that is constant up to rounding is refused", arguments: [0.1, 0.3, 1e9, -7.7e-5])
  func constant(value: Double) throws {
    let x = chainObservations(7, variables: 4, seed: 24).scalars
    for column in 0..<4 {
      for noise in [0, value.ulp] {
        let elements = x.indices.map { i in
          i % 4 == column ? value + (i / 4 % 2 == 0 ? 0 : noise) : x[i]
        }
        let data = Tensor(elements, shape: [7, 4])
        let error = UndirectedStructureError.varianceNotPositive(variable: column, variance: 0)
        #expect(throws: error) { try GraphicalLasso(penalty: 0.1).fit(observations: data) }
        #expect(throws: error) {
          try RestrictedMaximumLikelihood(graph: .chain(4)).fit(observations: data)
        }
        #expect(throws: error) {
          try GraphicalLasso(penalty: 0.1).fit(observations: data.converted(to: Float.self))
        }
      }
    }
  }

  @Test("A large mean is not mistaken for rounding")
  func largeMean() throws {
    let x = chainObservations(60, variables: 4, seed: 25)
    let plain = try GraphicalLasso(penalty: 0.05).fit(observations: x)
    let moved = try GraphicalLasso(penalty: 0.05).fit(observations: x + 1e6)
    #expect(largestDifference(moved.precision, plain.precision) < 1e-6)
  }

  /// 40 rows of six variables, one of which, at `place`, is a linear combination of some others.
  private func collinear(_ place: Int, of others: [Int], seed: UInt64) -> Tensor<Double> {
    var x = chainObservations(40, variables: 6, seed: seed).scalars
    for row in 0..<40 {
      x[row * 6 + place] = others.enumerated().reduce(0) {
        $0 + (Double($1.offset) - 1.5) * x[row * 6 + $1.element]
      }
    }
    return Tensor(x, shape: [40, 6])
  }

  @Test("Collinear variables without a penalty are refused with their indices", arguments: 0..<50)
  func collinear(seed: Int) throws {
    let place = seed % 6
    let others = (1...3).map { (place + $0) % 6 }
    let names = ([place] + others).sorted()
    let x = collinear(place, of: others, seed: UInt64(100 + seed))
    let error = UndirectedStructureError.covarianceNotPositiveDefinite(variables: names)
    #expect(throws: error) { try GraphicalLasso(penalty: 0).fit(observations: x) }
    #expect(throws: error) {
      try RestrictedMaximumLikelihood(graph: .complete(6)).fit(observations: x)
    }
    // This graph lacks one edge between the other variables. The collinear variables are still
    // fully connected.
    let free = (0..<6).filter { !names.contains($0) }
    let graph = try UndirectedGraph(
      dimension: 6,
      edges: UndirectedGraph.complete(6).edges.filter { [$0.first, $0.second] != free })
    let found = #expect(throws: UndirectedStructureError.self) {
      try RestrictedMaximumLikelihood(graph: graph).fit(observations: x)
    }
    #expect(found == error)
    // With a penalty there is a minimum.
    let fit = try GraphicalLasso(penalty: 0.01).fit(observations: x)
    #expect(fit.dualityGap <= 1e-6)
  }

  @Test("Nearly collinear variables are accepted")
  func nearlyCollinear() throws {
    var x = collinear(5, of: [0, 1, 2], seed: 99).scalars
    var generator = Philox(seed: 98)
    let noise = Tensor<Double>.normal([40], using: &generator).scalars
    for row in 0..<40 { x[row * 6 + 5] += 1e-4 * noise[row] }
    let data = Tensor(x, shape: [40, 6])
    let fit = try GraphicalLasso(penalty: 0).fit(observations: data)
    #expect(
      largestDifference(matrixProduct(fit.precision, empiricalCovariance(data)), .identity(6))
        < 1e-5)
  }

  @Test("The error of a fit that does not converge contains the best precision found")
  func best() throws {
    let x = chainObservations(50, variables: 10, seed: 26)
    let s = empiricalCovariance(x)
    let error = #expect(throws: UndirectedStructureError.self) {
      try GraphicalLasso(penalty: 0.01, maximumSteps: 2).fit(observations: x)
    }
    guard case .notConverged(let best, 1e-6) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(best.steps == 2 && best.dualityGap > 1e-6)
    #expect(largestDifference(best.mean, x.mean(axis: 0)) < 1e-12)
    let objective = try lassoObjective(best.precision, covariance: s, penalty: 0.01)
    #expect(abs(best.objective - objective) < 1e-9)
    let least = try GraphicalLasso(penalty: 0.01).fit(covariance: s).objective
    #expect(best.objective - least <= best.dualityGap)
  }

  @Test("A covariance with a correlation above one is refused")
  func correlation() {
    let s = Tensor<Double>([1, 3, 3, 2], shape: [2, 2])
    let error = #expect(throws: UndirectedStructureError.self) {
      try GraphicalLasso(penalty: 0.1).fit(covariance: s)
    }
    guard case .correlationAboveOne(row: 1, column: 0, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Limits and penalties are also checked when they are changed")
  func setters() async {
    let penalty = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var lasso = GraphicalLasso(penalty: 1)
      lasso.penalty = -1
    }
    expectMessage(penalty, "-1.0")
    let steps = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var fit = RestrictedMaximumLikelihood(graph: .chain(3))
      fit.maximumSteps = 0
    }
    expectMessage(steps, "0 steps")
    let tolerance = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var lasso = GraphicalLasso(penalty: 1)
      lasso.tolerance = .nan
    }
    expectMessage(tolerance, "nan")
  }
}
