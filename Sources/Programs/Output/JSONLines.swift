import Foundation

/// One line of JSON, its keys in the order in which they are written.
///
///     emit(["structure": "chain", "k": k, "ns_per_element": nanoseconds])
///
/// `print`s it and flushes at once, so that a reader on the other end of a pipe sees each result
/// when it is measured. A line that cannot be written ends the process with status 1.
package func emit(_ fields: KeyValuePairs<String, any JSONValue>) {
  print(jsonLine(fields))
  exitIfOutputFailed()
}

/// The line that `emit` prints, without its end.
package func jsonLine(_ fields: KeyValuePairs<String, any JSONValue>) -> String {
  "{" + fields.map { "\($0.json): \($1.json)" }.joined(separator: ", ") + "}"
}

/// What may stand in a line of JSON: numbers, texts, truth values, arrays of them, `nil` as `null`.
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
  /// Rounded to six significant digits, since no measurement has more; whole numbers that a
  /// `Double` holds exactly keep all theirs. JSON has no `NaN` and no infinity: `null`.
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
