import Foundation
import Inference
import TestSupport
import Testing

@Suite("The clock of a run")
struct RunClockTests {
  /// A clock that is set by hand.
  private final class Hand {
    var time = ContinuousClock.now
    func advance(seconds: Double) { time += .seconds(seconds) }
  }

  @Test("Seconds, rate and remaining time follow the monotonic clock")
  func times() {
    let hand = Hand()
    let clock = RunClock(observationsLeft: 300) { hand.time }
    clock.startEpoch(secondsBefore: 5)
    #expect(clock.epochSeconds == 5)
    hand.advance(seconds: 10)
    clock.advance(100)
    #expect(clock.epochSeconds == 15)
    #expect(clock.rate == 10)
    #expect(clock.secondsLeft == 20)
    clock.startEpoch(secondsBefore: 0)
    #expect(clock.epochSeconds == 0)
    clock.advance(250)
    #expect(clock.secondsLeft == 0)
  }

  @Test("A run that takes no time has finite numbers")
  func noTime() {
    let hand = Hand()
    let clock = RunClock(observationsLeft: 10) { hand.time }
    #expect(clock.rate == 0 && clock.secondsLeft.isFinite)
    clock.advance(1)
    #expect(clock.rate.isFinite && clock.secondsLeft >= 0)
  }

  @Test("No source reads the system's date, which can jump")
  func noDates() throws {
    let dates = ["Date()", "Date.now", "timeIntervalSince", "CLOCK_REALTIME", "gettimeofday"]
    let sources = packageFolder.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var count = 0
    for case let name as String in files {
      guard [".swift", ".c", ".inc", ".h"].contains(where: name.hasSuffix) else { continue }
      let text = try String(
        contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
      for date in dates { #expect(!text.contains(date), "\(name) uses \(date)") }
      count += 1
    }
    #expect(count > 300)
  }
}
