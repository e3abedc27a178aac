import Foundation
import Inference
import LatentGraphs
import TestSupport
import Testing

@Suite("Penalties that are negligible for collinear variables")
struct NegligiblePenaltyTests {
  private let twoRows = Tensor(IllConditionedReferences.twoRows, shape: [2, 5])

  @Test("The lasso of two rows reaches objectives of 60 digits, down to a penalty of 1e-8")
  func twoRowObjectives() throws {
    for (penalty, objective) in IllConditionedReferences.smallPenaltyObjectives {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: twoRows)
      #expect(fit.dualityGap <= 1e-6 && fit.steps <= 100, "\(penalty): \(fit.steps) steps")
      #expect(
        abs(fit.objective - objective) <= 2e-6, "\(penalty): \(fit.objective) for \(objective)")
    }
  }

  /// 40 rows of six variables in units of `scale`. The last variable is a combination of the three
  /// before it.
  private func collinear(seed: UInt64, scale: Double = 1) -> Tensor<Double> {
    var x = chainObservations(40, variables: 6, seed: seed).scalars
    for row in stride(from: 0, to: x.count, by: 6) {
      x[row + 5] = x[row + 2] - 0.5 * x[row + 3] + 2 * x[row + 4]
    }
    return scale * Tensor(x, shape: [40, 6])
  }

  /// Expects either a fit that is accurate to the tolerance, or a refusal that names the variables
  /// and a penalty with which the fit succeeds. The result is whether the fit succeeded.
  private func expectFitOrRefusal(
    _ x: Tensor<Double>, penalty: Double, variables: [Int]?, _ name: String
  ) throws -> Bool {
    do {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: x)
      #expect(fit.dualityGap <= 1e-6 && fit.steps <= 100, "\(name): \(fit.steps) steps")
      let objective = try lassoObjective(
        fit.precision, covariance: empiricalCovariance(x), penalty: penalty)
      #expect(abs(fit.objective - objective) <= 1e-5, "\(name): \(fit.objective), \(objective)")
      return true
    } catch UndirectedStructureError.penaltyTooSmall(let given, let least, let found) {
      #expect(given == penalty && least > penalty, "\(name): \(least)")
      if let variables { #expect(found == variables, "\(name): \(found)") }
      let fit = try GraphicalLasso(penalty: least).fit(observations: x)
      #expect(fit.dualityGap <= 1e-6, "\(name): the least penalty \(least)")
      return false
    }
  }

  @Test(
    "Collinear variables are fitted or refused for penalties from 1e-3 to 1e-300", arguments: 0..<10
  )
  func collinearVariables(seed: Int) throws {
    var solved: [Bool] = []
    for exponent in [-3, -4, -5, -6, -7, -8, -9, -10, -12, -15, -18, -30, -300] {
      let scale = pow(10, Double(seed % 3 - 1) * 2)
      solved.append(
        try expectFitOrRefusal(
          collinear(seed: UInt64(200 + seed), scale: scale),
          penalty: pow(10, Double(exponent)) * scale * scale, variables: [2, 3, 4, 5],
          "seed \(seed), 1e\(exponent)"))
    }
    #expect(solved.prefix(5).allSatisfy { $0 } && !solved.suffix(5).contains(true))
  }

  @Test(
    "Data with fewer rows than variables are fitted or refused",
    arguments: [(2, 5), (3, 12), (10, 25)])
  func wide(rows: Int, variables: Int) throws {
    let x = chainObservations(rows, variables: variables, seed: 210)
    for exponent in [-4, -6, -8, -10, -14, -20] {
      _ = try expectFitOrRefusal(
        x, penalty: pow(10, Double(exponent)), variables: nil,
        "\(rows) rows of \(variables), 1e\(exponent)")
    }
  }

  @Test("A negligible penalty changes nothing if the variables are not collinear")
  func independent() throws {
    let x = chainObservations(60, variables: 8, seed: 211)
    let free = try GraphicalLasso(penalty: 0).fit(observations: x)
    // The objective is within 1e-6 of its minimum. To second order its excess is ½‖P^−½ (P̂ − P)
    // P^−½‖².
    let bound = 2e-6.squareRoot() * (free.precision.diagonal().scalars.max() ?? 0)
    for penalty in [1e-9, 1e-15, 1e-30, 1e-300] {
      let fit = try GraphicalLasso(penalty: penalty).fit(observations: x)
      #expect(largestDifference(fit.precision, free.precision) < 1.1 * bound)
    }
  }

  @Test(
    "Collinear variables are also detected in covariances of floats, which are rounded more",
    arguments: 0..<20)
  func floats(seed: Int) throws {
    let s = empiricalCovariance(collinear(seed: UInt64(220 + seed))).converted(to: Float.self)
    let error = UndirectedStructureError.covarianceNotPositiveDefinite(variables: [2, 3, 4, 5])
    #expect(throws: error) { try GraphicalLasso(penalty: 0).fit(covariance: s) }
    #expect(throws: error) {
      try RestrictedMaximumLikelihood(graph: .complete(6)).fit(covariance: s)
    }
    #expect(try GraphicalLasso(penalty: 0.01).fit(covariance: s).dualityGap <= 1e-6)
  }
}

