import Foundation
import Tensors

/// The content of a gzipped file (RFC 1952), decompressed while it is read: what is not asked for is
/// not unpacked.
///
/// A file may have several members, whose contents follow each other, and zeros behind the last one.
/// Other bytes behind it are left out with a warning, as the `gzip` program does.
package final class GzipSource: ByteSource {
  package let name: String
  package let length: ContentLength
  /// Told about bytes that are left out.
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

  /// The most that a file of so many bytes may unpack to: 256 MiB, or for larger files 100 times the
  /// size, which no images come near; but no more than 1032 times the size, for deflate writes 258
  /// bytes in two bits at best.
  ///
  /// So a file that was made to fill the memory, of zeros that compress to a thousandth, is refused.
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
      if isFirst { throw GzipDamage("it does not begin as a gzipped file") }
      warn(
        "\(name): the bytes from \(input.offset) on are no part of the gzipped content; left out")
      state = .finished
      return
    }
    try readHeader()
    (inflater, check, size) = (Inflater(), CRC32(), 0)
    state = .member
  }

  /// Zeros fill up a block of a tape, and no more of them are read.
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
    if flags & 0xE0 != 0 { throw GzipDamage("its header has flags that gzip does not know") }
    // The time of the file, the effort of the compression, the system.
    for count in [32, 8, 8] { _ = try input.take(count) }
    if flags & 0x04 != 0 {
      for _ in 0..<(try input.take(16)) { _ = try input.take(8) }
    }
    // The name and the comment, which end with a zero.
    for flag in [0x08, 0x10] where flags & flag != 0 {
      var left = 1 << 16
      while try input.take(8) != 0 {
        left -= 1
        if left == 0 { throw GzipDamage("a name in its header has no end") }
      }
    }
    if flags & 0x02 != 0 { _ = try input.take(16) }
  }

  private func endMember() throws {
    try input.alignToByte()
    let (checksum, length) = (try input.take(32), try input.take(32))
    if checksum != Int(check.checksum) {
      throw GzipDamage("its checksum is not that of its content")
    }
    if length != Int(size) { throw GzipDamage("its length is not that of its content") }
    state = .betweenMembers(isFirst: false)
  }

  /// A line on standard error, where it can be written.
  package static func warnOnStandardError(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
