import NeuralNetworks
import Testing

@Suite("Schedules")
struct ScheduleTests {
  @Test(
    "factors at the corners and between",
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
}
