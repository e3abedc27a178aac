import Foundation
import Tensors
import TestSupport
import Testing

@Suite("parallelFor")
struct ParallelTests {
  @Test(
    "The ranges of a parallel loop cover it without overlap and start at multiples of the grain",
    arguments: [0, 1, 9, 10, 11, 20, 99, 100, 101], 1...4)
  func ranges(count: Int, threads: Int) {
    let lock = NSLock()
    var ranges: [Range<Int>] = []
    parallelFor(count: count, grain: 10, threads: threads) { range in
      lock.withLock { ranges.append(range) }
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    #expect(ranges.flatMap(Array.init) == Array(0..<count))
    #expect(ranges.allSatisfy { $0.lowerBound % 10 == 0 && !$0.isEmpty })
    let grains = (count + 9) / 10
    #expect(ranges.count == (min(threads, grains) == 1 ? 1 : min(4 * threads, grains)))
  }

  @Test("Concurrent and nested parallel loops visit each element exactly once")
  func concurrent() {
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      var calls = [Int32](repeating: 0, count: 40)
      for loop in 0..<20_000 {
        let count = 1 + (loop * 7 + caller) % 40
        calls.withUnsafeMutableBufferPointer { calls in
          let calls = UnsafeMutableBufferPointer(rebasing: calls[..<count])
          parallelFor(count: count, grain: 1, threads: 1 + loop % 4) { range in
            // One loop in sixteen contains another.
            if loop % 16 == 0 {
              parallelFor(count: range.count, grain: 1, threads: 2) { inner in
                for i in inner { calls[range.lowerBound + i] += 1 }
              }
            } else {
              for i in range { calls[i] += 1 }
            }
          }
        }
        if calls[..<count].contains(where: { $0 != 1 })
          || calls[count...].contains(where: { $0 != 0 })
        {
          Issue.record("loop \(loop) of caller \(caller) over \(count) gave \(calls)")
          return
        }
        for i in 0..<count { calls[i] = 0 }
        // A pause lets the helper threads fall asleep.
        if loop % 2_000 == 1_999 { usleep(3_000) }
      }
    }
  }

  @Test("A parallel loop ends even if its helper threads were asleep at its start")
  func asleep() {
    for loop in 0..<20 {
      usleep(6_000)
      var calls = [Int32](repeating: 0, count: 64)
      calls.withUnsafeMutableBufferPointer { calls in
        let calls = calls
        parallelFor(count: 64, grain: 1, threads: 2 + loop % 3) { for i in $0 { calls[i] += 1 } }
      }
      #expect(calls.allSatisfy { $0 == 1 })
    }
  }

  @Test("A limit on the threads of one computation does not affect others")
  func limitOfOne() throws {
    let limit = Threads.limit
    let inner = Threads.withLimit(3) {
      DispatchQueue.concurrentPerform(iterations: 4) { caller in
        Threads.withLimit(caller + 5) { #expect(Threads.limit == caller + 5) }
      }
      return [Threads.limit, Threads.withLimit(7) { Threads.limit }, Threads.limit]
    }
    #expect(inner == [3, 7, 3])
    #expect(throws: CancellationError.self) {
      try Threads.withLimit(2) { throw CancellationError() }
    }
    #expect(Threads.limit == limit)
  }

  @Test("A limit below one thread stops the program with a message")
  func limit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      Threads.limit = 0
    }
    expectMessage(result, "Threads.limit = 0")
  }
}
