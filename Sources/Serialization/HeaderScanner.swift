/// Parses the JSON (RFC 8259) of a safetensors header: objects, strings and lists of nonnegative
/// integers.
///
/// Foundation's parser does not preserve the order of names, duplicate names, or integers above
/// 2⁵³. The nesting depth of the format is fixed, so that a damaged file cannot exhaust the stack.
struct HeaderScanner {
  typealias Problem = SafetensorsError.Problem

  private let bytes: [UInt8]
  private let fileOffset: Int
  private var position = 0

  /// A scanner of `bytes`, which begin at offset `fileOffset` of their file.
  init(_ bytes: [UInt8], fileOffset: Int) {
    self.bytes = bytes
    self.fileOffset = fileOffset
  }

  /// The next byte, or `nil` at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var offset: Int { fileOffset + position }

  /// Parses an object; calls `member` after each key to parse the value.
  mutating func object(
    _ member: (inout HeaderScanner, String) throws(Problem) -> Void
  ) throws(Problem) {
    try expect("{")
    if skip("}") { return }
    repeat {
      skipWhitespace()
      let key = try string()
      skipWhitespace()
      try expect(":")
      skipWhitespace()
      try member(&self, key)
    } while skip(",")
    try expect("}", orComma: true)
  }

  /// Skips `null` if it comes next, and returns whether it did.
  mutating func skipNull() throws(Problem) -> Bool {
    if next != UInt8(ascii: "n") { return false }
    for character in "null".unicodeScalars { try expect(character) }
    return true
  }

  /// Parses a list of nonnegative integers.
  mutating func integers(atMost limit: Int) throws(Problem) -> [Int] {
    try expect("[")
    if skip("]") { return [] }
    var numbers: [Int] = []
    repeat {
      skipWhitespace()
      if numbers.count == limit {
        throw .invalidHeader(
          offset: offset, found: "more than \(limit) numbers", expected: "the end of the list")
      }
      numbers.append(try integer())
    } while skip(",")
    try expect("]", orComma: true)
    return numbers
  }

  /// Parses a string.
  mutating func string() throws(Problem) -> String {
    let start = offset
    try expect("\"")
    var text: [UInt8] = []
    var plain = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte < 0x20 { throw unexpected("a character of a string") }
      position += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      text += bytes[plain..<position - 1]
      try appendEscape(to: &text)
      plain = position
    }
    text += bytes[plain..<position]
    try expect("\"")
    guard let string = String(validating: text, as: UTF8.self) else {
      throw .invalidUTF8(offset: start)
    }
    return string
  }

  /// Checks that only whitespace follows.
  mutating func finish() throws(Problem) {
    skipWhitespace()
    if next != nil { throw unexpected("the end of the header") }
  }
}

// MARK: - Numbers

extension HeaderScanner {
  /// Parses digits without a leading zero. A minus sign is accepted only so that the error can
  /// quote it.
  private mutating func integer() throws(Problem) -> Int {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let firstDigit = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    let digits = position - firstDigit
    // Forty digits identify the number in a message; a longer one is too large anyway.
    let text = String(decoding: bytes[start..<min(position, start + 40)], as: UTF8.self)
    if digits == 0 { throw unexpected("a nonnegative integer") }
    if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") {
      position = firstDigit
      throw unexpected("an integer without a leading zero")
    }
    guard !isNegative, let number = Int(text) else {
      throw .numberOutOfRange(offset: fileOffset + start, found: text)
    }
    return number
  }
}

// MARK: - Escapes

extension HeaderScanner {
  /// Parses the rest of an escape after its backslash and appends the character that it encodes.
  private mutating func appendEscape(to text: inout [UInt8]) throws(Problem) {
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      text += UTF8.encode(try unicodeEscape())!
      return
    default: throw unexpected("a JSON escape")
    }
    position += 1
  }

  /// Parses the four digits of `\uXXXX`, and the second surrogate of a character above U+FFFF.
  private mutating func unicodeEscape() throws(Problem) -> Unicode.Scalar {
    let start = offset
    var value = UInt32(try codeUnit())
    if (0xD800...0xDBFF).contains(value) {
      try expect("\\")
      try expect("u")
      let low = UInt32(try codeUnit())
      guard (0xDC00...0xDFFF).contains(low) else { throw .invalidUTF8(offset: start) }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw .invalidUTF8(offset: start) }
    return scalar
  }

  private mutating func codeUnit() throws(Problem) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}

// MARK: - Bytes

extension HeaderScanner {
  private mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  /// Skips whitespace, then `character` if it comes next, and returns whether it did.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipWhitespace()
    if next != UInt8(ascii: character) { return false }
    position += 1
    return true
  }

  private mutating func expect(
    _ character: Unicode.Scalar, orComma: Bool = false
  ) throws(Problem) {
    if next != UInt8(ascii: character) {
      throw unexpected("“\(character)”" + (orComma ? " or “,”" : ""))
    }
    position += 1
  }

  private func unexpected(_ expected: String) -> Problem {
    let found =
      switch next {
      case nil: "its end"
      case let byte? where (0x20..<0x7F).contains(byte): "“\(Unicode.Scalar(byte))”"
      case let byte?: "the byte \(byte)"
      }
    return .invalidHeader(offset: offset, found: found, expected: expected)
  }
}
