import NeuralNetworks

/// The learning rate of an experiment as a function of the epoch.
package enum RateSchedule: String, CaseIterable, Sendable {
  case constant
  /// "Learning rate is decreased by 0.25 every 200 epochs" (He et al., 2019, appendix B.2),
  /// interpreted as a factor of 0.25.
  case paper
  /// The same, interpreted as a decrease by a quarter: a factor of 0.75.
  case paperQuarterLess = "paper-0.75"
  /// From 1 to 0 along half a cosine over all epochs.
  case cosine

  /// The period of the paper's schedules, in epochs.
  package static var paperPeriod: Double { 200 }

  /// The schedule, with time in epochs.
  ///
  /// - Parameters:
  ///   - epochs: The length of the run, at the end of which a cosine is 0.
  ///   - period: The number of epochs between two steps of the paper's schedules.
  ///   - warmUp: The number of epochs over which the rate increases from 0 at the start of the run.
  package func schedule(
    epochs: Int, period: Double = paperPeriod, warmUp: Double = 0
  ) -> Schedule {
    let main: Schedule =
      switch self {
      case .constant: .constant
      case .paper: .step(period: period, factor: 0.25)
      case .paperQuarterLess: .step(period: period, factor: 0.75)
      case .cosine: .cosine(duration: max(Double(epochs) - warmUp, 1e-6))
      }
    return warmUp > 0 ? .warmUp(duration: warmUp, then: main) : main
  }
}
