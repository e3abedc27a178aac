import Programs
import TestSupport
import Testing

enum Structure: String, CaseIterable, Sendable {
  case diagonal
  case chain
  case extendedGrid = "extended-grid"
}

private let k = Option("k", default: 4096, in: .range(1...1_048_576), help: "latent variables")
private let rate = Option("learning-rate", default: 1e-3, in: .above(0), help: "of Adam")
private let shift = Option("shift", default: 0.0, help: "of the mean")
private let structure = Option("structure", default: Structure.chain, help: "of the precision")
private let from = Option("from", default: "L", oneOf: ["L", "P"], help: "what is given")
private let threads = Option.optional("threads", in: .atLeast(1), help: "at most")
private let data = Option.optionalPath("data", help: "a folder")
private let gradient = Option.flag("gradient", help: "time the gradient too")

private let program = Program(
  "benchmark", summary: "Times something.",
  options: [k, rate, shift, structure, from, threads, data, gradient])

private func arguments(_ line: String...) throws -> Arguments {
  guard case .run(let arguments) = try program.parse(line) else {
    throw UsageError.strayArgument("--help")
  }
  return arguments
}

@Suite struct CommandLineTests {
  @Test func givesDefaultsWhereNothingIsGiven() throws {
    let values = try arguments()
    #expect(values[k] == 4096)
    #expect(values[rate] == 1e-3)
    #expect(values[structure] == .chain)
    #expect(values[from] == "L")
    #expect(values[threads] == nil)
    #expect(values[data] == nil)
    #expect(values[gradient] == false)
    #expect(values.isEmpty)
  }

  @Test func readsBothWaysOfWritingAValue() throws {
    let values = try arguments(
      "--k", "16", "--learning-rate=0.5", "--structure=extended-grid", "--from", "P",
      "--threads", "2", "--data=a=b", "--gradient", "--shift", "-1.5")
    #expect(values[k] == 16)
    #expect(values[rate] == 0.5)
    #expect(values[structure] == .extendedGrid)
    #expect(values[from] == "P")
    #expect(values[threads] == 2)
    #expect(values[data] == "a=b")
    #expect(values[gradient])
    #expect(values[shift] == -1.5)
  }

  @Test func tellsAGivenDefaultFromNone() throws {
    let values = try arguments("--k", "4096")
    #expect(values.isGiven(k))
    #expect(!values.isGiven(rate))
    #expect(!values.isEmpty)
  }

  @Test(arguments: [
    (["--depth", "3"], "unknown option --depth"),
    (["--structur", "chain"], "unknown option --structur; did you mean --structure?"),
    (["-k", "3"], "unknown option -k; did you mean --k?"),
    (["--k"], "--k needs a value; write it after the option"),
    (["--k", "--gradient"], "--k needs a value; write it after the option"),
    (["--k="], "--k must be a whole number from 1 to 1048576, not ''"),
    (["--k", "0"], "--k must be a whole number from 1 to 1048576, not '0'"),
    (["--k", "-3"], "--k must be a whole number from 1 to 1048576, not '-3'"),
    (["--k", "1048577"], "--k must be a whole number from 1 to 1048576, not '1048577'"),
    (["--k", "1.5"], "--k must be a whole number from 1 to 1048576, not '1.5'"),
    (
      ["--k", "99999999999999999999"],
      "--k must be a whole number from 1 to 1048576, not '99999999999999999999'"
    ),
    (["--learning-rate", "0"], "--learning-rate must be a number above 0.0, not '0'"),
    (["--learning-rate", "nan"], "--learning-rate must be a number above 0.0, not 'nan'"),
    (["--shift", "inf"], "--shift must be a number, not 'inf'"),
    (["--shift", "1,5"], "--shift must be a number, not '1,5'"),
    (["--threads", "0"], "--threads must be a whole number of at least 1, not '0'"),
    (
      ["--structure", "ring"], "--structure must be diagonal, chain or extended-grid, not 'ring'"
    ),
    (["--from", "l"], "--from must be L or P, not 'l'"),
    (["--data", ""], "--data must be a text that is not empty, not ''"),
    (["--gradient=yes"], "--gradient takes no value, but 'yes' is given"),
    (["--k", "3", "--k", "4"], "--k is given twice; give it once"),
    (["--gradient", "--gradient"], "--gradient is given twice; give it once"),
    (["--k", "3", "more"], "unexpected argument 'more'; options begin with --"),
    (["--"], "unexpected argument '--'; options begin with --"),
    ([""], "unexpected argument ''; options begin with --"),
  ])
  func refuses(line: [String], message: String) {
    let error = #expect(throws: UsageError.self) { _ = try program.parse(line) }
    #expect(error?.description == message)
  }

  @Test(arguments: [["--help"], ["-h"], ["--k", "0", "--help"]])
  func explainsItself(line: [String]) throws {
    guard case .help = try program.parse(line) else {
      Issue.record("\(line) is not parsed as a request for help")
      return
    }
  }

  @Test func helpShowsEveryOptionWithItsDefault() {
    #expect(
      program.help == """
        Times something.

        usage: benchmark [--k N] [--learning-rate X] [--shift X]
                         [--structure diagonal|chain|extended-grid] [--from L|P]
                         [--threads N] [--data PATH] [--gradient] [--help]

          --k N              latent variables (default: 4096)
          --learning-rate X  of Adam (default: 0.001)
          --shift X          of the mean (default: 0.0)
          --structure diagonal|chain|extended-grid
                             of the precision (default: chain)
          --from L|P         what is given (default: L)
          --threads N        at most
          --data PATH        a folder
          --gradient         time the gradient too
          --help             this text
        """)
  }

  @Test func halfOpenRangesExcludeTheirUpperEnd() throws {
    let share = Option("share", default: 0.5, in: .range(0..<1), help: "kept")
    let program = Program("test", summary: "", options: [share])
    let error = #expect(throws: UsageError.self) { try program.parse(["--share", "1"]) }
    #expect(error?.description == "--share must be a number from 0.0 to below 1.0, not '1'")
  }
}

@Suite struct ProgramExitTests {
  @Test func badLinesExitWithStatusTwoAndUsage() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(2), observing: [\.standardErrorContent]
    ) {
      let k = Option("k", default: 1, in: .range(1...9), help: "a size")
      _ = Program("tester", summary: "Tests.", options: [k]).parseOrExit(["--k", "10"])
    }
    expectMessage(result, "tester: --k must be a whole number from 1 to 9, not '10'\nusage: tester")
  }

  @Test func helpExitsWithStatusZeroOnStandardOutput() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent]
    ) {
      _ = Program("tester", summary: "Tests.", options: []).parseOrExit(["--help"])
    }
    let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    #expect(text.contains("Tests.\n\nusage: tester [--help]"))
  }

  @Test func errorsOfTheBodyExitWithStatusOne() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      Program("tester", summary: "Tests.", options: []).runOrExit {
        throw UsageError.missingValue(option: "x")
      }
    }
    expectMessage(result, "tester: --x needs a value; write it after the option\n")
  }

  @Test func declaringAnOptionTwiceStops() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let k = Option("k", default: 1, help: "a size")
        _ = Program("tester", summary: "Tests.", options: [k, k])
      }, "tester declares an option twice")
  }

  @Test func readingAnUndeclaredOptionStops() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let k = Option("k", default: 1, help: "a size")
        _ = Program("tester", summary: "Tests.", options: []).parseOrExit([])[k]
      }, "tester reads --k, which is not declared")
  }
}
