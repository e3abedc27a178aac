import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A net of single variables, with results that `directed_net_reference.py` computed in 60 digits.
struct DirectedNetReference: Sendable, CustomTestStringConvertible {
  let name: String
  let logStandardDeviations: [Double]
  let biases: [Double]
  let edges: [(child: Int, parent: Int, weight: Double)]
  let known: [Int], values: [Double], noise: [Double]
  let mean: [Double], variances: [Double]
  /// The condition number of the precision, scaled to a unit diagonal.
  let condition: Double
  let conditionedMean: [Double], conditionedVariances: [Double]
  let conditionedCondition: Double
  let logDensity: Double
  let noisyMean: [Double], noisyVariances: [Double]
  let noisyCondition: Double
  let noisyLogDensity: Double
  /// The KL divergence of the posterior from the net, in nats.
  let noisyDivergence: Double

  var testDescription: String { name }
  var count: Int { biases.count }

  /// The size of the right-hand side of the least squares problem, to which the rounding error of
  /// the mean is proportional: the deviations of the known values from their means, in standard
  /// deviations of the nodes.
  var evidenceSize: Double {
    var moved = [Double](repeating: 0, count: count)
    for (i, value) in zip(known, values) { moved[i] = abs(value - mean[i]) }
    var sizes = zip(moved, logStandardDeviations).map { $0 / exp($1) }
    for edge in edges {
      sizes[edge.child] +=
        abs(edge.weight) * moved[edge.parent] / exp(logStandardDeviations[edge.child])
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
          bias: Tensor([Scalar(biases[i])]),
          logStandardDeviation: Tensor([Scalar(logStandardDeviations[i])]))
      })
  }
}

