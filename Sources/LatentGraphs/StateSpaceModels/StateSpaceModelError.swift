import Tensors

/// An error that data can cause in a state-space model or its observations.
public enum StateSpaceModelError: DescribedError, Equatable {
  /// The covariances of a model.
  public enum Covariance: String, Sendable {
    /// `P0`, the covariance of the first state.
    case initial
    /// `Q`, the covariance of the transition noise.
    case transition
    /// `R`, the covariance of the observation noise.
    case observation

    /// This covariance as a `Parameter`.
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

  /// An element of a parameter is NaN or infinite. `time`, counted from 0, is given for a parameter
  /// that varies over time. A mean or an offset has no `column`.
  case parameterNotFinite(Parameter, time: Int?, row: Int, column: Int?)
  /// A covariance is not symmetric: `element`, at `row` and `column`, differs from `mirrored`, at
  /// `column` and `row`.
  case notSymmetric(
    Covariance, time: Int?, row: Int, column: Int, element: Double, mirrored: Double)
  /// A covariance is not positive definite: its Cholesky factorization fails in the row `pivot`.
  /// `time`, counted from 0, is given for a covariance that varies over time.
  case singularCovariance(Covariance, time: Int?, pivot: Int)
  /// There is no stationary state: `F` has an eigenvalue with a magnitude of 1 or more.
  case notStationary
  /// An observation is infinite. (NaN marks missing components.)
  case observationNotFinite(series: Int, time: Int, component: Int)

  /// A description of the error and of how to correct it.
  public var description: String {
    switch self {
    case .parameterNotFinite(let parameter, let time, let row, let column):
      "the \(parameter.rawValue)\(time.map { " of time \($0)" } ?? "") is NaN or infinite in row "
        + "\(row)\(column.map { ", column \($0)" } ?? ""); only observations may be NaN, if "
        + "they are missing"
    case .notSymmetric(let covariance, let time, let row, let column, let element, let mirrored):
      "the \(covariance.rawValue) covariance\(time.map { " of time \($0)" } ?? "") is not "
        + "symmetric: \(element) in row \(row), column \(column), and \(mirrored) in row "
        + "\(column), column \(row); correct the elements, or pass (P + Pᵀ)/2 "
        + "if they differ by rounding only"
    case .singularCovariance(let covariance, let time, let pivot):
      "the \(covariance.rawValue) covariance\(time.map { " of time \($0)" } ?? "") is not positive "
        + "definite: the pivot of row \(pivot) is not positive; remove a state without "
        + "noise from the model, or add a small variance to the diagonal"
    case .notStationary:
      "the transition has an eigenvalue with a magnitude of 1 or more, so that no "
        + "stationary state exists; give the mean and covariance of the first state"
    case .observationNotFinite(let series, let time, let component):
      "component \(component) of the observation of time \(time) in series \(series) is infinite; "
        + "use NaN for a missing component"
    }
  }
}
