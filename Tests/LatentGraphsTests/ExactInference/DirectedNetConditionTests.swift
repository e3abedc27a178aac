import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// The accuracy of a net's results given evidence, which depends on its condition number, and
/// refusals.
extension GraphTests.DirectedNets {
  /// For `t = a + w b + N(0, s²)` with `a ~ N(0, 1)`, `b ~ N(0, v)` and `D = 1 + w² v + s²`: given
  /// `t`, `a` has the variance `1 − 1/D` and the mean `t/D`, and `log p(t) = −½ [log 2πD + t²/D]`.
  @Test(
    "Gradients given exact values have an error of at most about ε √κ",
    arguments: [1e-1, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
  func gradientDigits(_ s: Double) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1),
        .init("t", dimension: 1, parents: ["a", "b"]),
      ])
      let (w, t) = (0.75, 1.25)
      let nodes: [LinearGaussian<Scalar>] = [
        LinearGaussian(weight: nil, bias: .zeros([1]), logStandardDeviation: .zeros([1])),
        LinearGaussian(
          weight: nil, bias: .zeros([1]), logStandardDeviation: Tensor([Scalar(0.5 * log(2))])),
        LinearGaussian(
          weight: Tensor([1, Scalar(w)], shape: [2, 1]), bias: .zeros([1]),
          logStandardDeviation: Tensor([Scalar(log(s))])),
      ]
      let model = try BayesNet<Scalar>(graph, conditionals: nodes).compiled()
      let evidence = Evidence<Scalar>([2: Scalar(t)])
      let conditioned = try model.conditioned(on: evidence)
      let condition = Double(conditioned.precision.conditionEstimate.scalar)
      let v = 2.0
      let d = 1 + w * w * v + s * s
      let expected: [(Tensor<Scalar>, slope: Double)] = [
        (conditioned.variance.slice(0..<1, axis: 0).sum(axis: 0), 1 / (d * d)),
        (conditioned.mean.slice(0..<1, axis: 0).sum(axis: 0), -t / (d * d)),
        (try model.logDensity(of: evidence), -0.5 / d + 0.5 * t * t / (d * d)),
      ]
      let parameters = [nodes[2].weight!.value, nodes[1].logStandardDeviation.value]
      var worst = 0.0
      for (value, slope) in expected {
        let found = gradients(of: value, withRespectTo: parameters)
        // Derivatives with respect to w and log √v. Those of D are 2wv and 2w²v.
        for (x, y) in [
          (Double(found[0].scalars[1]), slope * 2 * w * v),
          (Double(found[1].scalar), slope * 2 * w * w * v),
        ] {
          worst = largerError(worst, abs(x / y - 1))
        }
      }
      let bound = 30 * Double(Scalar.ulpOfOne) * max(condition, 1).squareRoot()
      print("Slopes at s = \(s) in \(Scalar.self): error \(worst), κ \(condition)")
      #expect(worst <= bound, "\(Scalar.self): \(worst), κ \(condition)")
    }
    try check(Double.self)
    if s > 1e-5 { try check(Float.self) }
  }

  @Test(
    "Conditioning that would lose all digits is refused with the condition and a remedy"
  )
  func refused() throws {
    let reference = directedNetReferences.first { $0.name == "a sum up to 1e-12" }!
    let model = try reference.net(Float.self).compiled()
    let error = try #require(
      #expect(throws: NotPositiveDefinite.self) { try model.conditioned(on: [2: 1.25]) })
    let condition = try #require(error.condition)
    #expect((0.1...10).contains(condition.estimate / 3.2e24) && condition.typeName == "Float")
    #expect(condition.estimate > condition.limit && (0...1).contains(error.pivot))
    for words in ["Float", "compute it in Double", "variable \(error.pivot)", "condition"] {
      #expect(error.description.contains(words))
    }
    #expect(!error.description.contains("NaN"))
    // The second problem of a batch is refused, here with noisy values.
    let noisy = try #require(
      #expect(throws: NotPositiveDefinite.self) {
        try model.conditioned(
          on: Evidence(
            of: [0, 1, 2], values: .zeros([2, 3]),
            noiseVariances: Tensor([1e-26, 1e-26, 1, 1, 1, 1], shape: [2, 3])))
      })
    #expect(noisy.matrix == 1 && noisy.condition != nil)
    #expect(throws: Never.self) {
      try reference.net(Double.self).compiled().conditioned(on: [2: 1.25])
    }
  }

  @Test("Values for which the means overflow are refused with the variable named")
  func farEvidence() throws {
    let graph = try LatentGraph([
      .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
    ])
    let net = BayesNet<Float>(
      graph,
      conditionals: [(nil, 1e20), (Tensor<Float>([1e-18], shape: [1, 1]), 1e-18)].map {
        LinearGaussian(
          weight: $0, bias: .zeros([1]), logStandardDeviation: Tensor([Float(log($1))]))
      })
    let model = try net.compiled()
    expectClose(try model.conditioned(on: [1: 2]).mean, [2e18], within: 1e-5)
    #expect(throws: GraphicalModelError.evidenceTooFar(variable: 1, value: Double(Float(1e25)))) {
      try model.conditioned(on: [1: 1e25])
    }
    #expect(throws: GraphicalModelError.evidenceTooFar(variable: 1, value: Double(Float(1e25)))) {
      try model.logDensity(of: Evidence([1: 1e25]))
    }
  }

  /// A random net of sums and differences. The standard deviations range from 1e-13 to 1e2, and the
  /// coefficients are representable in `Float`.
  private func randomNet(_ seed: UInt64) -> (logs: [Float], edges: [(Int, Int, Float)]) {
    var generator = Philox(seed: seed)
    let count = 3 + Int.random(in: 0..<10, using: &generator)
    let spread = Float.random(in: 0...15, using: &generator)
    let logs = (0..<count).map { _ in
      (2 - Float.random(in: 0...1, using: &generator) * spread) * Float(log(10.0))
    }
    var edges: [(Int, Int, Float)] = []
    for child in 1..<count {
      for parent in 0..<child where Float.random(in: 0...1, using: &generator) < 0.4 {
        let kinds: [Float] = [1, -1, Float.random(in: -2...2, using: &generator)]
        edges.append((child, parent, kinds[Int.random(in: 0..<3, using: &generator)]))
      }
    }
    return (logs, edges)
  }

  private func compiled<Scalar: TensorScalar>(
    _ net: (logs: [Float], edges: [(Int, Int, Float)]), _: Scalar.Type
  ) throws -> GaussianGraphicalModel<Scalar> {
    let (logs, edges) = net
    let graph = try LatentGraph(
      logs.indices.map { i in
        .init("z\(i)", dimension: 1, parents: edges.filter { $0.0 == i }.map { "z\($0.1)" })
      })
    return try BayesNet<Scalar>(
      graph,
      conditionals: logs.indices.map { i in
        let weights = edges.filter { $0.0 == i }.map { Scalar(Double($0.2)) }
        return LinearGaussian(
          weight: weights.isEmpty ? nil : Tensor(weights, shape: [weights.count, 1]),
          bias: .zeros([1]), logStandardDeviation: Tensor([Scalar(Double(logs[i]))]))
      }
    ).compiled()
  }

  @Test(
    "Conditioned random nets in Float are accurate, or refused because of their condition"
  )
  func randomNets() throws {
    var (accepted, refused, worst) = (0, 0, 0.0)
    for seed in 0..<400 {
      let net = randomNet(UInt64(seed))
      let (single, double) = (try compiled(net, Float.self), try compiled(net, Double.self))
      let count = net.logs.count
      for isNoisy in [false, true] {
        let known = [count - 1, count / 2].filter { seed % 3 > 0 || $0 == count - 1 }
        func evidence<Scalar: TensorScalar>(_: Scalar.Type) -> Evidence<Scalar> {
          Evidence(
            of: known, values: .ones([known.count]),
            noiseVariances: isNoisy ? .full(Scalar(0x1p-20), [known.count]) : nil)
        }
        guard let exact = try? double.conditioned(on: evidence(Double.self)) else { continue }
        let condition = exact.precision.conditionEstimate.scalar
        do {
          let model = try single.conditioned(on: evidence(Float.self))
          accepted += 1
          let bound = 10 * Double(count) * Double(Float.ulpOfOne) * condition.squareRoot() + 1e-4
          for (x, y) in zip(model.variance.scalars, exact.variance.scalars) {
            let error = abs(Double(x) / y - 1)
            worst = largerError(worst, error)
            #expect(error <= min(bound, 0.05), "\(seed), κ \(condition): \(x) for \(y)")
          }
        } catch let error as NotPositiveDefinite {
          refused += 1
          let limit = 0.01 / Double(Float.ulpOfOne)
          #expect(condition > limit * limit, "\(seed), κ \(condition): \(error)")
          #expect(error.condition.map { $0.estimate > 0.01 * condition } == true)
        }
      }
    }
    print(
      "Conditioned random nets in Float: \(accepted) accepted, \(refused) refused, error \(worst)"
    )
    #expect(accepted > 300 && refused > 20)
  }

  @Test("The variances of a large net are accurate even if the factor is lost to rounding")
  func largeVariances() throws {
    for count in [300, 600] {
      let model = try walk(count, { $0 % 7 == 3 ? 1e-20 : 1 }, Float.self)
      let exact = try walk(count, { $0 % 7 == 3 ? 1e-20 : 1 }, Double.self)
      let graph = UndirectedGraph.banded(count, offsets: [1, 5])
      let (own, right) = (model.covariances(on: graph), exact.covariances(on: graph))
      for (x, y) in zip(
        own.diagonal.scalars + own.offDiagonal.scalars,
        right.diagonal.scalars + right.offDiagonal.scalars)
      {
        #expect(abs(Double(x) - y) <= 1e-4 * abs(y), "\(x) for \(y)")
      }
    }
  }

  @Test(
    "The marginals of a net are accurate or refused", arguments: directedNetReferences)
  func marginals(_ reference: DirectedNetReference) throws {
    let model = try reference.net(Double.self).compiled()
    let known = reference.known
    let marginal = try model.marginal(of: known)
    let tolerance = bound(reference.count, marginal.precision.conditionEstimate.scalar) + 1e-13
    expectElements(
      marginal.variance, known.map { reference.variances[$0] }, within: tolerance,
      "variance")
    let density = marginal.logDensity(of: Tensor(reference.values)).scalar
    #expect(
      abs(density - reference.logDensity) <= 10 * (tolerance + 1e-12) * max(1, abs(density)),
      "\(density) for \(reference.logDensity)")
    // The marginal of all variables in another order, conditioned on values.
    let order = known + (0..<reference.count).filter { !known.contains($0) }
    do {
      let whole = try model.marginal(of: order)
      let both = bound(reference.count, whole.precision.conditionEstimate.scalar) + 1e-13
      expectElements(
        whole.variance, order.map { reference.variances[$0] }, within: both, "variance")
      let conditioned = try whole.conditioned(
        on: Evidence(of: Array(known.indices), values: Tensor(reference.values)))
      // The elements of this marginal are rounded. The condition number amplifies this error a
      // second time.
      expectElements(
        conditioned.variance, reference.conditionedVariances, within: min(both, 0.5),
        "conditioned variance")
    } catch let error as NotPositiveDefinite {
      #expect(reference.condition > 1e26 && error.condition != nil, "\(error)")
    }
  }

  @Test("A refused marginal in Float names the condition and suggests Double")
  func refusedMarginal() throws {
    let reference = directedNetReferences.first { $0.name == "a sum up to 1e-12" }!
    let model = try reference.net(Float.self).compiled()
    let error = try #require(
      #expect(throws: NotPositiveDefinite.self) { try model.marginal(of: [2, 0, 1]) })
    #expect(error.condition != nil && error.description.contains("compute it in Double"))
    expectClose(try model.marginal(of: [2, 0]).variance, [5, 1], within: 1e-6)
  }
}
