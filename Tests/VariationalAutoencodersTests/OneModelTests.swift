import Inference
import LatentGraphs
import NeuralNetworks
import Testing
import VariationalAutoencoders

@Suite("The autoencoders are special cases of one model")
struct OneModelTests {
  private let nodes = 3
  private let dimension = 2

  private func graphVAE(
    _ example: WrapperCase, nodes: Int = 3, sharesGates: Bool = true
  ) -> GraphVAE<Double> {
    var generator = Philox(seed: 21)
    return GraphVAE(
      pixels: WrapperCase.pixels, nodes: nodes, dimension: dimension, sharesGates: sharesGates,
      pixelKind: example.pixelKind, decodes: example.decodes, using: &generator)
  }

  /// The gates that are open only on the chain of a fully connected graph.
  private var chainGates: Tensor<Double> {
    let graph = LatentGraph.fullyConnected(nodes: nodes, dimension: dimension)
    return Tensor(graph.edges.map { $0.child == $0.parent + 1 ? 1 : 0 })
  }

  @Test("A Graph VAE with one node equals the VAE", arguments: WrapperCase.all)
  func single(_ example: WrapperCase) {
    let graph = graphVAE(example, nodes: 1)
    var generator = Philox(seed: 99)
    let vae = VAE<Double>(
      pixels: WrapperCase.pixels, latents: dimension, pixelKind: example.pixelKind,
      using: &generator)
    copyParameters(from: graph, to: vae)
    #expect(graph.edgeLogits == nil)
    expectEqual(graph, vae, example)
  }

  @Test(
    "A Graph VAE with all gates open equals the fully connected VAE", arguments: WrapperCase.all)
  func full(_ example: WrapperCase) {
    let graph = graphVAE(example)
    var generator = Philox(seed: 99)
    let full = FullyConnectedVAE<Double>(
      pixels: WrapperCase.pixels, nodes: nodes, dimension: dimension,
      pixelKind: example.pixelKind, decodes: example.decodes, using: &generator)
    copyParameters(from: graph, to: full)
    expectEqual(graph, gates: .ones([3]), full, example)
    // The initial most probable structure has all edges.
    expectEqual(graph, full, example)
  }

  @Test("A Graph VAE with the gates of a chain equals the Ladder VAE", arguments: WrapperCase.all)
  func chain(_ example: WrapperCase) {
    let graph = graphVAE(example)
    var generator = Philox(seed: 99)
    let ladder = LadderVAE<Double>(
      pixels: WrapperCase.pixels, nodes: nodes, dimension: dimension,
      pixelKind: example.pixelKind, decodes: example.decodes, using: &generator)
    copyParameters(from: graph, to: ladder)
    expectEqual(graph, gates: chainGates, ladder, example)
    // The weights of closed parents have a zero gradient.
    let name = "model.prior.conditionals.2.topDown.body.layers.0.weight"
    let gradient = gradientsByName(
      of: graph, loss: example.loss(graph.gated(by: chainGates)))[name]!
    #expect(gradient.slice(0..<dimension).scalars.allSatisfy { $0 == 0 })
    #expect(gradient.slice(dimension..<2 * dimension).scalars.contains { $0 != 0 })
    // Without the gates the loss differs.
    #expect(example.loss(graph).scalar != example.loss(ladder).scalar)
  }

  @Test("Gates that are not shared leave the posterior fully connected", arguments: WrapperCase.all)
  func unshared(_ example: WrapperCase) {
    let (unshared, shared) = (graphVAE(example, sharesGates: false), graphVAE(example))
    func sample(_ model: GraphVAE<Double>, gates: Tensor<Double>) -> LatentSample<Double> {
      var generator = Philox(seed: 22)
      return model.sample(
        from: model.posterior(of: example.images, gates: gates, mode: example.mode), draws: 2,
        mode: example.mode, using: &generator)
    }
    let mine = sample(unshared, gates: chainGates)
    let (posterior, other) = (sample(shared, gates: .ones([3])), sample(shared, gates: chainGates))
    #expect(mine.latents.scalars == posterior.latents.scalars)
    #expect(mine.latents.scalars != other.latents.scalars)
    // The gates act on the prior, so that the divergence of z1 differs from both.
    let last = mine.divergences().slice(at: 2).scalars
    #expect(last != posterior.divergences().slice(at: 2).scalars)
    #expect(last != other.divergences().slice(at: 2).scalars)
    let trace = unshared.model.prior.trace(
      at: mine.latents.split(sizes: [2, 2, 2]), gates: chainGates, mode: example.mode)
    let ratio = trace.logDensity - (posterior.latentsLogDensity(shared, example))
    expectEqualToRounding(mine.logRatio(), ratio, "log-ratio")
  }

  /// Copies parameters by name. For a first layer with fewer parents, the last rows are copied.
  private func copyParameters(
    from source: some Module<Double>, to target: some Module<Double>
  ) {
    let values = Dictionary(
      uniqueKeysWithValues: source.namedParameters().map { ($0.name, $0.parameter.value) })
    for (name, parameter) in target.namedParameters() {
      guard let value = values[name] else {
        Issue.record("no parameter \(name)")
        continue
      }
      parameter.assign(open(value, like: parameter.value))
    }
  }

  private func open(_ value: Tensor<Double>, like target: Tensor<Double>) -> Tensor<Double> {
    value.shape == target.shape
      ? value : value.slice(value.shape[0] - target.shape[0]..<value.shape[0])
  }

  private func expectEqual(
    _ graph: GraphVAE<Double>, gates: Tensor<Double>? = nil,
    _ other: some LatentGraphAutoencoder<Double>,
    _ example: WrapperCase, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let a = gates.map { example.loss(graph.gated(by: $0)) } ?? example.loss(graph)
    let b = example.loss(other)
    #expect(
      abs(a.scalar - b.scalar) < 1e-11 * max(1, abs(b.scalar)), sourceLocation: sourceLocation)
    let mine = gradientsByName(of: graph, loss: a)
    let theirs = gradientsByName(of: other, loss: b)
    for (name, gradient) in theirs {
      expectEqualToRounding(
        mine[name].map { open($0, like: gradient) }, gradient, name,
        sourceLocation: sourceLocation)
    }
    let nonzero = theirs.values.count { $0.scalars.contains { $0 != 0 } }
    #expect(nonzero == theirs.count, sourceLocation: sourceLocation)
  }
}

extension LatentSample where Scalar == Double {
  /// `log q(z|x)` of these latents under a model with all gates open.
  fileprivate func latentsLogDensity(
    _ model: GraphVAE<Double>, _ example: WrapperCase
  ) -> Tensor<Double> {
    let messages = model.posterior(of: example.images, mode: example.mode).messages
    return model.model.recognition.trace(
      at: latents.split(sizes: [2, 2, 2]), messages: messages, mode: example.mode
    ).logDensity
  }
}
