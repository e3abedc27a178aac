import Experiments
import Foundation
import Programs
import Tensors

let structures = PrecisionFamily.allCases.map(\.rawValue)
let structure = Option.optional(
  "structure", oneOf: structures, help: "structure to measure (default: the table of all)")
let dimension = Option(
  "k", default: 4096, in: .range(1...1 << 24), help: "number of latent variables")
let batch = Option("batch", default: 64, in: .range(1...1 << 20), help: "number of samples")
let blockSize = Option(
  "block-size", default: 8, in: .range(1...256), help: "size of the blocks of a block chain")
let parameters = Option(
  "parameters", default: Parameters.perRow,
  help: "separate parameters for each sample, or one set for all")
let source = Option(
  "from", default: PrecisionSource.factor, help: "the given matrix: the factor L, or P = L Lᵀ")
let gradient = Option.flag(
  "gradient", help: "time Σz² and its gradient with respect to all parameters")
let threads = Option<Int?>.optional(
  "threads", in: .range(1...1024), help: "threads to use (default: all cores; 1 for the table)")
let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "folder for the table's figure")
let quick = Option.flag("quick", help: "a few small sizes, timed briefly")

let program = Program(
  "benchmark-sampling",
  summary:
    "Times samples of structured Gaussians, including the noise. Prints a JSON line for each "
    + "measurement.",
  options: [
    structure, dimension, blockSize, batch, parameters, source, gradient, threads, figures, quick,
  ])

let arguments = program.parseOrExit()
let ofOneCase: [any AnyOption] = [dimension, blockSize, batch, parameters, source, gradient]

if let name = arguments[structure] {
  if arguments.isGiven(figures) {
    program.exitWithUsage("--figures is for the table; leave out --structure")
  }
  if arguments.isGiven(blockSize), name != PrecisionFamily.blockChain.rawValue {
    program.exitWithUsage("--block-size is for --structure block-chain, not for \(name)")
  }
  let sampling = SamplingCase(
    example: PrecisionExample(
      PrecisionFamily(rawValue: name)!, dimension: arguments[dimension],
      blockSize: arguments[blockSize], source: arguments[source]),
    batch: arguments[batch], parameters: arguments[parameters],
    takesGradient: arguments[gradient])
  if let reason = sampling.refusal { program.exitWithUsage(reason) }
  if let count = arguments[threads] { Threads.limit = count }
  program.runOrExit {
    try sampling.measured(budget: arguments[quick] ? 0.02 : 1).emitLine()
  }
} else {
  if let stray = ofOneCase.first(where: { arguments.isGiven($0) }) {
    program.exitWithUsage("--\(stray.name) needs --structure; without it the table is measured")
  }
  Threads.limit = arguments[threads] ?? 1
  program.runOrExit {
    try prepareFolder(arguments[figures])
    let table = try SamplingTable.measured(isQuick: arguments[quick])
    print(table.report)
    let path = URL(fileURLWithPath: arguments[figures]).appendingPathComponent("sampling.svg")
    try table.figure.write(to: path)
    print("\nfigure: \(path.path)")
  }
}
