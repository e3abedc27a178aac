import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors
import Testing

/// A net of single variables, with what `directed_net_reference.py` knows of it in 60 digits.
struct DirectedNetReference: Sendable, CustomTestStringConvertible {
  let name: String
  let logDeviations: [Double]
  let biases: [Double]
  let edges: [(child: Int, parent: Int, weight: Double)]
  let known: [Int], values: [Double], noise: [Double]
  let mean: [Double], variances: [Double]
  /// Condition numbers of the precisions, scaled to a unit diagonal.
  let condition: Double
  let conditionedMean: [Double], conditionedVariances: [Double]
  let conditionedCondition: Double
  let logDensity: Double
  let noisyMean: [Double], noisyVariances: [Double]
  let noisyCondition: Double
  let noisyLogDensity: Double
  /// Of the posterior from the net, in nats.
  let noisyDivergence: Double

  var testDescription: String { name }
  var count: Int { biases.count }

  /// What the values that are known move, in deviations of the nodes: the size of the right hand side
  /// of the least squares problem, of which the mean has the rounding.
  var evidenceSize: Double {
    var moved = [Double](repeating: 0, count: count)
    for (i, value) in zip(known, values) { moved[i] = abs(value - mean[i]) }
    var sizes = zip(moved, logDeviations).map { $0 / exp($1) }
    for edge in edges {
      sizes[edge.child] += abs(edge.weight) * moved[edge.parent] / exp(logDeviations[edge.child])
    }
    return sizes.reduce(1) { max($0, $1) }
  }

  /// The net, with its nodes in the order of the variables.
  func net<Scalar>(_ type: Scalar.Type = Scalar.self) throws -> BayesNet<Scalar> {
    let graph = try LatentGraph(
      (0..<count).map { i in
        .init(
          "z\(i)", dimension: 1, parents: edges.filter { $0.child == i }.map { "z\($0.parent)" })
      })
    return BayesNet(
      graph,
      conditionals: (0..<count).map { i in
        let weights = edges.filter { $0.child == i }.map { Scalar($0.weight) }
        return LinearGaussian(
          weight: weights.isEmpty ? nil : Tensor(weights, shape: [weights.count, 1]),
          bias: Tensor([Scalar(biases[i])]), logDeviation: Tensor([Scalar(logDeviations[i])]))
      })
  }
}

extension GraphTests {
  @Suite("Directed nets with deviations of very different sizes") struct DirectedNets {
    /// Expects each element within a relative error, or an absolute one of the scale that is given.
    private func expectElements(
      _ values: Tensor<Double>, _ expected: [Double], within tolerance: Double,
      scales: [Double]? = nil, _ comment: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(values.count == expected.count, sourceLocation: sourceLocation)
      for (i, (x, y)) in zip(values.scalars, expected).enumerated() {
        #expect(
          abs(x - y) <= tolerance * (scales?[i] ?? abs(y)),
          "\(comment) \(i): \(x) for \(y), tolerance \(tolerance)", sourceLocation: sourceLocation)
      }
    }

    /// The bound of a result by an orthogonal factorization.
    private func bound(_ count: Int, _ condition: Double) -> Double {
      10 * Double(count) * .ulpOfOne * condition.squareRoot()
    }

