import NeuralNetworks
import TestSupport
import Testing

@Suite("Recorded statistics of batch norms")
struct RecordedStatisticsTests {
  private static func network(_ seed: UInt64 = 1) -> MLP<Float> {
    var generator = Philox(seed: seed)
    return MLP([4, 5, 3], hasBatchNorm: true, using: &generator)
  }

  private static func batch(_ seed: UInt64, rows: Int = 6) -> Tensor<Float> {
    var generator = Philox(seed: seed)
    return .normal([rows, 4], using: &generator)
  }

  private func statistics(of network: MLP<Float>) -> [[Float]] {
    network.norms.flatMap { [$0.mean.value.scalars, $0.variance.value.scalars] }
  }

  @Test("A record of one batch moves the statistics to the bits that a pass without a record gives")
  func oneBatch() {
    let (recorded, immediate) = (Self.network(), Self.network())
    let before = statistics(of: recorded)
    let record = RecordedStatistics()
    for step in 0..<3 {
      let x = Self.batch(UInt64(step))
      let a = recorded(x, mode: .training(recordingInto: record))
      let b = immediate(x, mode: .training)
      #expect(a.scalars == b.scalars)
      if step == 0 { #expect(statistics(of: recorded) == before) }
      record.moveRunningStatistics()
      #expect(statistics(of: recorded) == statistics(of: immediate))
    }
    // The record is empty again.
    let after = statistics(of: recorded)
    record.moveRunningStatistics()
    record.replaceRunningStatistics()
    #expect(statistics(of: recorded) == after)
  }

  @Test("Several passes move the statistics once, toward their mean")
  func severalPasses() {
    let norm = BatchNorm<Double>(1, momentum: 0.25)
    let record = RecordedStatistics()
    // The means are 1 and 5, the unbiased variances 2 and 8.
    for x in [Tensor<Double>([0, 2], shape: [2, 1]), Tensor([3, 7], shape: [2, 1])] {
      _ = norm(x, mode: .training(recordingInto: record))
    }
    #expect(norm.mean.value.scalars == [0] && norm.variance.value.scalars == [1])
    record.moveRunningStatistics()
    #expect(norm.mean.value.scalars == [0.75] && norm.variance.value.scalars == [2])
  }

  @Test("A pass in evaluation records nothing, and a second record has its own statistics")
  func separate() {
    let network = Self.network()
    let before = statistics(of: network)
    let (first, second) = (RecordedStatistics(), RecordedStatistics())
    _ = network(Self.batch(1), mode: .training(recordingInto: first))
    _ = network(Self.batch(2), mode: .evaluation)
    second.replaceRunningStatistics()
    #expect(statistics(of: network) == before)
    first.replaceRunningStatistics()
    #expect(statistics(of: network) != before)
  }

  @Test("An estimate that throws leaves the statistics unchanged")
  func throwing() {
    struct Interrupted: Error {}
    let network = Self.network()
    let before = statistics(of: network)
    #expect(throws: Interrupted.self) {
      try averagingStatistics { mode in
        _ = network(Self.batch(1), mode: mode)
        throw Interrupted()
      }
    }
    #expect(statistics(of: network) == before)
  }
}
