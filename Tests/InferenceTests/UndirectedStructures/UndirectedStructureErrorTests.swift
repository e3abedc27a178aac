import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("Errors of learning an undirected structure")
struct UndirectedStructureErrorTests {
  private let lasso = GraphicalLasso(penalty: 0.1)

  private func matrix(_ elements: [Double]) -> Tensor<Double> {
    let size = Int(Double(elements.count).squareRoot())
    return Tensor(elements, shape: [size, size])
  }

  @Test("A matrix that is not a covariance is refused with the element at fault")
  func covariance() {
    #expect(throws: UndirectedStructureError.notFinite(row: 1, column: 0)) {
      try lasso.fit(covariance: matrix([1, 0, .nan, 1]))
    }
    #expect(
      throws: UndirectedStructureError.notSymmetric(row: 1, column: 0, element: 0.3, mirrored: 0.2)
    ) { try lasso.fit(covariance: matrix([1, 0.2, 0.3, 1])) }
    #expect(throws: UndirectedStructureError.varianceNotPositive(variable: 1, variance: 0)) {
      try lasso.fit(covariance: matrix([1, 0, 0, 0]))
    }
    #expect(throws: UndirectedStructureError.varianceNotPositive(variable: 0, variance: -1)) {
      try RestrictedMaximumLikelihood(graph: .chain(2)).fit(covariance: matrix([-1, 0, 0, 1]))
    }
  }

  @Test("An asymmetry within rounding is accepted")
  func rounding() throws {
    let s = Tensor<Float>([1, 0.5, 0.5000001, 1], shape: [2, 2])
    #expect(try lasso.fit(covariance: s).graph.edges.count == 1)
  }

  @Test("Too few observations or a constant variable are refused")
  func observations() {
    #expect(throws: UndirectedStructureError.tooFewObservations(1)) {
      try lasso.fit(observations: Tensor<Double>.zeros([1, 3]))
    }
    #expect(throws: UndirectedStructureError.varianceNotPositive(variable: 1, variance: 0)) {
      try lasso.fit(observations: Tensor<Double>([1, 2, 3, 2], shape: [2, 2]))
    }
  }

  @Test("A singular covariance without a penalty is refused with its variables")
  func singular() {
    let s = matrix([1, 1, 0, 1, 1, 0, 0, 0, 1])
    #expect(throws: UndirectedStructureError.covarianceNotPositiveDefinite(variables: [0, 1])) {
      try GraphicalLasso(penalty: 0).fit(covariance: s)
    }
    let pair = try? UndirectedGraph(dimension: 3, edges: [.init(0, 1)])
    #expect(throws: UndirectedStructureError.covarianceNotPositiveDefinite(variables: [0, 1])) {
      try RestrictedMaximumLikelihood(graph: pair!).fit(covariance: s)
    }
  }

  @Test("A likelihood without a maximum is refused with the collinear variables")
  func unbounded() throws {
    let s = matrix([1, 1, 0.5, 1, 1, 0.5, 0.5, 0.5, 1])
    let error = #expect(throws: UndirectedStructureError.self) {
      try RestrictedMaximumLikelihood(graph: .chain(3)).fit(covariance: s)
    }
    #expect(error == .covarianceNotPositiveDefinite(variables: [0, 1]))
    #expect(try #require(error).description.contains("fewer edges"))
  }

  @Test("A fit that takes too many steps is refused with the remaining gap")
  func steps() throws {
    let s = empiricalCovariance(chainObservations(50, variables: 10, seed: 1))
    let error = #expect(throws: UndirectedStructureError.self) {
      try GraphicalLasso(penalty: 0.05, maximumSteps: 1).fit(covariance: s)
    }
    guard case .notConverged(let best, 1e-6) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(best.dualityGap > 1e-6 && best.steps == 1)
  }

  @Test("A starting point that is not positive definite and finite is refused")
  func start() {
    let s = matrix([1, 0.5, 0.5, 1])
    #expect(throws: UndirectedStructureError.startNotPositiveDefinite(variable: 1)) {
      try lasso.fit(covariance: s, startingFrom: matrix([1, 2, 2, 1]))
    }
    #expect(throws: UndirectedStructureError.notFinite(row: 0, column: 1)) {
      try lasso.fit(covariance: s, startingFrom: matrix([1, .infinity, .infinity, 1]))
    }
  }

  @Test("Invalid arguments of structure learning stop the program with their values")
  func mistakes() async {
    let negative = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = GraphicalLasso(penalty: -1) }
    expectMessage(negative, "-1.0")
    let shape = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try RestrictedMaximumLikelihood(graph: .chain(3))
        .fit(covariance: Tensor<Double>.identity(2))
    }
    expectMessage(shape, "[2, 2]")
  }
}
