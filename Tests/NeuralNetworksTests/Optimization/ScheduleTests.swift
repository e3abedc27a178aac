import Foundation
import NeuralNetworks
import Testing

@Suite("Schedules")
struct ScheduleTests {
  @Test(
    "A schedule has the expected factors at its corners and between them",
    arguments: [
      (.constant, [(0, 1), (1e9, 1)]),
      (
        .step(period: 2, factor: 0.5),
        [(0, 1), (1.999, 1), (2, 0.5), (3.999, 0.5), (4, 0.25), (20, 0x1p-10)]
      ),
      (.exponential(rate: 0.81), [(0, 1), (1, 0.81), (0.5, 0.9), (2, 0.6561)]),
      (.cosine(duration: 4), [(0, 1), (2, 0.5), (4, 0), (1, 0.853_553_390_593_273_8), (9, 0)]),
      (.cosine(duration: 4, final: 0.2), [(0, 1), (2, 0.6), (4, 0.2), (4.5, 0.2), (1e6, 0.2)]),
      (
        .warmUp(duration: 2, then: .cosine(duration: 4)),
        [(0, 0), (1, 0.5), (2, 1), (4, 0.5), (6, 0), (7, 0)]
      ),
      (
        .warmUp(duration: 1, then: .warmUp(duration: 2, then: .constant)),
        [(0.5, 0.5), (1, 0), (2, 0.5), (3, 1)]
      ),
      (.warmUp(duration: 0, then: .step(period: 1, factor: 0.1)), [(0, 1), (1, 0.1)]),
    ] as [(Schedule, [(Double, Double)])])
  func factors(schedule: Schedule, values: [(Double, Double)]) {
    for (time, factor) in values {
      let value = schedule.factor(at: time)
      #expect(abs(value - factor) < 1e-15, "\(value) at \(time), not \(factor)")
    }
  }

  @Test(
    "A step schedule steps at the multiples of its period, also at times computed as quotients",
    arguments: [0.1, 0.3, 0.7, 1.0 / 3, 1, 2.5])
  func steps(period: Double) {
    for denominator in [1, 3, 7, 10, 60, 937] {
      for step in 0...(20 * denominator) {
        let time = Double(step) / Double(denominator)
        // The number of periods in exact arithmetic.
        let exact = Double(step) / (Double(denominator) * period)
        let nearest = exact.rounded()
        let passed = abs(exact - nearest) < 1e-9 ? nearest : exact.rounded(.down)
        let factor = Schedule.step(period: period, factor: 0.5).factor(at: time)
        #expect(factor == pow(0.5, passed), "at \(step)/\(denominator)")
        let late = Schedule.warmUp(duration: 3, then: .step(period: period, factor: 0.5))
        #expect(late.factor(at: 3 + time) == pow(0.5, passed), "3 later")
      }
    }
    let schedule = Schedule.step(period: period, factor: 0.5)
    #expect(schedule.factor(at: period * (1 - 1e-9)) == 1)
    #expect(schedule.factor(at: .infinity) == 0)
  }
}
