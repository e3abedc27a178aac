import Tensors

/// The values of a program's options after parsing.
package struct Arguments: Sendable {
  private let program: String
  private var values: [String: any Sendable]
  private var given: Set<String> = []

  init(defaultsOf options: [any AnyOption], program: String) {
    self.program = program
    values = Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.anyDefault) })
  }

  mutating func set(_ name: String, to value: any Sendable) {
    values[name] = value
    given.insert(name)
  }

  /// The option's value: the one given, else its default.
  package subscript<Value>(option: Option<Value>) -> Value {
    guard let value = values[option.name] as? Value else {
      stop("\(program) reads --\(option.name), which is not among its options")
    }
    return value
  }

  /// The option's value where it is given; else `brief`, where there is one, as of a quick form of the
  /// program; else the default.
  package subscript<Value>(option: Option<Value>, else brief: Value?) -> Value {
    if let brief, !isGiven(option) { return brief }
    return self[option]
  }

  /// Whether the option stood on the command line, even with its default's value.
  package func isGiven(_ option: any AnyOption) -> Bool { given.contains(option.name) }

  /// Whether any option stood on the command line.
  package var isEmpty: Bool { given.isEmpty }
}
