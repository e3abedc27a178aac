import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Exact inference in linear-Gaussian nets") struct ExactInferenceTests {
  /// A net of two latent nodes and two observed nodes, one of which is a child of the other.
  static func net(seed: UInt64 = 5) throws -> BayesNet<Double> {
    var generator = Philox(seed: seed)
    let graph = try LatentGraph([
      .init("x", dimension: 3, parents: ["z", "w"]), .init("z", dimension: 2),
      .init("w", dimension: 1, parents: ["z"]), .init("y", dimension: 2, parents: ["w", "x"]),
    ])
    return BayesNet(graph) { node, parents in
      let dimension = graph.nodes[node].dimension
      return LinearGaussian(
        weight: parents > 0 ? 0.7 * .normal([parents, dimension], using: &generator) : nil,
        bias: .normal([dimension], using: &generator),
        logStandardDeviation: .uniform([dimension], in: -0.5..<0.3, using: &generator))
    }
  }

  static func data(_ model: LinearGaussianModel<Double>, count: Int) throws -> Tensor<Double> {
    var generator = Philox(seed: 6)
    return try model.joint().sample(count, using: &generator).gathered(at: model.observedVariables)
  }

  @Test("The exact evidence is the density of the dense marginal")
  func evidence() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    #expect(model.observedVariables == [0, 1, 2, 6, 7] && model.latentVariables == [3, 4, 5])
    let x = try Self.data(model, count: 4)
    let evidence = try model.exactMarginal(of: x)
    let joint = try model.joint()
    let marginal = try joint.marginal(of: model.observedVariables)
    for (found, expected) in zip(evidence.logDensity.scalars, marginal.logDensity(of: x).scalars) {
      #expect(abs(found - expected) < 1e-10)
    }
  }

  /// By Bayes' rule `log q(z) − log p(z) = log p(x|z) − log p(x)`. The divergence is thus the
  /// expected log-likelihood under the posterior minus the log-evidence. The log-likelihood is
  /// quadratic in `z`, so that its expectation is exactly its mean over the points `m ± √k Lᵢ`.
  @Test("The exact divergence is the expected log-likelihood minus the dense log-evidence")
  func divergence() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    let x = try Self.data(model, count: 4)
    let k = model.latentVariables.count
    let axes = Double(k).squareRoot() * Tensor<Double>.identity(k)
    let points = Tensor.concatenated([axes, -1 * axes]).addingAxis(at: 1)
    let posterior = model.posterior(of: x, mode: .evaluation)
    let z = posterior.sample(noise: points.broadcast(to: [2 * k, 4, k]))
    let likelihood = model.observation(given: z, mode: .evaluation).logDensity(of: x).mean(axis: 0)
    let marginal = try model.joint().marginal(of: model.observedVariables).logDensity(of: x)
    let found = try model.exactMarginal(of: x).klDivergence
    for (found, expected) in zip(found.scalars, (likelihood - marginal).scalars) {
      #expect(abs(found - expected) < 1e-10)
    }
  }

  @Test("Importance weights under the exact posterior are constant")
  func weights() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    let x = try Self.data(model, count: 3)
    var generator = Philox(seed: 7)
    let posterior = model.posterior(of: x, mode: .evaluation)
    let sample = model.sample(from: posterior, draws: 5, mode: .evaluation, using: &generator)
    let density = model.observation(given: sample.latents, mode: .evaluation).logDensity(of: x)
    let weights = density + sample.logRatio()
    let exact = try model.exactMarginal(of: x).logDensity.scalars
    for (index, weight) in weights.scalars.enumerated() {
      #expect(abs(weight - exact[index % 3]) < 1e-9)
    }
  }

  @Test("The gradients of the exact divergence agree with central differences")
  func divergenceGradients() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    let x = try Self.data(model, count: 5).detached
    expectGradients(of: model) {
      try! model.exactMarginal(of: x).klDivergence.sum()
    }
  }

  @Test("Draws from the prior are not tracked")
  func priorDraws() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    var generator = Philox(seed: 11)
    let draws = model.samplePrior(4, using: &generator)
    #expect(draws.shape == [4, 3] && !draws.isTracked)
  }

  @Test("The gradients of the exact loss agree with central differences")
  func gradients() throws {
    let x = try Self.data(LinearGaussianModel(Self.net(), observed: ["x", "y"]), count: 20)
    let model = try LinearGaussianModel(Self.net(seed: 9), observed: ["x", "y"])
    var generator = Philox(seed: 8)
    expectGradients(of: model) {
      ExactInference().objective(
        of: x, under: model, mode: .training, time: 0, using: &generator
      ).loss
    }
  }

  @Test("Training on the exact loss reaches the maximum of the likelihood")
  func training() throws {
    // A model of one latent and two observed variables has as many parameters as a covariance of
    // two variables. The maximum is therefore the likelihood of the empirical Gaussian.
    var generator = Philox(seed: 10)
    let shared = Tensor<Double>.normal([400, 1], using: &generator)
    let noise = Tensor<Double>.normal([400, 2], using: &generator)
    let x = shared + 0.8 * noise
    let graph = try LatentGraph([
      .init("z", dimension: 1), .init("x", dimension: 2, parents: ["z"]),
    ])
    let indicators = LinearGaussian<Double>(
      weight: Tensor([0.3, 0.4], shape: [1, 2]), bias: .zeros([2]),
      logStandardDeviation: .zeros([2]))
    let net = BayesNet<Double>(graph, conditionals: [StandardNormal(1), indicators])
    let model = try LinearGaussianModel(net, observed: ["x"])
    let optimizerState = OptimizerState(of: model, by: Adam(learningRate: 0.02))
    var loss = 0.0
    for step in 0..<1500 {
      let value = ExactInference().objective(
        of: x, under: model, mode: .training, time: 0, using: &generator
      ).loss
      loss = value.scalar
      optimizerState.minimize(value, rateFactor: step < 1000 ? 1 : 0.05)
    }
    let centred = x - x.mean(axis: 0)
    let covariance = matrixProduct(centred, centred, transposingLeft: true) / 400.0
    let best = GaussianGraphicalModel(
      mean: x.mean(axis: 0), precision: try DensePrecision(inverting: covariance))
    #expect(abs(loss + best.logDensity(of: x).mean().scalar) < 1e-6)
  }

  @Test("An invalid choice of observed nodes causes a typed error that names the node")
  func mistakes() throws {
    #expect(
      throws: LatentGraphError.unknownNode("v", nodes: ["x", "z", "w", "y"])
    ) { try LinearGaussianModel(Self.net(), observed: ["v"]) }
    #expect(throws: LatentGraphError.observed(node: "z", child: "w")) {
      try LinearGaussianModel(Self.net(), observed: ["z", "x", "y"])
    }
    var generator = Philox(seed: 8)
    let graph = try LatentGraph([
      .init("z", dimension: 1), .init("x", dimension: 1, parents: ["z"]),
    ])
    #expect(throws: LatentGraphError.notLinearGaussian(node: "x")) {
      try LinearGaussianModel(
        BayesNet<Double>.neuralPrior(graph, hidden: 4, using: &generator), observed: ["x"])
    }
  }

  @Test(
    "Observations that are not finite cause an error with the variable, or a loss of NaN")
  func notFinite() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    for bad in [Double.nan, .infinity] {
      // The last column is variable 7 of the net.
      let x = Tensor<Double>([0, 0, 0, 0, 0, 0, 0, 0, 0, bad], shape: [2, 5])
      #expect(throws: GraphicalModelError.evidenceNotFinite(variable: 7)) {
        try model.exactMarginal(of: x)
      }
      var generator = Philox(seed: 8)
      func loss(_ strategy: some InferenceStrategy) -> Double {
        strategy.objective(of: x, under: model, mode: .training, time: 0, using: &generator)
          .loss.scalar
      }
      #expect(loss(ExactInference()).isNaN)
      #expect(loss(VariationalInference()).isNaN)
      #expect(throws: GraphicalModelError.evidenceNotFinite(variable: 4)) {
        try impute(x, missing: [0], under: model, sweeps: 2, using: &generator)
      }
    }
  }

  @Test("Parameters that give no valid Gaussian give a loss of NaN")
  func diverged() throws {
    let net = try Self.net()
    let node = net.conditionals[1] as! LinearGaussian<Double>
    let model = try LinearGaussianModel(net, observed: ["x", "y"])
    var generator = Philox(seed: 8)
    func loss(logStandardDeviation: Double) -> Double {
      node.logStandardDeviation.assign(.full(logStandardDeviation, [2]))
      return ExactInference().objective(
        of: .zeros([2, 5]), under: model, mode: .training, time: 0, using: &generator
      ).loss.scalar
    }
    #expect(loss(logStandardDeviation: -1000).isNaN)
    #expect(loss(logStandardDeviation: .nan).isNaN)
    // A latent node with a standard deviation near 0 is a function of its parents, which is valid.
    let limit = loss(logStandardDeviation: -20)
    #expect(abs(loss(logStandardDeviation: -500) - limit) < 1e-9 * abs(limit))
  }

  @Test("Elements of a linear-Gaussian model are imputed from their exact conditional")
  func imputation() throws {
    let model = try LinearGaussianModel(Self.net(), observed: ["x", "y"])
    let k = model.observedVariables.count
    var generator = Philox(seed: 11)
    let rows = 4000
    let x = Tensor<Double>.full(0.4, [rows, k])
    let imputation = try impute(x, missing: [k - 1], under: model, sweeps: 8, using: &generator)
    // Every proposal from the exact posterior is accepted.
    #expect(imputation.acceptance > 0.999)
    let exact = try model.joint().marginal(of: model.observedVariables)
      .conditioned(on: Evidence(of: Array(0..<k - 1), values: .full(0.4, [k - 1])))
    expectCalibrated {
      $0.compareMean(
        of: imputation.draw.slice(at: k - 1, axis: 1), exact.mean.scalars[0], "imputed element")
    }
  }
}
