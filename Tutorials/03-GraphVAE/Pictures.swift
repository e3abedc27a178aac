import Datasets
import Figures
import Inference
import LatentGraphs
import Tensors

/// Draws all pictures into a folder; returns their subjects and paths.
func drawPictures(
  of results: [Result], test: ImageBatches<Float>, seed: UInt64, folder: String
) throws -> [(subject: String, path: String)] {
  var generator = Philox(seed: seed)
  let graphVAE = results.last { $0.kind == .graphVAE }!
  let structure = learnedStructure(graphVAE)
  let pictures: [(String, String, any Figure)] = [
    ("the ELBO over the epochs", "graph-vae-training.svg", trainingCurves(results)),
    ("the gates over the epochs", "graph-vae-gates.svg", gateMeans(graphVAE)),
    ("the learned graph", "graph-vae-structure.svg", structure),
    ("the same for Graphviz", "graph-vae-structure.dot", structure),
    (
      "draws from the prior", "graph-vae-samples.png",
      try priorSamples(graphVAE.model, test: test, using: &generator)
    ),
    (
      "test images above their reconstructions", "graph-vae-reconstructions.png",
      try reconstructions(graphVAE.model, test: test, using: &generator)
    ),
  ]
  return try pictures.map { subject, name, figure in
    let path = folder + "/" + name
    try figure.write(to: path)
    return (subject, path)
  }
}

/// The test ELBO over the epochs. The first epochs are omitted because they would dominate the
/// vertical range. If there are many epochs, each point is the mean over several.
private func trainingCurves(_ results: [Result]) -> LinePlot {
  LinePlot(
    title: "Evidence lower bound on the test images",
    xAxis: Axis("epoch"), yAxis: Axis("ELBO", unit: "nats an image"),
    series: results.map { result in
      let shown = Array(result.history.dropFirst(result.history.count / 10))
      let size = max(1, shown.count / 50)
      let blocks = stride(from: 0, to: shown.count - size + 1, by: size).map {
        shown[$0..<$0 + size]
      }
      return Series(
        result.kind.rawValue, x: blocks.map { Double($0.last!.epoch) },
        y: blocks.map { block in
          block.reduce(0) { $0 + ($1.testELBO ?? .nan) } / Double(block.count)
        })
    })
}

/// The mean of each gate over the epochs (figure 3a of He et al., 2019). Its initial value is ½.
private func gateMeans(_ result: Result) -> LinePlot {
  LinePlot(
    title: "Graph VAE: probabilities of the edges",
    xAxis: Axis("epoch"), yAxis: Axis("mean of the gate", range: -0.03...1.03),
    series: result.model.graph.edgeNames.enumerated().map { edge, name in
      Series(
        name, x: [0] + result.history.map { Double($0.epoch) },
        y: [0.5] + result.history.map { $0.edgeProbabilities?[edge] ?? .nan },
        style: .line.colored(.ofEdge(edge)))
    },
    legend: .outside)
}

/// The graph with its edges drawn by their probability, in the colours of the plot (figure 3b).
private func learnedStructure(_ result: Result) -> DirectedGraphPlot {
  let graph = result.model.graph
  return DirectedGraphPlot(
    title: "Graph VAE: the graph after \(result.history.count) epochs", graph: graph,
    probabilities: result.model.edgeProbabilities,
    colors: graph.edges.indices.map { Color.ofEdge($0) })
}

/// The decoder's images for latents that are sampled from the prior.
private func priorSamples(
  _ model: LatentGraphModel<Float>, test: ImageBatches<Float>, using generator: inout Philox
) throws -> ImageGrid {
  let latents = model.samplePrior(8 * columns, using: &generator)
  return grid(try pixels(latents, model), test: test)
}

/// Test images, and below each its reconstruction from the posterior means.
private func reconstructions(
  _ model: LatentGraphModel<Float>, test: ImageBatches<Float>, using generator: inout Philox
) throws -> ImageGrid {
  let images = test.batch(Array(0..<4 * columns), using: &generator)
  let posterior = model.posterior(of: images, mode: .evaluation)
  // Ancestral sampling with zero noise: each node is at its mean given its parents.
  let trace = try model.recognition.sample(
    noise: model.graph.nodes.map { .zeros([images.shape[0], $0.dimension]) },
    messages: posterior.messages, gates: model.gates)
  let means = try pixels(trace.latents, model)
  let row = columns * images.shape[1]
  return grid(
    (0..<4).flatMap { index in
      let range = index * row..<(index + 1) * row
      return images.scalars[range] + means[range]
    },
    test: test)
}

private let columns = 16

private func pixels(
  _ latents: Tensor<Float>, _ model: LatentGraphModel<Float>
) throws -> [Float] {
  try model.observation(given: latents, mode: .evaluation).mean.scalars
}

private func grid(_ values: [Float], test: ImageBatches<Float>) -> ImageGrid {
  let (height, width) = (test.images.height, test.images.width)
  return ImageGrid(
    values: values, height: height, width: width, columns: columns, scale: max(1, 56 / height))
}
