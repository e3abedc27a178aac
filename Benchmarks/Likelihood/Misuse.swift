import Experiments
import Inference
import Programs

/// The reason why options that are valid individually are inconsistent; `nil` if they are
/// consistent.
func misuse(_ arguments: Arguments) -> String? {
  let model = arguments[Options.model]
  let name = "--model \(model.rawValue)"
  if arguments[Options.resume], arguments[Options.run] == nil { return "--resume needs --run" }
  if arguments[Options.score] == .best {
    if arguments[Options.run] == nil { return "--score best needs --run" }
    if arguments[Options.validation] == nil, arguments[Options.dataset] != .staticMNIST {
      return "--score best needs --validation"
    }
  }
  if arguments[Options.rateWarmUp] >= Double(arguments[Options.epochs]),
    arguments[Options.rateWarmUp] > 0
  {
    return "--rate-warm-up must be fewer epochs than --epochs"
  }
  let observation = observation(arguments)
  if arguments[Options.dataset] == .cifar10 {
    if observation.kind == .bernoulli { return "--observation bernoulli is not for cifar10" }
    if observation.kind == .logitNormal, observation.structure.isPlanar {
      return "--observation-structure \(observation.structure.rawValue) is for images of one plane"
    }
  }
  if let outOfPlace = scopes(arguments).first(where: { arguments.isGiven($0.option) && !$0.holds })
  {
    return "--\(outOfPlace.option.name) is for \(outOfPlace.use)"
  }
  if model.isGrid, model.structure(latents: latents(arguments)) == nil {
    return "--latents must be a square for \(name)"
  }
  if arguments[Options.freeNats] > 0, arguments[Options.divergence] == "sampled" {
    return "--free-nats needs --kl exact"
  }
  if !model.isPoster, arguments[Options.batch] == 1 {
    return "the batch norms of \(name) need a --batch of at least 2"
  }
  let nodes = arguments[Options.nodes]
  let edges = nodes * (nodes - 1) / 2
  if model.learnsStructure, arguments[Options.estimator] == .exhaustive,
    edges > GateEstimator.mostEdgesForExhaustive
  {
    return "--estimator exhaustive supports at most \(GateEstimator.mostEdgesForExhaustive) edges; "
      + "\(nodes) nodes have \(edges)"
  }
  return trainingMemory(arguments).shortage(batch: arguments[Options.batch])
}

/// A lower bound of the memory for training the model.
private func trainingMemory(_ arguments: Arguments) -> TrainingMemory {
  let model = arguments[Options.model]
  let pixels = arguments[Options.dataset].pixels
  if let structure = model.structure(latents: latents(arguments)) {
    return TrainingMemory(
      pixels: pixels, structure: structure, hidden: arguments[Options.hidden])
  }
  let (nodes, dimension) =
    model.hasNodes
    ? (arguments[Options.nodes], arguments[Options.nodeDimension]) : (1, latents(arguments))
  return (model.latentGraph ?? .vae).trainingMemory(
    pixels: pixels, nodes: nodes, dimension: dimension)
}

/// The options that apply only to some requests: whether they apply to this one, and to which they
/// apply.
private func scopes(
  _ arguments: Arguments
) -> [(option: any AnyOption, holds: Bool, use: String)] {
  let model = arguments[Options.model]
  let nodes = (model.hasNodes, "models of several nodes, not for --model \(model.rawValue)")
  let weighted = (arguments[Options.objective] != .elbo, "--objective iwae and dreg")
  let bound = (arguments[Options.objective] == .elbo, "--objective elbo")
  let observation = observation(arguments).kind
  let graphical = (observation == .logitNormal, "--observation logit-normal")
  let rows: [(any AnyOption, (Bool, String))] = [
    (Options.nodes, nodes), (Options.nodeDimension, nodes), (Options.decoder, nodes),
    (
      Options.latents,
      (!model.hasNodes, "models of one node; --nodes and --node-dim give the others their size")
    ),
    (Options.hidden, (model.isPoster, "diagonal, chain, extended-grid, grid and dense")),
    (Options.estimator, (model.learnsStructure, "graph-vae and graph-vae-fc-encoder")),
    (Options.importanceSamples, weighted), (Options.divergence, bound),
    (Options.warmUp, bound), (Options.freeNats, bound),
    (
      Options.schedulePeriod,
      (
        [.paper, .paperQuarterLess].contains(arguments[Options.schedule]),
        "--schedule paper and paper-0.75"
      )
    ), (Options.outputBias, (observation == .bernoulli, "--observation bernoulli")),
    (Options.binarization, (observation == .bernoulli, "--observation bernoulli")),
    (Options.observationStructure, graphical), (Options.observationPrecision, graphical),
    (
      Options.data,
      (arguments[Options.dataset] != .digits, "images other than the embedded digits")
    ),
  ]
  return rows.map { ($0.0, $0.1.0, $0.1.1) }
}

/// The observation model of the pixels.
func observation(_ arguments: Arguments) -> PixelObservation {
  PixelObservation(
    arguments[Options.observation].flatMap(ObservationKind.init(rawValue:))
      ?? arguments[Options.dataset].observation,
    structure: arguments[Options.observationStructure],
    precision: arguments[Options.observationPrecision])
}

/// The number of variables of a model with one node.
func latents(_ arguments: Arguments) -> Int {
  arguments[Options.latents] ?? (arguments[Options.model] == .vae ? 80 : 16)
}
