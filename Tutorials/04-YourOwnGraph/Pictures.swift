import Datasets
import Figures
import Inference
import LatentGraphs
import Tensors

/// A trained model and its scores on the test images, in nats an image.
struct Result {
  let name: String
  let model: LatentGraphModel<Float>
  let bound: BoundEstimate
  let logLikelihood: Double
  let seconds: Double
}

/// Draws the graph, the chain of the stroke, and the effect of interventions on the stroke; returns
/// the subjects and paths of the pictures.
func drawPictures(
  of result: Result, test: ImageBatches<Float>, folder: String, using generator: inout Philox
) throws -> [(subject: String, path: String)] {
  let model = result.model
  let graph = DirectedGraphPlot(
    title: "Your own latent graph", net: model.prior, probabilities: model.edgeProbabilities)
  let pictures: [(String, String, any Figure)] = [
    ("the graph, edges by their probability", "own-graph.svg", graph),
    ("the same for Graphviz", "own-graph.dot", graph),
    (
      "the precision of the stroke given an image", "own-graph-stroke.svg",
      strokePrecision(model, test: test, using: &generator)
    ),
    (
      "draws from the prior, a stroke a row", "own-graph-strokes.png",
      try strokesByIntervention(model, side: test.images.height, using: &generator)
    ),
  ]
  return try pictures.map { subject, name, figure in
    let path = folder + "/" + name
    try figure.write(to: path)
    return (subject, path)
  }
}

/// The precision of the stroke's posterior for one image: a tridiagonal matrix.
private func strokePrecision(
  _ model: LatentGraphModel<Float>, test: ImageBatches<Float>, using generator: inout Philox
) -> MatrixPlot {
  let posterior = model.posterior(
    of: test.batch([0], using: &generator), mode: .evaluation)
  let trace = model.recognition.sample(
    [1], messages: posterior.messages, gates: model.gates, using: &generator)
  // The distribution of a node is the one that its conditional returns: here a Gaussian graphical
  // model.
  guard let stroke = trace.conditionals[1] as? GaussianGraphicalModel<Float> else {
    fatalError("the stroke is not a GaussianGraphicalModel")
  }
  let names = (1...12).map { "\($0)" }
  return MatrixPlot(
    title: "Precision of the stroke, given an image", values: stroke.precision.matrix.scalars,
    rows: 12, columns: 12, style: .heatMap(label: "precision"), rowNames: names, columnNames: names)
}

/// Rows of samples that share one stroke: `do(stroke = s)`, where all other nodes are sampled from
/// the prior. An intervention removes the edges into its node, so that the style does not depend on
/// it.
private func strokesByIntervention(
  _ model: LatentGraphModel<Float>, side: Int, using generator: inout Philox
) throws -> ImageGrid {
  let (strokes, columns) = (6, 16)
  let drawn = model.prior.sample([strokes], gates: model.gates, using: &generator)["stroke"]
  var pixels: [Float] = []
  for index in 0..<strokes {
    let stroke = drawn.slice(index..<index + 1, axis: 0).reshaped(to: [12])
    let trace = try model.prior.sample(
      noise: model.graph.nodes.map { .normal([columns, $0.dimension], using: &generator) },
      gates: model.gates, intervening: ["stroke": stroke])
    pixels += try model.observation(given: trace.latents, mode: .evaluation).mean.scalars
  }
  return ImageGrid(values: pixels, height: side, width: side, columns: columns, scale: 7)
}
