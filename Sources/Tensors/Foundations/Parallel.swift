import COpenBLAS
import Dispatch
import Foundation
import Synchronization

/// How many threads the library's parallel loops, and BLAS, may use.
public enum Threads {
  /// The largest number of threads for one loop, at least 1; at first, the number of active
  /// processors.
  ///
  /// Setting it also sets the number of threads of BLAS, which until then follows its own rules and
  /// environment (`OPENBLAS_NUM_THREADS`). No result depends on it, except through the products of
  /// a threaded BLAS.
  public static var limit: Int {
    get { lock.withLock { storage } }
    set {
      require(newValue >= 1, "Threads.limit = \(newValue): at least one thread is needed")
      lock.withLock {
        storage = newValue
        openblas_set_num_threads(Int32(clamping: newValue))
      }
    }
  }

  private static let lock = NSLock()
  nonisolated(unsafe) private static var storage = ProcessInfo.processInfo.activeProcessorCount
}

/// Calls `body` with ranges that make up `0..<count`, on at most `threads` threads.
///
/// Every range but the last starts and ends at a multiple of `grain`, which is also the least work
/// that is worth a thread: up to there the loop is serial, one call on this thread. `body` may run
/// on several threads at once and must write to separate places for separate elements.
package func parallelFor(
  count: Int, grain: Int, threads: Int = Threads.limit, _ body: (Range<Int>) -> Void
) {
  require(count >= 0 && grain > 0, "parallelFor(count: \(count), grain: \(grain))")
  let grains = (count + grain - 1) / grain
  let workers = min(threads, grains)
  if workers <= 1 {
    if count > 0 { body(0..<count) }
    return
  }
  // Threads take the ranges in turn, a few each: one that wakes up late, or that the system gives
  // to another process for a while, then holds up the others by a part of its share, not by all.
  let turns = min(grains, turnsPerThread * workers)
  let next = Atomic(0)
  withoutActuallyEscaping(body) { body in
    // Sound where `body` keeps to its promise of separate places.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let turn = next.add(1, ordering: .relaxed).oldValue
        guard turn < turns else { return }
        let start = grains * turn / turns * grain
        let end = min(grains * (turn + 1) / turns * grain, count)
        body(start..<end)
      }
    }
  }
}

private let turnsPerThread = 4
