extension SafetensorsHeader {
  /// Reads a header's JSON: an object of arrays' descriptions and, at most once, the metadata.
  ///
  /// Names are compared as Swift compares strings, so that two spellings of one character (é, and e
  /// with an accent) count as the same name and are refused.
  init(decoding bytes: [UInt8]) throws(Problem) {
    var scanner = HeaderScanner(bytes, fileOffset: Self.lengthSize)
    var names: Set<String> = []
    var metadata: [String: String] = [:]
    var arrays: [Description] = []
    try scanner.object { scanner, name throws(Problem) in
      if !names.insert(name).inserted { throw .duplicateName(name) }
      if name == Self.metadataKey {
        metadata = try Self.metadata(from: &scanner)
      } else {
        arrays.append(try Self.description(of: name, from: &scanner))
      }
    }
    try scanner.finish()
    self.metadata = metadata
    self.arrays = arrays
  }

  private static func metadata(
    from scanner: inout HeaderScanner
  ) throws(Problem) -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object { scanner, key throws(Problem) in
      if scanner.next != UInt8(ascii: "\"") { throw .metadataNotAString(key: key) }
      if metadata.updateValue(try scanner.string(), forKey: key) != nil {
        throw .duplicateField(key, array: metadataKey)
      }
    }
    return metadata
  }

  private static func description(
    of name: String, from scanner: inout HeaderScanner
  ) throws(Problem) -> Description {
    var dtypeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { scanner, field throws(Problem) in
      let isRepeated: Bool
      switch field {
      case "dtype":
        isRepeated = dtypeName != nil
        dtypeName = try scanner.string()
      case "shape":
        isRepeated = shape != nil
        shape = try scanner.integers()
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try scanner.integers()
      default: throw .unknownField(field, array: name)
      }
      if isRepeated { throw .duplicateField(field, array: name) }
    }
    guard let dtypeName else { throw .missingField("dtype", array: name) }
    guard let shape else { throw .missingField("shape", array: name) }
    guard let offsets else { throw .missingField("data_offsets", array: name) }
    return try Description(name: name, dtypeName: dtypeName, shape: shape, offsets: offsets)
  }
}

extension SafetensorsHeader.Description {
  /// A description whose type is known and whose offsets fit its shape.
  fileprivate init(
    name: String, dtypeName: String, shape: [Int], offsets: [Int]
  ) throws(SafetensorsError.Problem) {
    guard let dtype = SafetensorsDType(rawValue: dtypeName) else {
      throw .unknownDType(dtypeName, array: name)
    }
    guard let byteCount = dtype.byteCount(of: shape) else {
      throw .sizeOverflow(array: name, dtype: dtype, shape: shape)
    }
    // The scanner takes no negative number, so that the difference cannot overflow.
    guard offsets.count == 2, offsets[1] - offsets[0] == byteCount else {
      throw .wrongOffsets(array: name, found: offsets, expectedByteCount: byteCount)
    }
    self.init(name: name, dtype: dtype, shape: shape, offsets: offsets[0]..<offsets[1])
  }
}
