import Foundation

/// What data can make wrong with a state-space model or its observations.
public enum StateSpaceModelError: Error, Equatable, LocalizedError {
  /// The covariances of a model.
  public enum Covariance: String, Sendable {
    /// `P0`, of the first state.
    case initial
    /// `Q`, of a transition.
    case transition
    /// `R`, of an observation.
    case observation
  }

  /// A covariance is not positive definite: its Cholesky factorization stops at the row `pivot`.
  /// `time` is that of a covariance which is given for each time, from 0.
  case singularCovariance(Covariance, time: Int?, pivot: Int)
  /// The transitions do not forget: `F` has an eigenvalue of size 1 or more.
  case notStationary
  /// An observation is infinite. (NaN marks what is missing.)
  case observationNotFinite(series: Int, time: Int, component: Int)

  /// What is wrong, and what may help.
  public var errorDescription: String? {
    switch self {
    case .singularCovariance(let covariance, let time, let pivot):
      "the \(covariance.rawValue) covariance\(time.map { " of time \($0)" } ?? "") is not positive "
        + "definite: the pivot of row \(pivot) is not positive. A state without noise is better "
        + "left out of the model; a little on the diagonal may do"
    case .notStationary:
      "the transition has an eigenvalue of size 1 or more, so that there is no stationary state; "
        + "give the mean and covariance of the first state"
    case .observationNotFinite(let series, let time, let component):
      "component \(component) of the observation of time \(time) in series \(series) is infinite; "
        + "NaN marks what is missing"
    }
  }
}
