/// A file's content, from its first byte to its last, wherever it comes from.
package protocol ByteSource: AnyObject {
  /// The file's name in messages.
  var name: String { get }
  /// What is known of the content's length before it is read.
  var length: ContentLength { get }
  /// Fills `buffer` from where the last call ended, and returns how many bytes it read: fewer than
  /// the buffer takes only at the end of the content.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// What is known of a content's length, so that no claim of a damaged header is believed blindly.
package enum ContentLength: Equatable, Sendable {
  case exactly(Int)
  case atMost(Int)

  var upperBound: Int {
    switch self {
    case .exactly(let count), .atMost(let count): count
    }
  }
}

/// Bytes in memory, read as a file would be.
package final class MemorySource: ByteSource {
  package let name: String
  private let bytes: [UInt8]
  private var offset = 0

  package init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  package var length: ContentLength { .exactly(bytes.count) }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    buffer.copyBytes(from: bytes[offset..<offset + count])
    offset += count
    return count
  }
}
