import Tensors

/// What data can make wrong with a state-space model or its observations.
public enum StateSpaceModelError: DescribedError, Equatable {
  /// The covariances of a model.
  public enum Covariance: String, Sendable {
    /// `P0`, of the first state.
    case initial
    /// `Q`, of a transition.
    case transition
    /// `R`, of an observation.
    case observation

    /// The same as a parameter.
    public var parameter: Parameter {
      switch self {
      case .initial: .initialCovariance
      case .transition: .transitionCovariance
      case .observation: .observationCovariance
      }
    }
  }

  /// The parameters of a model.
  public enum Parameter: String, Sendable {
    /// `m0`.
    case initialMean = "initial mean"
    /// `P0`.
    case initialCovariance = "initial covariance"
    /// `F`.
    case transition = "transition"
    /// `b`.
    case transitionOffset = "transition offset"
    /// `Q`.
    case transitionCovariance = "transition covariance"
    /// `H`.
    case observation = "observation matrix"
    /// `c`.
    case observationOffset = "observation offset"
    /// `R`.
    case observationCovariance = "observation covariance"
  }

  /// An element of a parameter is infinite or NaN. `time` is that of a parameter which is given for
  /// each time, from 0; a mean or an offset has no `column`.
  case parameterNotFinite(Parameter, time: Int?, row: Int, column: Int?)
  /// A covariance is not symmetric: the `element` at `row` and `column` is not its `mirrored` one.
  case notSymmetric(
    Covariance, time: Int?, row: Int, column: Int, element: Double, mirrored: Double)
  /// A covariance is not positive definite: its Cholesky factorization stops at the row `pivot`.
  /// `time` is that of a covariance which is given for each time, from 0.
  case singularCovariance(Covariance, time: Int?, pivot: Int)
  /// The transitions do not forget: `F` has an eigenvalue of size 1 or more.
  case notStationary
  /// An observation is infinite. (NaN marks what is missing.)
  case observationNotFinite(series: Int, time: Int, component: Int)

  /// What is wrong, and what may help.
  public var description: String {
    switch self {
    case .parameterNotFinite(let parameter, let time, let row, let column):
      "the \(parameter.rawValue)\(time.map { " of time \($0)" } ?? "") is infinite or no number in row "
        + "\(row)\(column.map { ", column \($0)" } ?? ""); only observations may be NaN, where they are "
        + "missing"
    case .notSymmetric(let covariance, let time, let row, let column, let element, let mirrored):
      "the \(covariance.rawValue) covariance\(time.map { " of time \($0)" } ?? "") is not symmetric: "
        + "\(element) in row \(row), column \(column), and \(mirrored) in row \(column), column \(row); "
        + "correct the elements, or pass (P + Pᵀ)/2 where they differ by "
        + "rounding alone"
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
