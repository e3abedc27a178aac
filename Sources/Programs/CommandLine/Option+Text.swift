import Tensors

extension Option where Value == Bool {
  /// A flag: `true` if it is given. It takes no value.
  public static func flag(_ name: String, help: String) -> Self {
    Self(
      name: name, placeholder: nil, help: help, defaultValue: false, defaultText: nil,
      parse: { _ in true })
  }
}

extension Option where Value == String {
  /// Any text that is not empty.
  public init(_ name: String, default value: String, placeholder: String = "TEXT", help: String) {
    self.init(
      name: name, placeholder: placeholder, help: help, defaultValue: value,
      defaultText: value.isEmpty ? nil : value, parse: nonEmpty)
  }

  /// One of the texts in `choices`.
  public init(_ name: String, default value: String, oneOf choices: [String], help: String) {
    require(choices.contains(value), "the default of --\(name) must be one of \(choices)")
    self.init(
      name: name, placeholder: choices.joined(separator: "|"), help: help, defaultValue: value,
      defaultText: value, parse: { try choice($0, of: choices) })
  }
}

extension Option where Value == String? {
  /// Any text that is not empty, or `nil` if the option is not given.
  public static func optional(
    _ name: String, placeholder: String = "TEXT", help: String
  ) -> Self {
    Self(
      name: name, placeholder: placeholder, help: help, defaultValue: nil, defaultText: nil,
      parse: nonEmpty)
  }

  /// The path of a file or folder, or `nil` if the option is not given. Whether the path exists is
  /// not checked.
  public static func optionalPath(_ name: String, help: String) -> Self {
    .optional(name, placeholder: "PATH", help: help)
  }

  /// One of the texts in `choices`, or `nil` if the option is not given.
  public static func optional(_ name: String, oneOf choices: [String], help: String) -> Self {
    Self(
      name: name, placeholder: choices.joined(separator: "|"), help: help, defaultValue: nil,
      defaultText: nil, parse: { try choice($0, of: choices) })
  }
}

extension Option
where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the cases of an enumeration, written as its raw value.
  public init(_ name: String, default value: Value, help: String) {
    let choices = Value.allCases.map(\.rawValue)
    self.init(
      name: name, placeholder: choices.joined(separator: "|"), help: help, defaultValue: value,
      defaultText: value.rawValue,
      parse: { text in
        guard let value = Value(rawValue: try choice(text, of: choices)) else {
          throw Mismatch(expected: list(choices))
        }
        return value
      })
  }
}

@Sendable private func nonEmpty(_ text: String) throws -> String {
  guard !text.isEmpty else { throw Mismatch(expected: "a text that is not empty") }
  return text
}

private func choice(_ text: String, of choices: [String]) throws -> String {
  guard choices.contains(text) else { throw Mismatch(expected: list(choices)) }
  return text
}

/// "a", "a or b", "a, b or c".
private func list(_ choices: [String]) -> String {
  guard let last = choices.last, choices.count > 1 else { return choices.joined() }
  return choices.dropLast().joined(separator: ", ") + " or " + last
}
