import Foundation

/// The most memory that the process has held at once, in MiB: its peak resident set.
///
/// On Linux the kernel's `VmHWM`, else `getrusage`. Linux lets `ru_maxrss` live through `exec`, so
/// that a small program started by a large one would report its parent's peak as its own.
package func peakMemoryMiB() -> Double {
  if let kibibytes = residentPeakOfThisImage() { return Double(kibibytes) / 1024 }
  var usage = rusage()
  // 0 is `RUSAGE_SELF`, which Glibc imports as another type than its `getrusage` takes.
  getrusage(0, &usage)
  #if canImport(Darwin)
    return Double(usage.ru_maxrss) / (1024 * 1024)
  #else
    return Double(usage.ru_maxrss) / 1024
  #endif
}

/// `VmHWM` of `/proc/self/status`, in KiB; `nil` where there is no such file.
private func residentPeakOfThisImage() -> Int? {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return nil }
  return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
}
