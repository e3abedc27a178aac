import Tensors

extension Bitmap {
  /// The image as a PNG file with lossless compression.
  ///
  /// W3C, "Portable Network Graphics (PNG) Specification", ISO/IEC 15948.
  ///
  /// Complexity: `O(n)` time for `n` samples, and as much additional memory.
  public var png: [UInt8] {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let depth: UInt8 = 8
    let colorType: UInt8 = channels == 1 ? 0 : 2
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [depth, colorType, 0, 0, 0]
    return signature + chunk("IHDR", header) + chunk("IDAT", Zlib.compress(filteredRows))
      + chunk("IEND", [])
  }

  /// The rows, each preceded by its filter number. Filter 0 (none) is sufficient: flat tiles and
  /// enlarged pixels repeat exactly, and the compression finds the repeats.
  private var filteredRows: [UInt8] {
    var result: [UInt8] = []
    let stride = width * channels
    result.reserveCapacity(samples.count + height)
    for row in 0..<height {
      result.append(0)
      result += samples[row * stride..<(row + 1) * stride]
    }
    return result
  }

  private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bigEndian(UInt32(content.count)) + body + bigEndian(CRC32.checksum(of: body))
  }
}

/// The bytes of a number in big-endian order.
func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
