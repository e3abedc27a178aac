extension SafetensorsHeader {
  /// The header's length and its JSON, padded with spaces to a multiple of 8 bytes.
  ///
  /// The metadata are sorted by key, so that equal headers give equal bytes.
  func encoded() throws(Problem) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        .map { "\(Self.quoted($0.name)):\(Self.quoted($0.value))" }
      members.append("\"\(Self.metadataKey)\":{\(pairs.joined(separator: ","))}")
    }
    members += arrays.map(Self.member)
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json += [UInt8](repeating: UInt8(ascii: " "), count: -json.count & 7)
    if json.count > Self.lengthLimit {
      throw .headerTooLong(found: UInt64(json.count), limit: Self.lengthLimit)
    }
    return (0..<Self.lengthSize).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private static func member(_ array: Description) -> String {
    let shape = array.shape.map(String.init).joined(separator: ",")
    return "\(quoted(array.name)):{\"dtype\":\"\(array.dtype.rawValue)\",\"shape\":[\(shape)],"
      + "\"data_offsets\":[\(array.offsets.lowerBound),\(array.offsets.upperBound)]}"
  }

  /// A JSON string in which only the characters that require it are escaped.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
