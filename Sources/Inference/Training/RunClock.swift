/// The elapsed and the remaining time of a run. It is measured by a monotonic clock, so that a change
/// of the system's date has no effect.
package final class RunClock {
  private let now: () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private var epochStart: ContinuousClock.Instant
  private var observationsDone = 0.0
  private var observationsLeft: Double

  package init(
    observationsLeft: Double, now: @escaping () -> ContinuousClock.Instant = { .now }
  ) {
    (self.now, self.observationsLeft) = (now, observationsLeft)
    start = now()
    epochStart = start
  }

  /// Starts an epoch, a part of which may already have been run.
  package func startEpoch(secondsBefore: Double) { epochStart = now() - .seconds(secondsBefore) }

  package func advance(_ observations: Int) {
    observationsDone += Double(observations)
    observationsLeft -= Double(observations)
  }

  /// The number of seconds since the start of the epoch.
  package var epochSeconds: Double { (now() - epochStart) / .seconds(1) }

  /// The number of observations per second since the start of the run, including evaluations.
  package var rate: Double { observationsDone / max((now() - start) / .seconds(1), 1e-9) }

  /// The estimated remaining time in seconds.
  package var secondsLeft: Double { max(observationsLeft, 0) / max(rate, 1e-9) }
}
