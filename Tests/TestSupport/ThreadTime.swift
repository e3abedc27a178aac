import Foundation

/// The processor time, in seconds, that this thread took for a computation. Other tests, on other
/// threads, do not add to it, unlike to the time of a clock on the wall.
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
