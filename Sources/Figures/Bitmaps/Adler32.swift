/// The checksum at the end of a zlib stream: two sums modulo 65521 (RFC 1950).
package enum Adler32 {
  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return high << 16 | low
  }
}
