import Programs
import Tensors
import VariationalAutoencoders

/// The step of the classic VAE: the networks of He et al. (2019), appendix B, Adam at 1e-3.

let structure = Option(
  "structure", default: "none", oneOf: ["none"], help: "edges between the nodes of the latent graph"
)
let nodes = Option("nodes", default: 1, in: .range(1...1), help: "nodes of the latent graph")
let nodeDimension = Option(
  "node-dim", default: 80, in: .range(1...4096), help: "dimensions of a node")
let batch = Option("batch", default: 64, in: .range(2...65_536), help: "images a step")
let pixels = Option("pixels", default: 784, in: .range(1...1_000_000), help: "pixels of an image")
let steps = Option("steps", default: 200, in: .range(1...1_000_000), help: "steps that are timed")
let threads = Option.optional("threads", in: .range(1...256), help: "threads; all cores by default")

let arguments = Program(
  "benchmark-training-step",
  summary: "Times a training step of a VAE on random binary images; prints a line of JSON.",
  options: [structure, nodes, nodeDimension, batch, pixels, steps, threads]
).parseOrExit()

if let limit = arguments[threads] { Threads.limit = limit }

var generator = Philox(seed: 0)
let model = VAE<Float>(
  pixels: arguments[pixels], latents: arguments[nodes] * arguments[nodeDimension],
  using: &generator)
let timer = StepTimer(
  model, batch: arguments[batch], pixels: arguments[pixels], generator: generator)
let result = timer.measure(steps: arguments[steps])

emit([
  "peer": "latentgraphs", "structure": arguments[structure], "nodes": arguments[nodes],
  "node_dim": arguments[nodeDimension], "batch": arguments[batch], "threads": Threads.limit,
  "blas": blasCoreName(), "step_ms": result.milliseconds, "loss": timer.loss,
  "system_allocations": result.systemAllocations, "peak_mib": peakMemoryMiB(),
])
