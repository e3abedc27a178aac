import Foundation

/// The system's available memory. Sizes that data or a caller request are compared with it before
/// the memory is allocated.
package enum SystemMemory {
  /// The number of bytes that this process can still allocate; `nil` where the system does not
  /// report it.
  ///
  /// On Linux it is the smallest of three numbers: the kernel's estimate of memory that is free or
  /// can be freed without swapping, plus free swap; what the control group's limit leaves; and what
  /// the limit on the address space leaves. On other systems it is the physical memory.
  ///
  /// - Complexity: about 0.1 ms, because it reads files of the kernel.
  package static var available: Int? {
    if let stated { return stated }
    #if os(Linux)
      return [freeMemory, roomInGroup, roomInAddressSpace].compactMap { $0 }.min()
    #else
      return Int(clamping: ProcessInfo.processInfo.physicalMemory)
    #endif
  }

  /// A value that replaces `available`, for tests.
  @TaskLocal package static var stated: Int?

  /// The available memory where `bytes` exceed it; `nil` where they fit or the system does not
  /// report it.
  ///
  /// Requests below 64 MiB are not checked, since reading the system's state costs more than they
  /// do.
  package static func shortage(for bytes: Int) -> Int? {
    guard bytes >= 1 << 26, let available, bytes > available else { return nil }
    return available
  }

  /// A number of bytes as text, in the largest unit of which it is at least one: `1.5 GiB`.
  package static func text(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    let exponent = bytes < 1024 ? 0 : (bytes.bitWidth - 1 - bytes.leadingZeroBitCount) / 10
    if exponent == 0 { return "\(bytes) bytes" }
    // Round down to tenths, so that the number prints with one decimal without a formatter.
    let tenths = (Double(bytes) / Double(1 << (10 * exponent)) * 10).rounded(.down)
    return "\(tenths / 10) \(units[exponent])"
  }
}

#if os(Linux)
  extension SystemMemory {
    private static var freeMemory: Int? {
      let lines = fields(of: "/proc/meminfo")
      return lines["MemAvailable"].map { ($0 + (lines["SwapFree"] ?? 0)) * 1024 }
    }

    /// What the limit of the control group (version 2 or 1) leaves. Cached files count as memory in
    /// use but can be dropped, and are therefore added.
    private static var roomInGroup: Int? {
      let folder = "/sys/fs/cgroup/"
      if let limit = number(in: folder + "memory.max"),
        let use = number(in: folder + "memory.current")
      {
        return max(0, limit - use + (fields(of: folder + "memory.stat")["file"] ?? 0))
      }
      if let limit = number(in: folder + "memory/memory.limit_in_bytes"),
        let use = number(in: folder + "memory/memory.usage_in_bytes"), limit < 1 << 60
      {
        return max(0, limit - use + (fields(of: folder + "memory/memory.stat")["cache"] ?? 0))
      }
      return nil
    }

    private static var roomInAddressSpace: Int? {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        let most = Int(exactly: limit.rlim_cur), most < 1 << 60,
        let size = fields(of: "/proc/self/status")["VmSize"]
      else { return nil }
      return max(0, most - size * 1024)
    }

    private static func number(in path: String) -> Int? {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
      return Int(text.split(whereSeparator: \.isWhitespace).first ?? "")
    }

    /// The first number of each line, keyed by the name before it without its colon.
    private static func fields(of path: String) -> [Substring: Int] {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
      var fields: [Substring: Int] = [:]
      for line in text.split(separator: "\n") {
        let words = line.split { $0 == ":" || $0.isWhitespace }
        if words.count >= 2, let value = Int(words[1]) { fields[words[0]] = value }
      }
      return fields
    }
  }
#endif
