import CKernels
import Foundation
import Synchronization

/// How many threads the library's loops, products and factorizations may use.
public enum Threads {
  /// The largest number of threads for one operation, at least 1; at first, the number of active
  /// processors, or what the environment gives BLAS (`OPENBLAS_NUM_THREADS`) where that is fewer.
  ///
  /// It is the process's, but where `withLimit` gives another. Loops and random numbers give the same
  /// results for any number of threads. Products and factorizations may differ in the last bits.
  public static var limit: Int {
    get { scopedLimit ?? storage.load(ordering: .relaxed) }
    set {
      require(newValue >= 1, "Threads.limit = \(newValue): at least one thread is needed")
      storage.store(newValue, ordering: .relaxed)
    }
  }

  /// The result of `body`, for which the limit is another, at least 1: in it and in tasks that it
  /// makes, and not on threads that it starts otherwise. What others do meanwhile keeps its own limit.
  ///
  /// BLAS has one number of threads for the process, which a large factorization sets for its
  /// time.
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

/// Calls `body` with ranges that make up `0..<count`, on at most `threads` threads.
///
/// Every range but the last starts and ends at a multiple of `grain`, which is also the least work
/// that is worth a thread: up to there the loop is serial, one call on this thread. `body` may run
/// on several threads at once and must write to separate places for separate elements. A loop inside
/// of another is serial.
///
/// - Parameter turns: How many ranges each thread takes. A few make up for threads that wake up late
///   or that the system puts off; one is best where each range has a cost of its own.
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
      lg_share(
        pieces, workers - 1,
        { context, piece in
          context!.assumingMemoryBound(to: SharedLoop.self).pointee.run(piece)
        }, context)
    }
  }
}

/// A loop's body on its way through C.
private struct SharedLoop {
  let run: (Int) -> Void
}
