import Foundation

extension SafetensorsFile {
  /// Writes the file to `url` atomically, replacing an existing file.
  ///
  /// The bytes are written from the arrays' own memory to a temporary file in the same folder,
  /// which is synchronized to disk and then renamed. If anything fails, the existing file is
  /// unchanged.
  ///
  /// The header lists the arrays in the order of `names`. Their data are sorted by element size,
  /// the largest first, so that every array is aligned for its type, as in files of the Python
  /// package. Equal contents give equal bytes.
  ///
  /// - Throws: `FileError` with the system's reason; `SafetensorsError` if the header would exceed
  ///   the 100 MB that the format allows.
  /// Complexity: O(bytes of the file); memory O(bytes of the header).
  public func write(to url: URL) throws {
    let (prefix, arrays) = try layOut(for: url.path)
    try writeAtomically(to: url) { output in
      try output.write(prefix)
      for array in arrays {
        try array.withUnsafeBytes { try output.write($0) }
      }
    }
  }

  /// The bytes that `write(to:)` would write.
  ///
  /// - Throws: `SafetensorsError` if the header is too long.
  /// Complexity: O(bytes) in time and memory.
  public func encoded() throws -> [UInt8] {
    let (prefix, arrays) = try layOut(for: path ?? "(in memory)")
    var bytes = prefix
    bytes.reserveCapacity(prefix.count + arrays.reduce(0) { $0 + $1.byteCount })
    for array in arrays {
      array.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The header's bytes, and the arrays in the order in which their data are written.
  private func layOut(for path: String) throws -> (prefix: [UInt8], arrays: [SafetensorsArray]) {
    let entries = entries
    // Swift does not guarantee a stable sort: compare the indices of arrays with equal element
    // sizes.
    let order = entries.indices.sorted {
      (-entries[$0].array.dtype.elementSize, $0) < (-entries[$1].array.dtype.elementSize, $1)
    }
    var starts = [Int](repeating: 0, count: entries.count)
    var end = 0
    for index in order {
      starts[index] = end
      end += entries[index].array.byteCount
    }
    var header = SafetensorsHeader(metadata: metadata)
    header.arrays = zip(entries, starts).map { entry, start in
      SafetensorsHeader.Description(
        name: entry.name, dtype: entry.array.dtype, shape: entry.array.shape,
        offsets: start..<start + entry.array.byteCount)
    }
    do {
      return (try header.encoded(), order.map { entries[$0].array })
    } catch {
      throw SafetensorsError(path: path, problem: error)
    }
  }
}
