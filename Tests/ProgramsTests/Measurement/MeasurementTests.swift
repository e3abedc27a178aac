import Foundation
import Programs
import Testing

@Suite struct MeasurementTests {
  @Test func callsOnceToWarmUpAndFiveTimesAtLeast() {
    var calls = 0
    _ = medianSeconds(budget: 0) { calls += 1 }
    #expect(calls == 6)
  }

  @Test func stopsAfterTwoHundredCalls() {
    var calls = 0
    _ = medianSeconds(budget: 60) { calls += 1 }
    #expect(calls == 201)
  }

  @Test func measuresTheBodyAndNotTheWarmUp() {
    var calls = 0
    let seconds = medianSeconds(budget: 0) {
      calls += 1
      Thread.sleep(forTimeInterval: calls == 1 ? 0.2 : 0.01)
    }
    #expect(seconds >= 0.01)
    #expect(seconds < 0.2)
  }

  /// The bounds hold if other tests run in the same process, and they fail for any other unit.
  @Test func peakMemoryCountsWhatIsHeldInMiB() {
    let block = [UInt8](repeating: 1, count: 64 << 20)
    let peak = peakMemoryMiB()
    #expect(peak >= 64)
    #expect(peak <= Double(ProcessInfo.processInfo.physicalMemory) / (1024 * 1024))
    withExtendedLifetime(block) {}
  }
}
