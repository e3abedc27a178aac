import Experiments
import Inference
import LatentGraphs
import Measurements
import Programs
import Tensors
import VariationalAutoencoders

/// Times the training step of a VAE with a latent graph: the networks of He et al. (2019), appendix
/// B, Adam at 1e-3.

enum Edges: String, CaseIterable { case gated, full, chain, none }

let structure = Option(
  "structure", default: Edges.gated,
  help: "edges between the nodes: learned gates, all, a chain, or none")
let nodes = Option("nodes", default: 5, in: .range(1...64), help: "nodes of the latent graph")
let nodeDimension = Option(
  "node-dim", default: 16, in: .range(1...4096), help: "dimensions of a node")
let batch = Option("batch", default: 64, in: .range(2...65_536), help: "images in a step")
let pixels = Option("pixels", default: 784, in: .range(1...1_000_000), help: "pixels of an image")
let steps = Option("steps", default: 200, in: .range(1...1_000_000), help: "number of timed steps")
let threads = Option.optional(
  "threads", in: .range(1...256), help: "threads to use (default: all cores)")

let program = Program(
  "benchmark-training-step",
  summary: "Times a training step of a VAE on random binary images; prints a line of JSON.",
  options: [structure, nodes, nodeDimension, batch, pixels, steps, threads]
)
let arguments = program.parseOrExit()

if let limit = arguments[threads] { Threads.limit = limit }

var generator = Philox(seed: 0)
let (count, dimension) = (arguments[nodes], arguments[nodeDimension])
let memory = TrainingMemory(
  pixels: arguments[pixels], nodes: count, dimension: dimension
) { node in
  switch arguments[structure] {
  case .gated, .full: node
  case .chain: min(node, 1)
  case .none: 0
  }
}
if let reason = memory.shortage(batch: arguments[batch]) { program.exitWithUsage(reason) }
let graph: LatentGraph
switch arguments[structure] {
case .gated, .full: graph = .fullyConnected(nodes: count, dimension: dimension)
case .chain: graph = .chain(nodes: count, dimension: dimension)
case .none:
  graph = try LatentGraph((0..<count).map { .init("z\($0 + 1)", dimension: dimension) })
}
let model = LatentGraphModel<Float>(
  pixels: arguments[pixels], graph: graph, learnsStructure: arguments[structure] == .gated,
  using: &generator)
let timer = StepTimer(
  model, batch: arguments[batch], pixels: arguments[pixels], generator: generator)
let result = timer.measure(steps: arguments[steps])

emit([
  "peer": "latentgraphs", "structure": arguments[structure].rawValue, "nodes": arguments[nodes],
  "node_dim": arguments[nodeDimension], "batch": arguments[batch], "threads": Threads.limit,
  "blas": blasCoreName(), "step_ms": result.milliseconds, "loss": timer.loss,
  "system_allocations": result.systemAllocations, "peak_mib": peakMemoryMiB(),
])
