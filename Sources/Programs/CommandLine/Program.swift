import Tensors

/// A command-line program: its name, what it does, and its options.
///
///     let program = Program(
///       "benchmark-sampling", summary: "Times samples of structured Gaussians.",
///       options: [k, structure, gradient])
///     let arguments = program.parseOrExit()
///     run(k: arguments[k], structure: arguments[structure])
///
/// A value is given as `--k 4096` or `--k=4096`. A value may begin with one dash (`--shift -3`); a
/// value that begins with two dashes requires the form with `=`.
public struct Program: Sendable {
  /// The name of the executable.
  public let name: String
  /// A one-sentence description of the program.
  public let summary: String
  let options: [any AnyOption]

  /// Creates a program; `--help` lists the options in this order.
  public init(_ name: String, summary: String, options: [any AnyOption]) {
    let names = options.map(\.name)
    require(Set(names).count == names.count, "\(name) declares an option twice: \(names)")
    self.name = name
    self.summary = summary
    self.options = options
  }

  /// The result of parsing a command line.
  public enum Request: Sendable {
    /// Run with these values.
    case run(Arguments)
    /// Print the help: `--help` or `-h` occurs on the line.
    case help
  }

  /// Parses the arguments that follow the program's name.
  ///
  /// - Throws: `UsageError` for the first invalid argument.
  public func parse(_ line: [String]) throws -> Request {
    if line.contains("--help") || line.contains("-h") { return .help }
    var arguments = Arguments(defaultsOf: options, program: name)
    var rest = line[...]
    var seen: Set<String> = []
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-", word != "--" else {
        throw UsageError.strayArgument(word)
      }
      let (flag, attached) = split(word)
      let option = try option(named: flag)
      guard seen.insert(option.name).inserted else {
        throw UsageError.repeated(option: option.name)
      }
      let text = try value(of: option, attached: attached, rest: &rest)
      arguments.set(option.name, to: try parse(text, as: option))
    }
    return .run(arguments)
  }

  /// Splits `--k=4096` into `--k` and `4096`.
  private func split(_ word: String) -> (flag: String, attached: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  private func option(named flag: String) throws -> any AnyOption {
    let bare = String(flag.drop { $0 == "-" })
    if flag == "--" + bare, let option = options.first(where: { $0.name == bare }) {
      return option
    }
    throw UsageError.unknownOption(flag, nearest: nearest(to: bare, among: options.map(\.name)))
  }

  private func value(
    of option: any AnyOption, attached: String?, rest: inout ArraySlice<String>
  ) throws -> String {
    if option.placeholder == nil {
      if let attached {
        throw UsageError.unexpectedValue(option: option.name, found: attached)
      }
      return ""
    }
    if let attached { return attached }
    guard let next = rest.first, !next.hasPrefix("--") else {
      throw UsageError.missingValue(option: option.name)
    }
    rest.removeFirst()
    return next
  }

  private func parse(_ text: String, as option: any AnyOption) throws -> any Sendable {
    do {
      return try option.parseAny(text)
    } catch let mismatch as Mismatch {
      throw UsageError.invalidValue(
        option: option.name, expected: mismatch.expected, found: text)
    }
  }
}
