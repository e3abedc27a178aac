import Foundation
import Programs

/// Prints one line of JSON, with its keys in the given order.
///
///     emit(["structure": "chain", "k": k, "ns_per_element": nanoseconds])
///
/// The line is flushed at once, so that a reader of a pipe sees each result as soon as it is
/// measured. If it cannot be written, the process exits with status 1.
package func emit(_ fields: KeyValuePairs<String, any JSONValue>) {
  print(jsonLine(fields))
  exitIfOutputFailed()
}

/// The line that `emit` prints, without the newline.
package func jsonLine(_ fields: KeyValuePairs<String, any JSONValue>) -> String {
  "{" + fields.map { "\($0.json): \($1.json)" }.joined(separator: ", ") + "}"
}

/// A JSON value: numbers, strings, Booleans, arrays of these, and `nil` as `null`.
package protocol JSONValue {
  /// The value's text in JSON.
  var json: String { get }
}

extension Int: JSONValue {
  package var json: String { String(self) }
}

extension Bool: JSONValue {
  package var json: String { self ? "true" : "false" }
}

extension Double: JSONValue {
  /// The number rounded to six significant digits, since no measurement has more; integers that a
  /// `Double` represents exactly keep all digits. NaN and infinities, which JSON does not have, are
  /// `null`.
  package var json: String {
    guard isFinite else { return "null" }
    if self == rounded(), abs(self) < 0x1p53 { return String(Int(self)) }
    let text = "\(Double(String(format: "%.6g", self)) ?? self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Float: JSONValue {
  package var json: String { Double(self).json }
}

extension String: JSONValue {
  package var json: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20: text += String(format: "\\u%04x", scalar.value)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

extension Optional: JSONValue where Wrapped: JSONValue {
  package var json: String { self?.json ?? "null" }
}

extension Array: JSONValue where Element: JSONValue {
  package var json: String { "[" + map(\.json).joined(separator: ", ") + "]" }
}
