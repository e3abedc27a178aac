import Foundation
import Tensors

/// The content of a gzipped file (RFC 1952), which is decompressed only as far as it is read.
///
/// A file may have several members, whose contents are concatenated, and zeros after the last one.
/// Other bytes after it are ignored with a warning, as by the `gzip` program.
package final class GzipSource: ByteSource {
  package let name: String
  package let length: ContentLength
  /// Called with a warning if bytes are ignored.
  private let warn: (String) -> Void
  private var input: BitInput
  private var inflater = Inflater()
  private var check = CRC32()
  private var size: UInt32 = 0
  private var state = State.betweenMembers(isFirst: true)

  private enum State: Equatable {
    case betweenMembers(isFirst: Bool), member, finished
  }

  /// The content of `file`, whose length is known.
  package init(
    _ file: any ByteSource, warn: @escaping (String) -> Void = GzipSource.warnOnStandardError
  ) {
    name = file.name
    length = .atMost(Self.mostBytes(ofFile: file.length.upperBound))
    self.warn = warn
    input = BitInput(file)
  }

  /// The largest content of a file of this size: 256 MiB, or 100 times the size for larger files,
  /// which no images exceed; but at most 1032 times the size, because deflate needs at least two
  /// bits for 258 bytes.
  ///
  /// A file that was made to fill the memory, such as zeros that compress to a thousandth, is
  /// therefore refused.
  static func mostBytes(ofFile size: Int) -> Int {
    func times(_ factor: Int) -> Int {
      let (product, overflow) = size.multipliedReportingOverflow(by: factor)
      return overflow ? .max : product
    }
    return min(times(1032), max(1 << 28, times(100)))
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    do {
      while filled < buffer.count, state != .finished {
        if case .betweenMembers(let isFirst) = state { try startMember(isFirst: isFirst) }
        guard state == .member else { break }
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try inflater.read(into: rest, from: &input)
        check.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        size &+= UInt32(truncatingIfNeeded: count)
        filled += count
        if count < rest.count { try endMember() }
      }
    } catch let damage as GzipDamage {
      throw DatasetError.damagedGzip(file: name, offset: input.offset, reason: damage.reason)
    }
    return filled
  }

  // MARK: Members

  private func startMember(isFirst: Bool) throws {
    if !isFirst { try skipZeros() }
    if !isFirst, try input.isAtEnd {
      state = .finished
      return
    }
    guard try input.peek(16) == 0x8B1F else {
      if isFirst { throw GzipDamage("it does not start like a gzipped file") }
      warn(
        "\(name): the bytes from \(input.offset) on are not part of the gzipped content and are ignored"
      )
      state = .finished
      return
    }
    try readHeader()
    (inflater, check, size) = (Inflater(), CRC32(), 0)
    state = .member
  }

  /// Zeros pad the last block of a tape; they are skipped.
  private func skipZeros() throws {
    var left = 1 << 20
    while left > 0, try !input.isAtEnd, try input.peek(8) == 0 {
      try input.drop(8)
      left -= 1
    }
  }

  private func readHeader() throws {
    try input.drop(16)
    if try input.take(8) != 8 { throw GzipDamage("its method is not deflate") }
    let flags = try input.take(8)
    if flags & 0xE0 != 0 { throw GzipDamage("its header has unknown flags") }
    // Modification time, compression level, operating system.
    for count in [32, 8, 8] { _ = try input.take(count) }
    if flags & 0x04 != 0 {
      for _ in 0..<(try input.take(16)) { _ = try input.take(8) }
    }
    // The file name and the comment, which are zero-terminated.
    for flag in [0x08, 0x10] where flags & flag != 0 {
      var left = 1 << 16
      while try input.take(8) != 0 {
        left -= 1
        if left == 0 { throw GzipDamage("a name in its header is not terminated") }
      }
    }
    if flags & 0x02 != 0 { _ = try input.take(16) }
  }

  private func endMember() throws {
    try input.alignToByte()
    let (checksum, length) = (try input.take(32), try input.take(32))
    if checksum != Int(check.checksum) {
      throw GzipDamage("its checksum does not match its content")
    }
    if length != Int(size) { throw GzipDamage("its length does not match its content") }
    state = .betweenMembers(isFirst: false)
  }

  /// Writes a line on standard error, if it can be written.
  package static func warnOnStandardError(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
