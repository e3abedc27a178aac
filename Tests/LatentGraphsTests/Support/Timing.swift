import Foundation
import TestSupport
import Testing

/// The slope of log time on log size between two sizes: 1 where time is linear in the size.
///
/// Each of the two is run in turn, so that whatever slows the machine down meets both, and of each
/// the least time counts. It is the time that this thread was running, which other tests, on other
/// threads, do not add to; `Scripts/test` gives the library's operations no threads but their own.
func slopeOfTime(
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