extension GraphTests {
  @Suite("Directed nets with very different standard deviations") struct DirectedNets {
    /// Expects that the error of each element is at most `tolerance` times its size, or times the
    /// given scale.
    func expectElements(
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

    /// The error bound of a result computed by an orthogonal factorization.
    func bound(_ count: Int, _ condition: Double) -> Double {
      10 * Double(count) * .ulpOfOne * condition.squareRoot()
    }

    @Test("The sum of two variables up to noise of 1e-7 has the variances 1, 4 and 5")
    func sum() throws {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1),
        .init("total", dimension: 1, parents: ["a", "b"]),
      ])
      let net = BayesNet<Double>(
        graph,
        conditionals: [(nil, 1.0), (nil, 2), (Tensor<Double>.ones([2, 1]), 1e-7)].map {
          LinearGaussian(weight: $0, bias: .zeros([1]), logStandardDeviation: Tensor([log($1)]))
        })
      let variances = try net.compiled().variance
      expectElements(variances, [1, 4, 5 + 1e-14], within: 4e-15, "variance")
    }

    /// The random walk `zᵢ = ½(zᵢ₋₁ + zᵢ₋₂) + N(0, dᵢ²)`.
    func walk<Scalar: TensorScalar>(
      _ count: Int, _ deviation: (Int) -> Double, _: Scalar.Type
    ) throws -> GaussianGraphicalModel<Scalar> {
      let graph = try LatentGraph(
        (0..<count).map { i in
          .init("z\(i)", dimension: 1, parents: (max(0, i - 2)..<i).map { "z\($0)" })
        })
      let conditionals = (0..<count).map { i in
        let weight = i == 0 ? nil : Tensor<Scalar>.full(0.5, [min(i, 2), 1])
        return LinearGaussian(
          weight: weight, bias: .zeros([1]),
          logStandardDeviation: Tensor([Scalar(log(deviation(i)))]))
      }
      return try BayesNet<Scalar>(graph, conditionals: conditionals).compiled()
    }

    /// If two nets differ only in their standard deviations, their divergence is the sum over the
    /// nodes.
    @Test("The KL divergence of two nets is accurate if they are nearly equal or ill-conditioned")
    func divergences() throws {
      func expected(_ ratio: Double) -> Double { 0.5 * (ratio * ratio - 1) - log(ratio) }
      for delta in [1e-2, 1e-4] {
        let q = try walk(20, { _ in 1 }, Float.self)
        let p = try walk(20, { _ in exp(delta) }, Float.self)
        let value = Double(q.klDivergence(from: p).scalar)
        // The given logarithm is rounded, and so is its exponential.
        #expect(abs(value / (20 * expected(exp(-delta))) - 1) < 1e-7 / delta)
      }
      for count in [9, 300] {
        let q = try walk(count, { $0 % 3 == 1 ? 1e-7 : 1 }, Double.self)
        let p = try walk(count, { $0 % 3 == 1 ? 1.1e-7 : 1 }, Double.self)
        let value = q.klDivergence(from: p).scalar
        let right = Double(count / 3) * expected(1 / 1.1)
        #expect(abs(value / right - 1) < 1e-9, "\(count): \(value) for \(right)")
        #expect(q.klDivergence(from: q).scalar == 0)
      }
    }

    @Test(
      "The means and variances of a net are accurate to its coefficients",
      arguments: directedNetReferences)
    func moments(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let scales = reference.variances.map { $0.squareRoot() }
      // If a logarithm near −30 is off by half a unit in the last place, the standard deviation
      // changes by 16 ε.
      expectElements(
        model.variance, reference.variances, within: 100 * .ulpOfOne, "variance")
      expectElements(
        model.mean, reference.mean, within: 1e-13,
        scales: zip(scales, reference.mean).map { max($0, abs($1)) }, "mean")
    }

    @Test(
      "Conditioning a net on exact values has the accuracy of least squares",
      arguments: directedNetReferences)
    func exactEvidence(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let evidence = Evidence(of: reference.known, values: Tensor(reference.values))
      let tolerance = bound(reference.count, reference.conditionedCondition) + 1e-14
      let conditioned = try model.conditioned(on: evidence)
      expectElements(
        conditioned.variance, reference.conditionedVariances, within: tolerance,
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

    @Test(
      "Conditioning a net on noisy values has the accuracy of least squares",
      arguments: directedNetReferences)
    func noisyEvidence(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Double.self).compiled()
      let evidence = Evidence(
        of: reference.known, values: Tensor(reference.values),
        noiseVariances: Tensor(reference.noise))
      let tolerance = bound(reference.count, reference.noisyCondition) + 1e-14
      let posterior = try model.conditioned(on: evidence)
      expectElements(
        posterior.variance, reference.noisyVariances, within: tolerance, "variance")
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
      let divergence = posterior.klDivergence(from: model).scalar
      let condition = max(reference.condition, reference.noisyCondition)
      // The difference of the means has a rounding error proportional to the means in standard
      // deviations of the nodes.
      let both = bound(reference.count, condition) + 1e-11
      #expect(
        abs(divergence - reference.noisyDivergence) <= both * max(1, reference.noisyDivergence),
        "divergence \(divergence) for \(reference.noisyDivergence)")
      #expect((0...both).contains(model.klDivergence(from: model).scalar))
    }

    @Test(
      "The variances of a net are accurate in Float for any condition number",
      arguments: directedNetReferences)
    func float(_ reference: DirectedNetReference) throws {
      let model = try reference.net(Float.self).compiled()
      let variances = model.variance.scalars.map(Double.init)
      // The logarithms of the standard deviations are rounded to Float, with errors of up to
      // 28·2⁻²⁴.
      for (x, y) in zip(variances, reference.variances) {
        #expect(abs(x - y) <= 1e-5 * y, "\(x) for \(y)")
      }
    }

    @Test("A conditioned net agrees with the dense Gaussian in values and gradients, in batches")
    func derivatives() throws {
      let example = LinearGaussianNet(seed: 71)
      let (parts, twin, known) = (example.parts, example.dense(), [7, 1, 4])
      var generator = Philox(seed: 72)
      let values = Tensor<Double>.normal([2, 3], using: &generator)
      let noise = Tensor<Double>.uniform([3], in: 0.3..<2, using: &generator)
      let inputs =
        parts.compactMap { $0.weight?.value.detached } + parts.map { $0.bias.value.detached }
        + parts.map { $0.logStandardDeviation.value.detached } + [values, noise]
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
                bias: rest[node], logStandardDeviation: rest[parts.count + node]))
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
          model.variance,
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
            model.logDensity(of: draw), model.variance,
            model.covariances(on: .complete(model.dimension)).offDiagonal,
          ])
        }
      }
    }

    @Test("Conditioning on one variable after another equals conditioning on both")
    func twice() throws {
      let model = try LinearGaussianNet(seed: 73).net.compiled()
      let both = try model.conditioned(on: [2: 0.4, 6: -1])
      // The variable 6 has the index 5 among the remaining variables.
      let second = try model.conditioned(on: [2: 0.4]).conditioned(on: [5: -1])
      expectClose(Conditioning.description(second), Conditioning.description(both).scalars)
    }

    @Test("The covariances of a large net and their gradients are accurate")
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
                logStandardDeviation: logs.slice(i..<i + 1, axis: 0)))
          }
        ).compiled()
      }
      // The reference is a solution for each unit vector, computed with the net's own factor.
      let net = try model(logs)
      let unit = Tensor<Double>.identity(side * side)
      let exact = net.precision.unwhiten(unit).squared().sum(axis: 0).scalars
      expectElements(net.variance, exact, within: 1e-10, "variance")
      let pairs = UndirectedGraph.banded(side * side, offsets: [1, 3])
      let roots = net.precision.unwhiten(unit)
      let covariance = matrixProduct(roots, roots, transposingLeft: true)
      expectClose(
        net.covariances(on: pairs).offDiagonal,
        pairs.edges.map { covariance[$0.first, $0.second] }, within: 1e-10)
      // The error of the gradient grows with the condition number, so the standard deviations
      // differ less here.
      let moderate = Tensor<Double>.uniform([side * side], in: -2..<1, using: &generator)
      expectGradients(at: [moderate], step: 1e-3, within: 1e-7) {
        let covariances = try! model($0[0]).covariances(on: pairs)
        return weightedSum([covariances.diagonal.log(), covariances.offDiagonal])
      }
    }
  }
}
