import Foundation

/// What the system says of its memory. Sizes that data or a caller ask for are compared with it before
/// the memory is taken.
package enum SystemMemory {
  /// The bytes that this process can still take: the system's estimate of what is free or can be freed
  /// without swapping, the free swap space, and what a container or a limit of the process leaves.
  /// `nil` where the system does not say.
  ///
  /// - Complexity: some 0.1 ms, for files of the kernel are read.
  package static var available: Int? {
    if let stated { return stated }
    #if os(Linux)
      return [freeMemory, roomInGroup, roomInAddressSpace].compactMap { $0 }.min()
    #else
      return Int(clamping: ProcessInfo.processInfo.physicalMemory)
    #endif
  }

  /// What `available` says instead, for tests.
  @TaskLocal package static var stated: Int?

  /// The available memory where `bytes` exceed it; `nil` where they fit, or the system does not say.
  ///
  /// The system is asked for 64 MiB or more only: what is smaller is no reason to wait.
  package static func shortage(for bytes: Int) -> Int? {
    guard bytes >= 1 << 26, let available, bytes > available else { return nil }
    return available
  }

  /// A number of bytes for a message, in the largest unit of which it has at least one: `1.5 GiB`.
  package static func text(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    let exponent = bytes < 1024 ? 0 : (bytes.bitWidth - 1 - bytes.leadingZeroBitCount) / 10
    if exponent == 0 { return "\(bytes) bytes" }
    // Tenths, so that no formatting of decimals is needed.
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

    /// What the limit of the control group leaves, version 2 or 1. Files that the system caches count
    /// as its use and can be dropped.
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

    /// The first number of each line, by its name, of which a colon is no part.
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
