import Experiments
import Inference
import Programs
import VariationalAutoencoders

/// The options of the program.
enum Options {
  // The model.
  static let model = Option(
    "model", default: ModelKind.diagonal,
    help: "posterior of the poster's model, or a model of He et al. (2019)")
  static let latents = Option.optional(
    "latents", in: .range(1...4096),
    help: "number of latent variables (default: 16; 80 for vae); a square number for the grids")
  static let hidden = Option(
    "hidden", default: 500, in: .range(1...65_536),
    help: "units of each hidden layer of the poster's models")
  static let nodes = Option(
    "nodes", default: 5, in: .range(1...64), help: "nodes of a latent graph")
  static let nodeDimension = Option(
    "node-dim", default: 16, in: .range(1...4096), help: "dimensions of a node")
  static let decoder = Option(
    "decoder", default: DecoderInput.all, help: "nodes that are the decoder's input")

  // The data.
  static let dataset = Option("dataset", default: ImageSet.digits, help: "data set of images")
  static let data = Option.optionalPath(
    "data",
    help: "folder of the images, or one that contains it (default: LATENTGRAPHS_DATA)")
  static let binarization = Option(
    "binarize", default: "dynamic", oneOf: ["dynamic", "static", "threshold"],
    help: "how training pixels become bits")
  static let observation = Option.optional(
    "observation", oneOf: ObservationKind.allCases.map(\.rawValue),
    help:
      "distribution of the pixels: bits, or dequantized numbers (default: normal for cifar10, else "
      + "bernoulli)")
  static let observationStructure = Option(
    "observation-structure", default: PixelStructure.independent,
    help: "graph of logit-normal pixels")
  static let observationPrecision = Option(
    "observation-precision", default: ObservationPrecision.scaled,
    help:
      "what is separate for each image in the precision of logit-normal pixels: nothing, the scales, or "
      + "scales and edges")

  // The objective.
  static let objective = Option(
    "objective", default: ObjectiveKind.elbo,
    help: "the ELBO, or the importance-weighted bound with its plain or doubly reparameterized "
      + "gradient")
  static let importanceSamples = Option(
    "importance-samples", default: 5, in: .range(1...10_000),
    help: "samples for each image in the importance-weighted bound")
  static let divergence = Option(
    "kl", default: "exact", oneOf: ["exact", "sampled"], help: "the KL of the ELBO")
  static let warmUp = Option(
    "kl-warm-up", default: 0.0, in: .range(0...1e6),
    help: "epochs over which the weight of the KL increases from 0 to 1")
  static let freeNats = Option(
    "free-nats", default: 0.0, in: .range(0...1e6),
    help: "nats of each node's KL that are not penalized")
  static let estimator = Option(
    "estimator", default: EstimatorKind.gumbelSoftmax,
    help: "gradient estimator of the gates if the structure is learned")

  // Training.
  static let epochs = Option(
    "epochs", default: 30, in: .range(0...100_000), help: "epochs of training")
  static let batch = Option(
    "batch", default: 64, in: .range(1...65_536), help: "images in a training step")
  static let rate = Option(
    "learning-rate", default: 1e-3, in: .positiveFloat, help: "learning rate of Adam")
  static let schedule = Option(
    "schedule", default: RateSchedule.constant,
    help:
      "schedule of the learning rate; paper: times 0.25 every 200 epochs; cosine: to 0 at the end")
  static let schedulePeriod = Option(
    "schedule-period", default: RateSchedule.paperPeriod, in: .above(0),
    help: "epochs between two steps of the paper's schedules")
  static let rateWarmUp = Option(
    "rate-warm-up", default: 0.0, in: .range(0...1e6),
    help: "epochs over which the learning rate increases from 0 at the start")
  static let average = Option.optional(
    "average", in: .range(0...0.999999999),
    help: "decay of a moving average of the weights; the average is evaluated")
  static let outputBias = Option(
    "output-bias", default: OutputBias.random,
    help: "initial bias of the decoder's last layer; log-odds: those of each pixel's mean")
  static let validation = Option.optional(
    "validation", in: .range(1...1_000_000),
    help: "training images, from the end, that are held out to choose the best epoch")
  static let evaluationPeriod = Option(
    "evaluate-every", default: 1, in: .range(1...100_000),
    help: "epochs between two evaluations of the held-out images")
  static let seed = Option(
    "seed", default: 0, in: .range(0...Int.max), help: "seed of all random numbers")
  static let run = Option.optionalPath("run", help: "folder for the checkpoint and the metrics")
  static let resume = Option.flag("resume", help: "continue the run in the folder of --run")

  // Scoring.
  static let score = Option(
    "score", default: ScoredEpoch.last, help: "epoch whose model is scored in the last line")
  static let samples = Option(
    "samples", default: 500, in: .range(1...1_000_000),
    help: "samples for the likelihood of an image")
  static let testImages = Option.optional(
    "test-images", in: .range(1...1_000_000),
    help: "test images for the likelihood, from a fixed shuffle (default: all)"
  )
  static let timesProducts = Option.flag(
    "time-products",
    help: "time the matrix products of the likelihood alone, with the library and with BLAS")

  static let all: [any AnyOption] = [
    model, latents, hidden, nodes, nodeDimension, decoder, dataset, data, binarization,
    observation, observationStructure, observationPrecision, objective, importanceSamples,
    divergence, warmUp, freeNats, estimator, epochs, batch, rate, schedule,
    schedulePeriod, rateWarmUp, average, outputBias, validation, evaluationPeriod, seed, run,
    resume, score, samples, testImages, timesProducts,
  ]
}

/// The nodes that are the decoder's input.
enum DecoderInput: String, CaseIterable, Sendable {
  case all, last

  var nodes: DecodedNodes { self == .all ? .all : .last }
}

/// The initial bias of the decoder's last layer.
enum OutputBias: String, CaseIterable, Sendable {
  case random
  case logOdds = "log-odds"
}

/// The epoch whose model is scored at the end: the last one, or the best one on the validation
/// images.
enum ScoredEpoch: String, CaseIterable, Sendable { case last, best }
