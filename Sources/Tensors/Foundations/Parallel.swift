import CKernels
import Foundation
import Synchronization

/// The number of threads that the library's loops, products and factorizations may use.
///
/// OpenBLAS has one thread count for the whole process. The first use of a tensor kernel sets it to
/// 1, because the library divides the work among its own threads; a large factorization raises it
/// to `limit` while it runs. A program that calls OpenBLAS itself is affected by both.
public enum Threads {
  /// The largest number of threads for one operation, at least 1.
  ///
  /// The default is the number of active processors, or the value of the environment variable
  /// `OPENBLAS_NUM_THREADS` where that is smaller. The limit holds for the whole process, except
  /// inside of `withLimit`. Loops and random numbers give the same results for any number of
  /// threads; products and factorizations may differ in the last bits.
  public static var limit: Int {
    get { scopedLimit ?? storage.load(ordering: .relaxed) }
    set {
      require(newValue >= 1, "Threads.limit = \(newValue): at least one thread is needed")
      storage.store(newValue, ordering: .relaxed)
    }
  }

  /// Returns the result of `body`, which runs with another thread limit, at least 1.
  ///
  /// The limit holds for `body` and for the tasks that it creates, but not for threads that it
  /// starts in other ways. All other code keeps its own limit.
  ///
  /// OpenBLAS has one thread count for the process, which a large factorization changes while it
  /// runs.
  public static func withLimit<Result>(
    _ limit: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    require(limit >= 1, "Threads.withLimit(\(limit)): at least one thread is needed")
    return try $scopedLimit.withValue(limit, operation: body)
  }

  @TaskLocal private static var scopedLimit: Int?
  private static let storage = Atomic<Int>(initialLimit)

  private static var initialLimit: Int {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let asked = ProcessInfo.processInfo.environment["OPENBLAS_NUM_THREADS"].flatMap(Int.init)
    return max(1, min(processors, asked ?? processors))
  }
}

/// Calls `body` with ranges that together cover `0..<count`, on at most `threads` threads.
///
/// Every range but the last starts and ends at a multiple of `grain`. `grain` is also the smallest
/// amount of work that justifies a thread: a loop of up to `grain` elements is one serial call on
/// the calling thread. `body` may run on several threads at once and must write to separate memory
/// for separate elements. A nested loop is serial.
///
/// - Parameter turns: The number of ranges per thread. A few ranges per thread balance the load
///   when a thread wakes up late or is preempted; 1 is best where each range has a fixed cost.
package func parallelFor(
  count: Int, grain: Int, threads: Int = Threads.limit, turns: Int = 4,
  _ body: (Range<Int>) -> Void
) {
  require(count >= 0 && grain > 0, "parallelFor(count: \(count), grain: \(grain))")
  let grains = (count + grain - 1) / grain
  let workers = min(threads, grains)
  if workers <= 1 {
    if count > 0 { body(0..<count) }
    return
  }
  let pieces = min(grains, turns * workers)
  withoutActuallyEscaping(body) { body in
    var loop = SharedLoop { piece in
      let start = grains * piece / pieces * grain
      let end = min(grains * (piece + 1) / pieces * grain, count)
      body(start..<end)
    }
    withUnsafeMutablePointer(to: &loop) { context in
      lg_parallel_for(
        pieces, workers - 1,
        { context, piece in
          context!.assumingMemoryBound(to: SharedLoop.self).pointee.run(piece)
        }, context)
    }
  }
}

/// A closure in a struct, so that a C callback can refer to it by a pointer.
private struct SharedLoop {
  let run: (Int) -> Void
}
