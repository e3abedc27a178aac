extension SafetensorsHeader {
  /// Parses the JSON of a header: an object of array descriptions and, at most once, the metadata.
  ///
  /// Names are compared bytewise. As in the Python package, `null` metadata means that there is
  /// none.
  init(decoding bytes: [UInt8]) throws(Problem) {
    var scanner = HeaderScanner(bytes, fileOffset: Self.lengthSize)
    var names = NamedValues<Void>()
    var metadata: NamedValues<String> = [:]
    var arrays: [Description] = []
    try scanner.object { scanner, name throws(Problem) in
      if names[name] != nil { throw .duplicateName(name) }
      names[name] = ()
      if name.hasBytes(of: Self.metadataKey) {
        if try !scanner.skipNull() { metadata = try Self.metadata(from: &scanner) }
      } else {
        arrays.append(try Self.description(of: name, from: &scanner))
      }
      if names.count + metadata.count > Self.nameLimit {
        throw .tooManyNames(limit: Self.nameLimit)
      }
    }
    try scanner.finish()
    self.metadata = metadata
    self.arrays = arrays
  }

  private static func metadata(
    from scanner: inout HeaderScanner
  ) throws(Problem) -> NamedValues<String> {
    var metadata: NamedValues<String> = [:]
    try scanner.object { scanner, key throws(Problem) in
      if scanner.next != UInt8(ascii: "\"") { throw .metadataNotAString(key: key) }
      if metadata[key] != nil { throw .duplicateField(key, array: metadataKey) }
      metadata[key] = try scanner.string()
      if metadata.count > nameLimit { throw .tooManyNames(limit: nameLimit) }
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
      if field.hasBytes(of: "dtype") {
        isRepeated = dtypeName != nil
        dtypeName = try scanner.string()
      } else if field.hasBytes(of: "shape") {
        isRepeated = shape != nil
        shape = try scanner.integers(atMost: rankLimit)
      } else if field.hasBytes(of: "data_offsets") {
        isRepeated = offsets != nil
        offsets = try scanner.integers(atMost: rankLimit)
      } else {
        throw .unknownField(field, array: name)
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
  /// Creates a description after checking that its type is known and its offsets match its shape.
  fileprivate init(
    name: String, dtypeName: String, shape: [Int], offsets: [Int]
  ) throws(SafetensorsError.Problem) {
    guard let dtype = SafetensorsDType(named: dtypeName) else {
      throw .unknownDType(dtypeName, array: name)
    }
    guard let byteCount = dtype.byteCount(of: shape) else {
      // Elements of fewer than 8 bits may have a valid count but not fill whole bytes.
      if dtype.bitWidth < 8, SafetensorsDType.u64.byteCount(of: shape) != nil {
        throw .partialByte(array: name, dtype: dtype, shape: shape)
      }
      throw .sizeOverflow(array: name, dtype: dtype, shape: shape)
    }
    // The scanner rejects negative numbers, so the difference cannot overflow.
    guard offsets.count == 2, offsets[1] - offsets[0] == byteCount else {
      throw .wrongOffsets(array: name, found: offsets, expectedByteCount: byteCount)
    }
    self.init(name: name, dtype: dtype, shape: shape, offsets: offsets[0]..<offsets[1])
  }
}
