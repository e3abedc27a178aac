import Tensors

/// The values of a program's options after parsing.
public struct Arguments: Sendable {
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

  /// The value of an option: the given one, or the default.
  public subscript<Value>(option: Option<Value>) -> Value {
    guard let value = values[option.name] as? Value else {
      stop("\(program) reads --\(option.name), which is not declared in its options")
    }
    return value
  }

  /// The value of an option: the given one; otherwise `brief`, if it is not `nil` (the value in the
  /// quick form of a program); otherwise the default.
  public subscript<Value>(option: Option<Value>, else brief: Value?) -> Value {
    if let brief, !isGiven(option) { return brief }
    return self[option]
  }

  /// Whether the option was given on the command line, even if with its default value.
  public func isGiven(_ option: any AnyOption) -> Bool { given.contains(option.name) }

  /// Whether no option was given on the command line.
  public var isEmpty: Bool { given.isEmpty }
}
