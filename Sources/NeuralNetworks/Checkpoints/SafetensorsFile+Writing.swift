import Foundation

extension SafetensorsFile {
  /// Writes the file to `url`, in place of what is there: wholly, or not at all.
  ///
  /// The bytes go to a temporary file in the same folder, from the arrays' own memory, then to disk,
  /// and then under the name of `url`. On any failure the previous file is as it was.
  ///
  /// The header has the arrays in the order of `names`; their data are sorted by the size of the
  /// elements, the largest first, so that every array is aligned for its type, as in the files of
  /// Python's package. Equal contents give equal bytes.
  ///
  /// - Throws: `FileError` with the system's reason; `SafetensorsError` where the header, with all
  ///   the names, would be longer than the 100 MB that the format allows.
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

  /// The bytes of the file, as `write(to:)` writes them.
  ///
  /// - Throws: `SafetensorsError` where the header is too long.
  /// Complexity: O(bytes), in memory too.
  public func encoded() throws -> [UInt8] {
    let (prefix, arrays) = try layOut(for: path ?? "(in memory)")
    var bytes = prefix
    bytes.reserveCapacity(prefix.count + arrays.reduce(0) { $0 + $1.byteCount })
    for array in arrays {
      array.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The header's bytes, and the arrays in the order of their data.
  private func layOut(for path: String) throws -> (prefix: [UInt8], arrays: [SafetensorsArray]) {
    let entries = entries
    // Swift's sort is stable in practice, not by contract: the index decides between equals.
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