    @Test("a sum of two, up to 1e-7, has the variances 1, 4 and 5")
    func sum() throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1),
        .init("total", dimension: 1, parents: ["a", "b"]),
      ])
      let net = BayesNet<Double>(
        graph,
        conditionals: [(nil, 1.0), (nil, 2), (Tensor<Double>.ones([2, 1]), 1e-7)].map {
          LinearGaussian(weight: $0, bias: .zeros([1]), logDeviation: Tensor([log($1)]))
        })
      let variances = try net.compiled().marginalVariances
      expectElements(variances, [1, 4, 5 + 1e-14], within: 4e-15, "variance")
    }

    /// `zᵢ = ½(zᵢ₋₁ + zᵢ₋₂) + N(0, dᵢ²)`.
    private func walk<Scalar: TensorScalar>(
      _ count: Int, _ deviation: (Int) -> Double, _: Scalar.Type
    ) throws -> GaussianGraphicalModel<Scalar> {
      let graph = try LatentGraph(
        (0..<count).map { i in
          .init("z\(i)", dimension: 1, parents: (max(0, i - 2)..<i).map { "z\($0)" })
        })
      let conditionals = (0..<count).map { i in
        let weight = i == 0 ? nil : Tensor<Scalar>.full(0.5, [min(i, 2), 1])
        return LinearGaussian(
          weight: weight, bias: .zeros([1]), logDeviation: Tensor([Scalar(log(deviation(i)))]))
      }
      return try BayesNet<Scalar>(graph, conditionals: conditionals).compiled()
    }

    /// Of nets that differ in their deviations alone it is the sum of the nodes' divergences.
    @Test("KL of two nets has its digits: nearly equal, and ill-conditioned ones of any size")
    func divergences() throws {
      func expected(_ ratio: Double) -> Double { 0.5 * (ratio * ratio - 1) - log(ratio) }
      for delta in [1e-2, 1e-4] {
        let q = try walk(20, { _ in 1 }, Float.self)
        let p = try walk(20, { _ in exp(delta) }, Float.self)
        let value = Double(klDivergence(q, p).scalar)
        // The logarithm that is given is rounded, and so is its exponential.
        #expect(abs(value / (20 * expected(exp(-delta))) - 1) < 1e-7 / delta)
      }
      for count in [9, 300] {
        let q = try walk(count, { $0 % 3 == 1 ? 1e-7 : 1 }, Double.self)
        let p = try walk(count, { $0 % 3 == 1 ? 1.1e-7 : 1 }, Double.self)
        let value = klDivergence(q, p).scalar
        let right = Double(count / 3) * expected(1 / 1.1)
        #expect(abs(value / right - 1) < 1e-9, "\(count): \(value) for \(right)")
        #expect(klDivergence(q, q).scalar == 0)
      }
    }

    @Test("has its gradient between two nets")
    func divergenceGradient() throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 2, parents: ["a"]),
      ])
      var generator = Philox(seed: 66)
      let inputs = (0..<2).flatMap { _ in
        [[1], [1, 2], [2]].map { Tensor<Double>.normal(Shape($0), using: &generator) }
      }
      func model(_ x: ArraySlice<Tensor<Double>>) -> GaussianGraphicalModel<Double> {
        let (root, weight, child) = (x.first!, x.dropFirst().first!, x.last!)
        return try! BayesNet(
          graph,
          conditionals: [
            FixedLinearGaussian(
              coefficients: .init(weight: nil, bias: .zeros([1]), logDeviation: root)),
            FixedLinearGaussian(
              coefficients: .init(weight: weight, bias: .zeros([2]), logDeviation: child)),
          ]
        ).compiled()
      }
      expectGradients(at: inputs) { klDivergence(model($0[0..<3]), model($0[3..<6])) }
    }

    @Test("a bias that is too large for the deviation, and a mean that is, are refused by the node")
    func largeBias() throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
      ])
      for (bias, deviation, weight, name) in [
        (1e10, 1e-30, 1, "a"), (1e30, 1.0, 1e30, "b"),
      ] as [(Float, Float, Float, String)] {
        let net = BayesNet<Float>(
          graph,
          conditionals: [
            LinearGaussian(
              weight: nil, bias: Tensor([bias]), logDeviation: Tensor([deviation]).log()),
            LinearGaussian(
              weight: Tensor([weight], shape: [1, 1]), bias: .zeros([1]), logDeviation: .zeros([1])),
          ])
        #expect(throws: LatentGraphError.coefficients(node: name)) { try net.compiled() }
      }
    }

    @Test("an error of what is left names the variable of the whole net")
    func names() throws {
      let graph = try LatentGraph([
        .init("known", dimension: 1), .init("a", dimension: 1), .init("b", dimension: 1),
        .init("total", dimension: 1, parents: ["a", "b"]),
      ])
      let net = BayesNet<Double>(
        graph,
        conditionals: [(nil, 1.0), (nil, 1), (nil, 1), (Tensor<Double>.ones([2, 1]), 1e-30)].map {
          LinearGaussian(weight: $0, bias: .zeros([1]), logDeviation: Tensor([log($1)]))
        })
      let model = try net.compiled()
      #expect(throws: NotPositiveDefinite(pivot: 2)) { try model.conditioned(on: [0: 1, 3: 1]) }
    }

    @Test("means and variances have the coefficients' digits", arguments: directedNetReferences)
    func moments(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let scales = reference.variances.map { $0.squareRoot() }
      // A logarithm of −30 that is off by half its last place changes a deviation by 16 ε.
      expectElements(
        model.marginalVariances, reference.variances, within: 100 * .ulpOfOne, "variance")
      expectElements(
        model.mean, reference.mean, within: 1e-13,
        scales: zip(scales, reference.mean).map { max($0, abs($1)) }, "mean")
    }

    @Test("given values: the digits of least squares", arguments: directedNetReferences)
    func exactEvidence(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let evidence = Evidence(of: reference.known, values: Tensor(reference.values))
      let tolerance = bound(reference.count, reference.conditionedCondition) + 1e-14
      let conditioned = try model.conditioned(on: evidence)
      expectElements(
        conditioned.marginalVariances, reference.conditionedVariances, within: tolerance,
        "variance")
      let scales = reference.conditionedVariances.map { $0.squareRoot() }
      expectElements(
        conditioned.mean, reference.conditionedMean,
        within: tolerance * reference.evidenceSize,
        scales: zip(scales, reference.conditionedMean).map { max($0, abs($1)) }, "mean")
      #expect(
        abs(try model.logDensity(of: evidence).scalar - reference.logDensity)
          <= 10 * (tolerance + 1e-12) * max(1, abs(reference.logDensity)))
    }

    @Test("given noisy values too", arguments: directedNetReferences)
    func noisyEvidence(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let evidence = Evidence(
        of: reference.known, values: Tensor(reference.values),
        noiseVariances: Tensor(reference.noise))
      let tolerance = bound(reference.count, reference.noisyCondition) + 1e-14
      let posterior = try model.conditioned(on: evidence)
      expectElements(
        posterior.marginalVariances, reference.noisyVariances, within: tolerance, "variance")
      let scales = reference.noisyVariances.map { $0.squareRoot() }
      let size = reference.known.indices.reduce(1) {
        let moved = abs(reference.values[$1] - reference.mean[reference.known[$1]])
        return max($0, moved / reference.noise[$1].squareRoot())
      }
      expectElements(
        posterior.mean, reference.noisyMean, within: tolerance * size,
        scales: zip(scales, reference.noisyMean).map { max($0, abs($1)) }, "mean")
      #expect(
        abs(try model.logDensity(of: evidence).scalar - reference.noisyLogDensity)
          <= 10 * (tolerance + 1e-12) * max(1, abs(reference.noisyLogDensity)))
      let divergence = klDivergence(posterior, model).scalar
      let condition = max(reference.condition, reference.noisyCondition)
      // The difference of two means has the rounding of their sizes, in deviations of the nodes.
      let both = bound(reference.count, condition) + 1e-11
      #expect(
        abs(divergence - reference.noisyDivergence) <= both * max(1, reference.noisyDivergence),
        "divergence \(divergence) for \(reference.noisyDivergence)")
      #expect((0...both).contains(klDivergence(model, model).scalar))
    }

    @Test("in Float: variances, whatever the condition", arguments: directedNetReferences)
    func float(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Float.self).compiled()
      let variances = model.marginalVariances.scalars.map(Double.init)
      // Logarithms of deviations are rounded to Float, up to 28·2⁻²⁴ each.
      for (x, y) in zip(variances, reference.variances) {
        #expect(abs(x - y) <= 1e-5 * y, "\(x) for \(y)")
      }
    }

    @Test("is its dense Gaussian given exact and noisy values, with its derivatives, in batches")
    func derivatives() throws {
      let example = LinearGaussianNet(seed: 71)
      let (parts, twin, known) = (example.parts, example.dense(), [7, 1, 4])
      var generator = Philox(seed: 72)
      let values = Tensor<Double>.normal([2, 3], using: &generator)
      let noise = Tensor<Double>.uniform([3], in: 0.3..<2, using: &generator)
      let inputs =
        parts.compactMap { $0.weight?.value.detached } + parts.map { $0.bias.value.detached }
        + parts.map { $0.logDeviation.value.detached } + [values, noise]
      func conditioned(
        _ inputs: [Tensor<Double>], noisy: Bool
      ) throws -> (GaussianGraphicalModel<Double>, Tensor<Double>) {
        var weights = inputs.prefix(parts.count { $0.weight != nil })
        let rest = Array(inputs.dropFirst(weights.count))
        let net = BayesNet(
          LinearGaussianNet.graph,
          conditionals: parts.indices.map { node in
            FixedLinearGaussian(
              coefficients: LinearGaussianCoefficients(
                weight: parts[node].weight == nil ? nil : weights.removeFirst(),
                bias: rest[node], logDeviation: rest[parts.count + node]))
          })
        let evidence = Evidence(
          of: known, values: inputs[inputs.count - 2], noiseVariances: noisy ? inputs.last! : nil)
        let model = try net.compiled()
        return (try model.conditioned(on: evidence), try model.logDensity(of: evidence))
      }
      for noisy in [false, true] {
        let (model, density) = try conditioned(inputs, noisy: noisy)
        let twins = values.vectors.map {
          noisy
            ? twin.conditioned(on: known, $0, noise: noise.scalars)
            : twin.conditioned(on: known, $0)
        }
        expectClose(
          Conditioning.description(model), twins.flatMap { Conditioning.description($0) })
        expectClose(
          model.marginalVariances,
          twins.flatMap { twin in twin.mean.indices.map { twin.covariance.rows[$0][$0] } })
        var marginal = twin.marginal(known)
        if noisy {
          var covariance = marginal.covariance
          for i in known.indices { covariance.rows[i][i] += noise[i] }
          marginal = DenseGaussian(mean: marginal.mean, covariance: covariance)
        }
        expectClose(density, values.vectors.map { marginal.logDensity(of: $0) })
        let draw = Tensor<Double>.normal([2, model.dimension], using: &generator)
        expectGradients(at: inputs, step: 1e-3, within: 1e-7) { inputs in
          let (model, density) = try! conditioned(inputs, noisy: noisy)
          return weightedSum([
            Conditioning.description(model), density, model.sample(noise: draw),
            model.logDensity(of: draw), model.marginalVariances,
            model.covariances(on: .complete(model.dimension)).offDiagonal,
          ])
        }
      }
    }

    @Test("given one variable after the other, as given both")
    func twice() throws {
      let model = try LinearGaussianNet(seed: 73).net.compiled()
      let both = try model.conditioned(on: [2: 0.4, 6: -1])
      // The variable 6 is the fifth of those that are left.
      let second = try model.conditioned(on: [2: 0.4]).conditioned(on: [5: -1])
      expectClose(Conditioning.description(second), Conditioning.description(both).scalars)
    }

    /// Of `t = a + w b + N(0, s²)`, `a ~ N(0, 1)`, `b ~ N(0, v)` and `D = 1 + w² v + s²`, given `t`: the
    /// variance `1 − 1/D` and the mean `t/D` of `a`, and `log p(t) = −½ [log 2πD + t²/D]`.
    @Test(
      "gradients given values have the digits of a square root",
      arguments: [1e-1, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
    func gradientDigits(_ s: Double) throws {
      func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
        let graph = try LatentGraph([
          .init("a", dimension: 1), .init("b", dimension: 1),
          .init("t", dimension: 1, parents: ["a", "b"]),
        ])
        let (w, t) = (0.75, 1.25)
        let nodes: [LinearGaussian<Scalar>] = [
          LinearGaussian(weight: nil, bias: .zeros([1]), logDeviation: .zeros([1])),
          LinearGaussian(
            weight: nil, bias: .zeros([1]), logDeviation: Tensor([Scalar(0.5 * log(2))])),
          LinearGaussian(
            weight: Tensor([1, Scalar(w)], shape: [2, 1]), bias: .zeros([1]),
            logDeviation: Tensor([Scalar(log(s))])),
        ]
        let model = try BayesNet<Scalar>(graph, conditionals: nodes).compiled()
        let evidence = Evidence<Scalar>([2: Scalar(t)])
        let conditioned = try model.conditioned(on: evidence)
        let condition = Double(conditioned.precision.conditionEstimate.scalar)
        let v = 2.0
        let d = 1 + w * w * v + s * s
        let expected: [(Tensor<Scalar>, slope: Double)] = [
          (conditioned.marginalVariances.slice(0..<1, axis: 0).sum(axis: 0), 1 / (d * d)),
          (conditioned.mean.slice(0..<1, axis: 0).sum(axis: 0), -t / (d * d)),
          (try model.logDensity(of: evidence), -0.5 / d + 0.5 * t * t / (d * d)),
        ]
        let parameters = [nodes[2].weight!.value, nodes[1].logDeviation.value]
        var worst = 0.0
        for (value, slope) in expected {
          let found = gradients(of: value, withRespectTo: parameters)
          // By w and by log √v; D has the slopes 2wv and 2w²v in them.
          for (x, y) in [
            (Double(found[0].scalars[1]), slope * 2 * w * v),
            (Double(found[1].scalar), slope * 2 * w * w * v),
          ] {
            worst = max(worst, abs(x / y - 1))
          }
        }
        let bound = 30 * Double(Scalar.ulpOfOne) * max(condition, 1).squareRoot()
        print("Slopes at s = \(s) in \(Scalar.self): error \(worst), κ \(condition)")
        #expect(worst <= bound, "\(Scalar.self): \(worst), κ \(condition)")
      }
      try check(Double.self)
      if s > 1e-5 { try check(Float.self) }
    }

    @Test("a net of many variables: covariances by the factor, with their derivatives")
    func large() throws {
      let side = 18
      let graph = try LatentGraph(
        (0..<side * side).map { i in
          .init(
            "z\(i)", dimension: 1,
            parents: (i % side > 0 ? ["z\(i - 1)"] : []) + (i >= side ? ["z\(i - side)"] : []))
        })
      var generator = Philox(seed: 74)
      let weights = graph.nodes.map { node in
        node.parents.isEmpty
          ? nil : Tensor<Double>.normal([node.parents.count, 1], using: &generator) * 0.7
      }
      let logs = Tensor<Double>.uniform([side * side], in: -9..<1, using: &generator)
      func model(_ logs: Tensor<Double>) throws -> GaussianGraphicalModel<Double> {
        try BayesNet(
          graph,
          conditionals: weights.indices.map { i in
            FixedLinearGaussian(
              coefficients: LinearGaussianCoefficients(
                weight: weights[i], bias: .zeros([1]),
                logDeviation: logs.slice(i..<i + 1, axis: 0)))
          }
        ).compiled()
      }
      // The twin: a solution for each unit vector, by the net itself.
      let net = try model(logs)
      let unit = Tensor<Double>.identity(side * side)
      let exact = net.precision.unwhiten(unit).squared().sum(axis: 0).scalars
      expectElements(net.marginalVariances, exact, within: 1e-10, "variance")
      let pairs = UndirectedGraph.banded(side * side, offsets: [1, 3])
      let roots = net.precision.unwhiten(unit)
      let covariance = matrixProduct(roots, roots, transposingLeft: true)
      expectClose(
        net.covariances(on: pairs).offDiagonal,
        pairs.edges.map { covariance[$0.first, $0.second] }, within: 1e-10)
      // Its gradient has the condition of the precision, so that deviations differ less.
      let moderate = Tensor<Double>.uniform([side * side], in: -2..<1, using: &generator)
      expectGradients(at: [moderate], step: 1e-3, within: 1e-7) {
        let covariances = try! model($0[0]).covariances(on: pairs)
        return weightedSum([covariances.diagonal.log(), covariances.offDiagonal])
      }
    }

    @Test("a deviation that is 0 or not finite is refused by the node's name")
    func deviations() throws {
      let graph = try LatentGraph([
        .init("root", dimension: 1), .init("copy", dimension: 2, parents: ["root"]),
      ])
      func compile<Scalar: TensorScalar>(
        _ root: Scalar, _ copy: [Scalar], weight: Scalar = 1
      ) throws -> GaussianGraphicalModel<Scalar> {
        try BayesNet<Scalar>(
          graph,
          conditionals: [
            LinearGaussian(weight: nil, bias: .zeros([1]), logDeviation: Tensor([root])),
            LinearGaussian(
              weight: .full(weight, [1, 2]), bias: .zeros([2]), logDeviation: Tensor(copy)),
          ]
        ).compiled()
      }
      #expect(throws: LatentGraphError.deviation(node: "root", deviation: 0)) {
        try compile(-Double.infinity, [0, 0])
      }
      #expect(throws: LatentGraphError.deviation(node: "copy", deviation: 0)) {
        try compile(0, [0, -Double.infinity])
      }
      // 1/deviation overflows in Float.
      #expect(throws: LatentGraphError.self) { try compile(Float(-100), [0, 0]) }
      for log in [Double.nan, .infinity] {
        #expect(throws: LatentGraphError.self) { try compile(0, [log, 0]) }
      }
      for weight in [Double.nan, .infinity] {
        #expect(throws: LatentGraphError.coefficients(node: "copy")) {
          try compile(0, [0, 0], weight: weight)
        }
      }
      let message = LatentGraphError.deviation(node: "root", deviation: 0).description
      #expect(message.contains("root") && message.contains("0.0"))
    }

    @Test(
      "what rounding leaves nothing of is refused, by the variable, the condition and the way out")
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
      // With noise, the second of a batch.
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

    @Test("values that make means overflow are refused by the variable")
    func farEvidence() throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
      ])
      let net = BayesNet<Float>(
        graph,
        conditionals: [(nil, 1e20), (Tensor<Float>([1e-18], shape: [1, 1]), 1e-18)].map {
          LinearGaussian(weight: $0, bias: .zeros([1]), logDeviation: Tensor([Float(log($1))]))
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

    /// Nets of sums and differences with deviations from 1e-13 to 1e2, whose coefficients `Float` holds.
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
            bias: .zeros([1]), logDeviation: Tensor([Scalar(Double(logs[i]))]))
        }
      ).compiled()
    }

    @Test(
      "random nets in Float are right, given exact and noisy values, or refused for their condition"
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
            for (x, y) in zip(model.marginalVariances.scalars, exact.marginalVariances.scalars) {
              let error = abs(Double(x) / y - 1)
              worst = max(worst, error)
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

    @Test("a large net of which rounding leaves no factor has its variances all the same")
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
      "marginals have the coefficients' digits, or are refused", arguments: directedNetReferences)
    func marginals(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let known = reference.known
      let marginal = try model.marginal(of: known)
      let tolerance = bound(reference.count, marginal.precision.conditionEstimate.scalar) + 1e-13
      expectElements(
        marginal.marginalVariances, known.map { reference.variances[$0] }, within: tolerance,
        "variance")
      let density = marginal.logDensity(of: Tensor(reference.values)).scalar
      #expect(
        abs(density - reference.logDensity) <= 10 * (tolerance + 1e-12) * max(1, abs(density)),
        "\(density) for \(reference.logDensity)")
      // Of all variables, in another order, and then given values.
      let order = known + (0..<reference.count).filter { !known.contains($0) }
      do {
        let whole = try model.marginal(of: order)
        let both = bound(reference.count, whole.precision.conditionEstimate.scalar) + 1e-13
        expectElements(
          whole.marginalVariances, order.map { reference.variances[$0] }, within: both, "variance")
        let conditioned = try whole.conditioned(
          on: Evidence(of: Array(known.indices), values: Tensor(reference.values)))
        // The elements of the marginal have been rounded, which the condition magnifies once more.
        expectElements(
          conditioned.marginalVariances, reference.conditionedVariances, within: min(both, 0.5),
          "conditioned variance")
      } catch let error as NotPositiveDefinite {
        #expect(reference.condition > 1e26 && error.condition != nil, "\(error)")
      }
    }

    @Test("a marginal in Float names the variable of the net, its condition and Double")
    func refusedMarginal() throws {
      let reference = directedNetReferences.first { $0.name == "a sum up to 1e-12" }!
      let model = try reference.net(Float.self).compiled()
      let error = try #require(
        #expect(throws: NotPositiveDefinite.self) { try model.marginal(of: [2, 0, 1]) })
      #expect(error.condition != nil && error.description.contains("compute it in Double"))
      expectClose(try model.marginal(of: [2, 0]).marginalVariances, [5, 1], within: 1e-6)
    }

    @Test("time and memory are linear in the nodes, and a gradient takes some times the value")
    func cost() throws {
      func tree(_ count: Int) throws -> BayesNet<Double> {
        let graph = try LatentGraph(
          (0..<count).map { i in
            .init("z\(i)", dimension: 1, parents: i == 0 ? [] : ["z\((i - 1) / 2)"])
          })
        var generator = Philox(seed: 75)
        return BayesNet(graph) { LinearGaussian(parents: $1, dimension: 1, using: &generator) }
      }
      let (small, large) = (try tree(2_000), try tree(32_000))
      let (slope, comment) = try slopeOfTime(
        sizeRatio: 16, repetitions: 5, small: { _ = try small.compiled() },
        large: { _ = try large.compiled() })
      #expect(slope < 1.4, comment)
      let x = Tensor<Double>.ones([32_000])
      let parameters = large.conditionals.flatMap { conditional in
        let linear = conditional as! LinearGaussian<Double>
        return [linear.weight?.value, linear.bias.value, linear.logDeviation.value]
          .compactMap { $0 }
      }
      func value() throws -> Tensor<Double> { try large.compiled().logDensity(of: x) }
      let (ratio, times) = try slopeOfTime(
        sizeRatio: 2, repetitions: 5, small: { _ = try value() },
        large: { _ = gradients(of: try value(), withRespectTo: parameters) })
      // A slope of 2 is four times the time, of the value and its gradient.
      #expect(ratio < 2.4, times)
    }
  }
}
