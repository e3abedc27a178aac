import Foundation
import Testing

/// The processor time, in seconds, that the current thread takes for a computation. Unlike elapsed
/// time, it does not include the work of tests on other threads.
package func threadSeconds(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
  let start = now()
  try body()
  return now() - start
}

/// The slope of log time over log size between two sizes. It is 1 if the time is linear in the
/// size.
///
/// Both computations run alternately, so that disturbances affect both, and the least time of each
/// is used. It is the processor time of this thread, to which other tests do not contribute.
/// `Scripts/test` restricts BLAS to one thread for each caller.
package func slopeOfTime(
  sizeRatio: Double, repetitions: Int = 9, small: () throws -> Void, large: () throws -> Void
) rethrows -> (slope: Double, comment: Comment) {
  var least = (small: Double.infinity, large: Double.infinity)
  for _ in 0..<repetitions {
    least.small = min(least.small, try threadSeconds(small))
    least.large = min(least.large, try threadSeconds(large))
  }
  let slope = log2(least.large / least.small) / log2(sizeRatio)
  return (slope, "\(least.small) s, and \(least.large) s for \(sizeRatio) times the size")
}
