import Foundation
import Programs
import Tensors

// Reads mutated files with every reader of the library. Each file must be read or refused with a
// typed error within a second of processor time. If the program crashes, it names the input.

let inputs = Option(
  "inputs", default: 20_000, in: .range(1...Int.max / 2),
  help: "number of mutated inputs for all readers together")
let seed = Option("seed", default: 0, in: .range(0...Int.max), help: "seed of the inputs")
let only = Option.optional(
  "reader", oneOf: FuzzedReader.Kind.allCases.map(\.rawValue), help: "test only this reader")
let single = Option.optional(
  "input", in: .range(0...Int.max), help: "read only this input of --reader, as named after a crash"
)
let saved = Option.optionalPath("save", help: "file to which the bytes of --input are written")

let program = Program(
  "fuzz-readers",
  summary: "Reads mutated files with every reader; prints a line of JSON with the counts for each.",
  options: [inputs, seed, only, single, saved])
let arguments = program.parseOrExit()
if arguments[single] != nil, arguments[only] == nil {
  program.exitWithUsage("--input needs --reader")
}
if arguments[saved] != nil, arguments[single] == nil {
  program.exitWithUsage("--save needs --input")
}

program.runOrExit {
  let kinds = FuzzedReader.Kind.allCases.filter {
    arguments[only].map($0.rawValue.elementsEqual) ?? true
  }
  let root = Philox(seed: UInt64(arguments[seed]))
  let weights = kinds.reduce(0) { $0 + $1.weight }
  for kind in kinds {
    let reader = try FuzzedReader(kind)
    defer { reader.removeFolder() }
    let stream = root.split(kind.rawValue.utf8.reduce(0 as UInt64) { $0 &* 31 &+ UInt64($1) })
    if let index = arguments[single] {
      var generator = stream.split(index)
      let bytes = reader.mutant(using: &generator)
      if let path = arguments[saved] { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
      print("\(bytes.count) bytes: \(try reader.read(bytes))")
      continue
    }
    // A single reader gets all inputs; otherwise each gets its share, at least one.
    let share = Double(arguments[inputs]) * Double(kind.weight) / Double(weights)
    var report = FuzzReport(kind, seed: arguments[seed])
    for index in 0..<max(Int(share), 1) {
      var generator = stream.split(index)
      let bytes = reader.mutant(using: &generator)
      try report.measure(index) { try reader.read(bytes) }
    }
    try report.finish()
  }
}
