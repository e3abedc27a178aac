import LatentGraphs
import TestSupport
import Testing

/// A random state-space model: its parameters, the library's model and the reference filter.
struct StateSpaceCase: Hashable, Sendable, CustomTestStringConvertible {
  let times, state, observation: Int
  /// Whether the parameters differ between times.
  let varies: Bool

  var testDescription: String {
    "T = \(times), d = \(state), p = \(observation)\(varies ? ", varying" : "")"
  }

  static let all: [StateSpaceCase] = [false, true].flatMap { varies in
    [(1, 1, 1), (1, 3, 2), (2, 2, 3), (5, 1, 1), (6, 2, 2), (7, 3, 1), (4, 9, 5)].map {
      StateSpaceCase(times: $0.0, state: $0.1, observation: $0.2, varies: varies)
    }
  }

  /// The parameters in the order of the initializer. Covariances are given by square roots, so that
  /// any change of these leaves the covariances positive definite.
  func parameters(using generator: inout Philox) -> [Tensor<Double>] {
    let (T, d, p) = (times, state, observation)
    let transitions: Shape = varies ? [T - 1] : []
    let observations: Shape = varies ? [T] : []
    func normal(_ shape: Shape, _ scale: Double) -> Tensor<Double> {
      scale * .normal(shape, using: &generator)
    }
    return [
      normal([d], 1), normal([d, d], 0.5),
      normal(transitions + [d, d], 0.3) + 0.5 * .identity(d), normal(transitions + [d], 1),
      normal(transitions + [d, d], 0.4), normal(observations + [p, d], 1),
      normal(observations + [p], 1), normal(observations + [p, p], 0.4),
    ]
  }

  /// `A Aᵀ + ½ I`.
  static func covariance(_ root: Tensor<Double>) -> Tensor<Double> {
    matrixProduct(root, root, transposingRight: true) + 0.5 * .identity(root.shape[-1])
  }

  func model(_ parameters: [Tensor<Double>]) -> LinearGaussianStateSpaceModel<Double> {
    try! LinearGaussianStateSpaceModel(
      initialMean: parameters[0], initialCovariance: Self.covariance(parameters[1]),
      transition: parameters[2], transitionOffset: parameters[3],
      transitionCovariance: Self.covariance(parameters[4]), observation: parameters[5],
      observationOffset: parameters[6], observationCovariance: Self.covariance(parameters[7]))
  }

  func filter(_ parameters: [Tensor<Double>]) -> KalmanFilter {
    let (T, d, p) = (times, state, observation)
    func matrix(_ x: Tensor<Double>, _ time: Int, _ columns: Int) -> Matrix {
      let part = x.rank == 3 ? x.slice(at: time) : x
      return Matrix(
        part.scalars.isEmpty ? [] : part.reshaped(to: [part.shape[0], columns]).vectors)
    }
    func vector(_ x: Tensor<Double>, _ time: Int) -> [Double] {
      (x.rank == 2 ? x.slice(at: time) : x).scalars
    }
    let (P0, Q, R) = (
      Self.covariance(parameters[1]), Self.covariance(parameters[4]), Self.covariance(parameters[7])
    )
    return KalmanFilter(
      initialMean: parameters[0].scalars, initialCovariance: matrix(P0, 0, d),
      transitions: (0..<T - 1).map {
        (matrix(parameters[2], $0, d), vector(parameters[3], $0), matrix(Q, $0, d))
      },
      observations: (0..<T).map {
        (matrix(parameters[5], $0, d), vector(parameters[6], $0), matrix(R, $0, p))
      })
  }

  /// The missing values in a batch of series: none, the same in all series, or different in each.
  enum Gaps: CaseIterable, Sendable { case none, shared, own }

  func observations(
    batch: Shape, _ gaps: Gaps, using generator: inout Philox
  ) -> Tensor<Double> {
    let y = 2 * Tensor<Double>.normal(batch + [times, observation], using: &generator)
    guard gaps != .none else { return y }
    let chances = Tensor<Double>.uniform(
      gaps == .own ? y.shape : y.shape.last(2), in: 0..<1, using: &generator
    ).broadcast(to: y.shape)
    return Tensor(
      zip(y.scalars, chances.scalars).map { $1 < 0.3 ? .nan : $0 }, shape: y.shape)
  }
}