@Suite("Matrices that are not covariances")
struct IndefiniteCovarianceTests {
  private func matrix(_ elements: [Double]) -> Tensor<Double> {
    let size = Int(Double(elements.count).squareRoot())
    return Tensor(elements, shape: [size, size])
  }

  @Test(
    "Two variables with a correlation above one, beyond rounding, are refused",
    arguments: [0, 1e-3, 0.5])
  func pairs(penalty: Double) {
    for excess in [1e-3, 1e-6, 1e-12] {
      for sign in [1.0, -1] {
        let s = matrix([4, 0.1, sign * 2 * (1 + excess), 0.1, 3, 0, sign * 2 * (1 + excess), 0, 1])
        let error = #expect(throws: UndirectedStructureError.self) {
          try GraphicalLasso(penalty: penalty).fit(covariance: s)
        }
        guard case .correlationAboveOne(row: 2, column: 0, let correlation) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(abs(correlation - sign * (1 + excess)) < 1e-15)
      }
    }
  }

  @Test(
    "A combination of variables with a negative variance is refused with its variables",
    arguments: [0, 1e-3, 0.2])
  func combinations(penalty: Double) {
    // The sum of variables 0, 2 and 3 has the variance 3 − 6·0.6 = −0.6.
    let s = matrix([1, 0, -0.6, -0.6, 0, 1, 0, 0, -0.6, 0, 1, -0.6, -0.6, 0, -0.6, 1])
    let error = UndirectedStructureError.covarianceIndefinite(variables: [0, 2, 3])
    #expect(throws: error) { try GraphicalLasso(penalty: penalty).fit(covariance: s) }
    #expect(throws: error) {
      try GraphicalLasso(penalty: penalty).fit(covariance: s.converted(to: Float.self))
    }
    #expect(throws: error) {
      try RestrictedMaximumLikelihood(graph: .complete(4)).fit(covariance: s)
    }
  }

  /// The ranks of these covariances are below their sizes, so that the least eigenvalues are
  /// rounding errors of either sign.
  @Test(
    "A matrix that is semidefinite up to rounding is accepted as a covariance", arguments: 1..<40)
  func semidefinite(seed: Int) throws {
    let x = chainObservations(2 + seed % 7, variables: 9, seed: UInt64(240 + seed))
    let s = empiricalCovariance(x)
    #expect(try GraphicalLasso(penalty: 0.05).fit(covariance: s).dualityGap <= 1e-6)
    #expect(
      try GraphicalLasso(penalty: 0.05).fit(covariance: s.converted(to: Float.self)).dualityGap
        <= 1e-6)
    let exact: UndirectedStructureFit<Double> = try GraphicalLasso(penalty: 0.05)
      .fit(covariance: .ones([9, 9]))
    #expect(exact.dualityGap <= 1e-6)
  }

  @Test("Values near the largest number are refused as constant or as out of range")
  func largest() {
    for value in [1.7e308, 1e200, 1e160] {
      let x = Tensor<Double>(
        [1, value, 2, -value, 3, value, 4, -value], shape: [4, 2])
      let error = #expect(throws: UndirectedStructureError.self) {
        try GraphicalLasso(penalty: 0.1).fit(observations: x)
      }
      #expect(error == .unitOutOfRange(variable: 1, variance: .infinity))
      #expect(error?.description.contains("nan") == false)
      let constant = Tensor<Double>([1, value, 2, value, 3, value, 4, value], shape: [4, 2])
      #expect(throws: UndirectedStructureError.varianceNotPositive(variable: 1, variance: 0)) {
        try RestrictedMaximumLikelihood(graph: .chain(2)).fit(observations: constant)
      }
    }
  }
}
