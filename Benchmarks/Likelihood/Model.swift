import Experiments
import Inference
import Programs
import Tensors
import VariationalAutoencoders

/// The model that the options describe.
func makeModel(
  _ arguments: Arguments, images: ExperimentImages, using generator: inout Philox
) -> LatentGraphModel<Float> {
  let kind = arguments[Options.model]
  let latents = latents(arguments)
  guard let latentGraph = kind.latentGraph else {
    guard let structure = kind.structure(latents: latents) else {
      stop("no \(kind.rawValue) of \(latents) latents")
    }
    return GaussianGraphVAE(
      pixels: images.pixels, structure: structure, hidden: arguments[Options.hidden],
      pixelKind: images.pixelKind, using: &generator
    ).model
  }
  let (nodes, dimension) =
    kind.hasNodes ? (arguments[Options.nodes], arguments[Options.nodeDimension]) : (1, latents)
  return latentGraph.make(
    pixels: images.pixels, nodes: nodes, dimension: dimension, pixelKind: images.pixelKind,
    decodes: arguments[Options.decoder].nodes, using: &generator)
}
