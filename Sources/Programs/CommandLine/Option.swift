import Tensors

/// One command-line option, declared as a value: `--name`, the type of what it yields, a default.
///
/// An option with a default yields `Value`; the declarations without one, `optionalPath` and its
/// kin, yield an `Optional`; a flag yields `Bool`. Read it back with `arguments[option]`.
///
///     let k = Option("k", default: 4096, in: .range(1...1 << 20), help: "latent variables")
///     let structure = Option("structure", default: Structure.chain, help: "of the precision")
///     let gradient = Option.flag("gradient", help: "time the gradient too")
package struct Option<Value: Sendable>: Sendable {
  /// The name without its dashes.
  package let name: String
  /// What stands for the value in the usage, or `nil` for a flag, which takes none.
  package let placeholder: String?
  /// What `--help` says of the option.
  package let help: String
  /// The value where the option is not given.
  let defaultValue: Value
  /// The default as `--help` shows it, or `nil` where there is nothing to show.
  package let defaultText: String?
  /// The value that a text stands for; throws a `Mismatch` where it stands for none.
  let parse: @Sendable (String) throws -> Value

  init(
    name: String, placeholder: String?, help: String, defaultValue: Value, defaultText: String?,
    parse: @escaping @Sendable (String) throws -> Value
  ) {
    require(
      !name.isEmpty && !name.hasPrefix("-") && !name.contains("=") && !name.contains(" "),
      "an option's name is written without dashes, '=' and spaces, not as '\(name)'")
    require(name != "help" && name != "h", "every program has --help already")
    self.name = name
    self.placeholder = placeholder
    self.help = help
    self.defaultValue = defaultValue
    self.defaultText = defaultText
    self.parse = parse
  }
}

/// What a value should have been: the end of the sentence "--k must be …".
package struct Mismatch: Error {
  /// Without its full stop.
  package let expected: String
}

/// An option of any value, as a `Program` holds it: what parsing and the help need.
package protocol AnyOption: Sendable {
  /// The name without its dashes.
  var name: String { get }
  /// What stands for the value in the usage, or `nil` for a flag, which takes none.
  var placeholder: String? { get }
  /// What `--help` says of the option.
  var help: String { get }
  /// The default as `--help` shows it, or `nil` where there is nothing to show.
  var defaultText: String? { get }
  /// The value where the option is not given.
  var anyDefault: any Sendable { get }
  /// The value that a text stands for; throws a `Mismatch` where it stands for none.
  func parseAny(_ text: String) throws -> any Sendable
}

extension Option: AnyOption {
  package var anyDefault: any Sendable { defaultValue }
  package func parseAny(_ text: String) throws -> any Sendable { try parse(text) }
}
