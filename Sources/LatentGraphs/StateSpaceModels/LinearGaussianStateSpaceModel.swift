import Tensors

/// A linear-Gaussian state-space model: a Markov chain of states, of which linear functions are
/// observed with noise.
///
/// `x_1 ~ N(m0, P0)`, `x_{t+1} = F x_t + b + N(0, Q)`, `y_t = H x_t + c + N(0, R)`, with `d`
/// variables in a state and `p` components in an observation. Each of `F`, `b`, `Q`, `H`, `c` and
/// `R` is either the same at all times, with the shape given below, or given for each time, with an
/// additional first axis. This axis has the length `T` for the parameters of observations, and
/// `T − 1` for those of transitions, the first of which leads from time 0 to time 1.
///
/// Given observations, the states are a Gaussian graphical model whose precision is a block chain.
/// Its marginals are those of the Kalman smoother, and its normalizer gives the likelihood. All
/// operations of Gaussian graphical models, such as sampling, conditioning and divergences, are
/// available. All results are differentiable in all parameters.
///
/// Times, series and components are counted from 0.
public struct LinearGaussianStateSpaceModel<Scalar: TensorScalar>: Sendable {
  /// `m0`, the mean of the first state: `[d]`.
  public let initialMean: Tensor<Scalar>
  /// `P0`, the covariance of the first state: `[d, d]`.
  public let initialCovariance: Tensor<Scalar>
  /// `F`, the transition matrix: `[d, d]`.
  public let transition: Tensor<Scalar>
  /// `b`, the offset of a transition: `[d]`; zeros by default.
  public let transitionOffset: Tensor<Scalar>
  /// `Q`, the covariance of the transition noise: `[d, d]`.
  public let transitionCovariance: Tensor<Scalar>
  /// `H`, the observation matrix: `[p, d]`.
  public let observation: Tensor<Scalar>
  /// `c`, the offset of an observation: `[p]`; zeros by default.
  public let observationOffset: Tensor<Scalar>
  /// `R`, the covariance of the observation noise: `[p, p]`.
  public let observationCovariance: Tensor<Scalar>
  /// `L⁻¹` for the Cholesky factors `L` of `P0` and `Q`.
  let initialWhitener, transitionWhitener: Tensor<Scalar>

  /// The model with these parameters, each in one of the shapes described above.
  /// - Throws: `StateSpaceModelError`: `parameterNotFinite`, with the parameter, the time and the
  ///   place; `notSymmetric`, with the covariance and two elements that differ by more than
  ///   rounding; `singularCovariance`, with the covariance, its time and the pivot.
  /// - Complexity: `O(d³ + p³)`; if covariances are given for each time, this for each time.
  public init(
    initialMean: Tensor<Scalar>, initialCovariance: Tensor<Scalar>, transition: Tensor<Scalar>,
    transitionOffset: Tensor<Scalar>? = nil, transitionCovariance: Tensor<Scalar>,
    observation: Tensor<Scalar>, observationOffset: Tensor<Scalar>? = nil,
    observationCovariance: Tensor<Scalar>
  ) throws {
    self.initialMean = initialMean
    self.initialCovariance = initialCovariance
    self.transition = transition
    self.transitionOffset = transitionOffset ?? .zeros([transition.lastSize])
    self.transitionCovariance = transitionCovariance
    self.observation = observation
    self.observationOffset = observationOffset ?? .zeros([observationCovariance.lastSize])
    self.observationCovariance = observationCovariance
    requireShapes(
      initial: (initialMean, initialCovariance),
      transition: (transition, self.transitionOffset, transitionCovariance),
      observation: (observation, self.observationOffset, observationCovariance))
    try checkValues(
      initial: (initialMean, initialCovariance),
      transition: (transition, self.transitionOffset, transitionCovariance),
      observation: (observation, self.observationOffset, observationCovariance))
    initialWhitener = try whitener(of: initialCovariance, .initial)
    transitionWhitener = try whitener(of: transitionCovariance, .transition)
    // If observations are missing, submatrices of R are factored later. Here it is only checked
    // that R is positive definite.
    _ = try whitener(of: observationCovariance.detached, .observation)
  }

