import Foundation
import Tensors
import Testing

@Suite("parallelFor")
struct ParallelTests {
  @Test(
    "the ranges make up the whole and start at multiples of the grain",
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

  @Test("a limit below one stops")
  func limit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      Threads.limit = 0
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("Threads.limit = 0"))
  }
}
