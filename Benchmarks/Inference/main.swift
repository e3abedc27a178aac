import Experiments
import Foundation
import Programs
import Tensors

let structure = Option.optional(
  "structure", oneOf: PrecisionFamily.allCases.map(\.rawValue),
  help: "structure to measure (default: a table of all)")
let work = Option("work", default: Work.factor, help: "work to time")
let peers = Option.optional(
  "peer-work", oneOf: PeerWork.allCases.map(\.rawValue),
  help: "work of the peers' programs: a state-space smoother with its likelihood, or a "
    + "graphical lasso")
let growth = Option.flag(
  "growth", help: "measure how the time grows with the number of variables, for each structure")
let dimension = Option("k", default: 4096, in: .range(1...1 << 24), help: "number of variables")
let blockSize = Option(
  "block-size", default: 8, in: .range(1...256), help: "size of the blocks of a block chain")
let batch = Option("batch", default: 1, in: .range(1...1 << 16), help: "number of samples")
let scalar = Option("scalar", default: ScalarKind.float, help: "scalar type")
let threads = Option<Int?>.optional(
  "threads", in: .range(1...1024), help: "threads to use (default: all cores)")
let quick = Option.flag("quick", help: "small sizes, timed briefly")

let program = Program(
  "benchmark-inference",
  summary: "Times exact inference on structured Gaussians: factorization, selected inverse, "
    + "conditioning, KL. Prints a JSON line for each measurement.",
  options: [structure, work, peers, growth, dimension, blockSize, batch, scalar, threads, quick])

let arguments = program.parseOrExit()
let budget = arguments[quick] ? 0.02 : 1
if let count = arguments[threads] { Threads.limit = count }

if arguments[growth] {
  let others: [any AnyOption] = [structure, work, peers, dimension, blockSize, batch]
  if let stray = others.first(where: { arguments.isGiven($0) }) {
    program.exitWithUsage("--\(stray.name) cannot be combined with --growth")
  }
  Threads.limit = arguments[threads] ?? 1
  program.runOrExit {
    print(try InferenceGrowth(isQuick: arguments[quick], arguments[scalar]).report)
  }
} else if let name = arguments[peers] {
  if let stray = ([structure, work, batch] as [any AnyOption]).first(where: {
    arguments.isGiven($0)
  }) {
    program.exitWithUsage("--\(stray.name) cannot be combined with --peer-work")
  }
  if name == PeerWork.smoother.rawValue, arguments[dimension] % arguments[blockSize] != 0 {
    program.exitWithUsage(
      "\(arguments[dimension]) variables are not a multiple of the state dimension \(arguments[blockSize]): "
        + "change --k or --block-size")
  }
  if name == PeerWork.graphicalLasso.rawValue {
    for option in [blockSize, scalar] as [any AnyOption] where arguments.isGiven(option) {
      program.exitWithUsage("--\(option.name) cannot be combined with --peer-work graphical-lasso")
    }
  }
  program.runOrExit {
    try PeerWork(rawValue: name)!.measure(
      dimension: arguments[dimension], blockSize: arguments[blockSize], arguments[scalar],
      budget: budget)
  }
} else if let name = arguments[structure] {
  let family = PrecisionFamily(rawValue: name)!
  let example = PrecisionExample(
    family, dimension: arguments[dimension], blockSize: arguments[blockSize],
    source: family == .extendedGrid ? .factor : .precision)
  if let reason = example.refusal { program.exitWithUsage(reason) }
  if arguments.isGiven(blockSize), family != .blockChain {
    program.exitWithUsage("--block-size is for --structure block-chain, not for \(name)")
  }
  if arguments.isGiven(batch), arguments[work] != .sample {
    program.exitWithUsage("--batch is for --work sample; all other work uses one precision")
  }
  if family == .dense, arguments[dimension] > 1 << 13 {
    program.exitWithUsage("a dense precision of \(arguments[dimension]) variables is too large")
  }
  program.runOrExit {
    try InferenceMeasurement(
      InferenceCase(example: example, work: arguments[work], batch: arguments[batch]),
      arguments[scalar], budget: budget
    ).emitLine()
  }
} else {
  let ofOneCase: [any AnyOption] = [work, dimension, blockSize, batch]
  if let stray = ofOneCase.first(where: { arguments.isGiven($0) }) {
    program.exitWithUsage("--\(stray.name) needs --structure; without it all are measured")
  }
  program.runOrExit {
    print(try InferenceTable(isQuick: arguments[quick], arguments[scalar]).report)
  }
}
