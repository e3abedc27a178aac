import Experiments
import Foundation
import Programs
import Tensors

let structures = PrecisionFamily.allCases.map(\.rawValue)
let structure = Option.optional(
  "structure", oneOf: structures, help: "one measurement of this structure; without it, the table")
let dimension = Option("k", default: 4096, in: .range(1...1 << 24), help: "latent variables")
let batch = Option("batch", default: 64, in: .range(1...1 << 20), help: "samples at a time")
let blockSize = Option(
  "block-size", default: 8, in: .range(1...256), help: "variables of a block of a block chain")
let parameters = Option(
  "parameters", default: Parameters.perRow, help: "for each sample, or one set for all")
let source = Option(
  "from", default: PrecisionSource.factor, help: "what is given: the factor or P = L Lᵀ")
let gradient = Option.flag("gradient", help: "time Σz² and its gradient in all parameters")
let threads = Option<Int?>.optional(
  "threads", in: .range(1...1024), help: "cores to use (default: all; 1 for the table)")
let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "where the table's figure is written")
let quick = Option.flag("quick", help: "a few small sizes, timed briefly")

let program = Program(
  "benchmark-sampling",
  summary: "Times samples of structured Gaussians, noise and all. Prints a JSON line for each "
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
