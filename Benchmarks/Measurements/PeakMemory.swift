import Foundation

/// The peak resident set size of the process in MiB.
///
/// On Linux this is the kernel's `VmHWM`, elsewhere `ru_maxrss`. On Linux `ru_maxrss` survives
/// `exec`, so that a small program started by a large one would report its parent's peak.
package func peakMemoryMiB() -> Double {
  if let kibibytes = residentPeakOfThisImage() { return Double(kibibytes) / 1024 }
  var usage = rusage()
  // 0 is `RUSAGE_SELF`, which Glibc imports with a type other than `getrusage` expects.
  getrusage(0, &usage)
  #if canImport(Darwin)
    return Double(usage.ru_maxrss) / (1024 * 1024)
  #else
    return Double(usage.ru_maxrss) / 1024
  #endif
}

/// `VmHWM` from `/proc/self/status`, in KiB; `nil` if there is no such file.
private func residentPeakOfThisImage() -> Int? {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return nil }
  return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
}
