import NeuralNetworks

/// How the learning rate of an experiment changes over the epochs.
package enum RateSchedule: String, CaseIterable, Sendable {
  case constant
  /// "Learning rate is decreased by 0.25 every 200 epochs" (He et al., 2019, appendix B.2). We read:
  /// it is multiplied by 0.25. (Multiplied by 0.75 would be the other reading.)
  case paper

  /// The schedule, whose time counts epochs.
  package var schedule: Schedule {
    switch self {
    case .constant: .constant
    case .paper: .step(period: 200, factor: 0.25)
    }
  }
}
