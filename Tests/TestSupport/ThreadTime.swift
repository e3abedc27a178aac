import Foundation

/// The processor time, in seconds, that the current thread takes for a computation. Unlike elapsed
/// time, it does not include the work of tests on other threads.
public func threadSeconds(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
  let start = now()
  try body()
  return now() - start
}
