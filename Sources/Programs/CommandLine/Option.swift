import Tensors

/// The declaration of a command-line option: `--name`, the type of its value, and a default.
///
/// An option with a default has the type `Value`; `optional` and `optionalPath` have an `Optional`
/// value, and a flag has a `Bool`. Read the value with `arguments[option]`.
///
///     let k = Option("k", default: 4096, in: .range(1...1 << 20), help: "latent variables")
///     let structure = Option("structure", default: Structure.chain, help: "of the precision")
///     let gradient = Option.flag("gradient", help: "time the gradient too")
public struct Option<Value: Sendable>: Sendable {
  /// The name without its dashes.
  public let name: String
  /// The placeholder for the value in the usage; `nil` for a flag, which takes none.
  public let placeholder: String?
  /// The text for the option in `--help`.
  public let help: String
  /// The value if the option is not given.
  let defaultValue: Value
  /// The default as text for `--help`; `nil` if it is not shown.
  public let defaultText: String?
  /// Converts the text of a value; throws a `Mismatch` if the text is not valid.
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

/// The error of a text that is not a valid value of an option.
public struct Mismatch: DescribedError {
  /// The valid values: the end of the sentence "--k must be …", without a full stop.
  public let expected: String

  /// The error, with a description of the valid values.
  public init(expected: String) { self.expected = expected }

  /// What the value must be.
  public var description: String { "the value of the option must be \(expected)" }
}

/// An option with any type of value: the interface that parsing and help need.
public protocol AnyOption: Sendable {
  /// The name without its dashes.
  var name: String { get }
  /// The placeholder for the value in the usage; `nil` for a flag, which takes none.
  var placeholder: String? { get }
  /// The text for the option in `--help`.
  var help: String { get }
  /// The default as text for `--help`; `nil` if it is not shown.
  var defaultText: String? { get }
  /// The value if the option is not given.
  var anyDefault: any Sendable { get }
  /// Converts the text of a value; throws a `Mismatch` if the text is not valid.
  func parseAny(_ text: String) throws -> any Sendable
}

extension Option: AnyOption {
  /// The value if the option is not given.
  public var anyDefault: any Sendable { defaultValue }
  /// Converts the text of a value; throws a `Mismatch` if the text is not valid.
  public func parseAny(_ text: String) throws -> any Sendable { try parse(text) }
}
