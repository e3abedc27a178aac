/// A sequential source of a file's content.
package protocol ByteSource: AnyObject {
  /// The file's name for messages.
  var name: String { get }
  /// The length of the content, as far as it is known before reading.
  var length: ContentLength { get }
  /// Fills `buffer` with the bytes that follow the last call's and returns their number, which is
  /// less than the size of the buffer only at the end of the content.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The known length of a content, so that the sizes in a damaged header can be checked.
package enum ContentLength: Equatable, Sendable {
  case exactly(Int)
  case atMost(Int)

  var upperBound: Int {
    switch self {
    case .exactly(let count), .atMost(let count): count
    }
  }
}

/// Bytes in memory as a source.
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