  /// The number of variables in a state, `d`.
  public var stateDimension: Int { initialMean.shape[-1] }

  /// The number of components of an observation, `p`.
  public var observationDimension: Int { observationCovariance.shape[-1] }
}

extension Tensor {
  /// The size of the last axis, 0 for a scalar.
  fileprivate var lastSize: Int { rank > 0 ? shape[-1] : 0 }
}

/// Checks that all values are finite and that the covariances are symmetric.
private func checkValues<Scalar>(
  initial: (mean: Tensor<Scalar>, covariance: Tensor<Scalar>),
  transition: (matrix: Tensor<Scalar>, offset: Tensor<Scalar>, covariance: Tensor<Scalar>),
  observation: (matrix: Tensor<Scalar>, offset: Tensor<Scalar>, covariance: Tensor<Scalar>)
) throws {
  try checkFinite(initial.mean, rank: 1, .initialMean)
  try checkCovariance(initial.covariance, .initial)
  try checkFinite(transition.matrix, rank: 2, .transition)
  try checkFinite(transition.offset, rank: 1, .transitionOffset)
  try checkCovariance(transition.covariance, .transition)
  try checkFinite(observation.matrix, rank: 2, .observation)
  try checkFinite(observation.offset, rank: 1, .observationOffset)
  try checkCovariance(observation.covariance, .observation)
}

/// Stops the program if the shapes of the parameters do not match.
private func requireShapes<Scalar>(
  initial: (mean: Tensor<Scalar>, covariance: Tensor<Scalar>),
  transition: (matrix: Tensor<Scalar>, offset: Tensor<Scalar>, covariance: Tensor<Scalar>),
  observation: (matrix: Tensor<Scalar>, offset: Tensor<Scalar>, covariance: Tensor<Scalar>)
) {
  let (m0, p0) = (initial.mean.shape, initial.covariance.shape)
  require(
    m0.rank == 1 && m0[0] >= 1 && p0 == [m0[0], m0[0]],
    "a state-space model got an initial mean of shape \(m0) and an initial covariance of shape "
      + "\(p0); it takes [d] and [d, d]")
  let (d, p) = (m0[0], observation.covariance.lastSize)
  func fits(_ x: Tensor<Scalar>, _ shape: Shape) -> Bool {
    x.shape == shape || x.rank == shape.rank + 1 && x.shape.last(shape.rank) == shape
  }
  require(
    fits(transition.matrix, [d, d]) && fits(transition.offset, [d])
      && fits(transition.covariance, [d, d]),
    "a state-space model of states of dimension \(d) got transitions of shape "
      + "\(transition.matrix.shape), offsets of shape \(transition.offset.shape) and covariances "
      + "of shape \(transition.covariance.shape); it takes [d, d], [d] and [d, d], or these with "
      + "an additional first axis of length T − 1")
  require(
    p >= 1 && fits(observation.matrix, [p, d]) && fits(observation.offset, [p])
      && fits(observation.covariance, [p, p]),
    "a state-space model of states of dimension \(d) got observation matrices of shape "
      + "\(observation.matrix.shape), offsets of shape \(observation.offset.shape) and covariances "
      + "of shape \(observation.covariance.shape); it takes [p, d], [p] and [p, p], or these with "
      + "an additional first axis of length T")
  /// The lengths of the time axes of the parameters that have one.
  func times(_ part: (matrix: Tensor<Scalar>, offset: Tensor<Scalar>, covariance: Tensor<Scalar>))
    -> [Int]
  {
    [(part.matrix, 3), (part.offset, 2), (part.covariance, 3)]
      .filter { $0.0.rank == $0.1 }.map { $0.0.shape[0] }
  }
  let (transitions, observations) = (times(transition).map { $0 + 1 }, times(observation))
  require(
    Set(transitions + observations).count <= 1,
    "a state-space model got parameters for different numbers of times: transitions for "
      + "\(transitions), observations for \(observations)")
}
