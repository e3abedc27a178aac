import Tensors

extension LinearGaussianStateSpaceModel {
  /// The states of `times` times before anything is observed: a Gaussian graphical model of
  /// `times·d` variables whose precision is a block chain.
  /// - Throws: `NotPositiveDefinite` where the covariances are so ill-conditioned that the precision
  ///   is not positive definite in this type of number.
  /// - Complexity: `O(T d³)`.
  public func prior(times: Int) throws -> GaussianGraphicalModel<Scalar> {
    let chain = StateChain(self, times: times)
    return GaussianGraphicalModel(
      mean: chain.mean,
      precision: try BlockChainPrecision(
        diagonalBlocks: chain.diagonal, lowerBlocks: chain.lower))
  }

  /// The states given observations, `[batch…, T, p]`, in which NaN marks what is missing, also parts
  /// of a vector: a Gaussian graphical model of `T·d` variables whose marginals are the Kalman
  /// smoother's.
  ///
  /// Its precision is a block chain, which all series of a batch share where the same is observed of
  /// them.
  /// - Throws: `StateSpaceModelError.observationNotFinite`; `NotPositiveDefinite` as `prior` does.
  /// - Complexity: `O(T d³)`, and `O(p³ + p²d)` for each set of components that is observed of a
  ///   time, or for each time where `H` or `R` is given for each.
  public func posterior(
    given observations: Tensor<Scalar>
  ) throws -> GaussianGraphicalModel<Scalar> {
    let posterior = try StatePosterior(self, observations)
    return GaussianGraphicalModel(mean: posterior.mean, precision: posterior.precision)
  }

  /// `log p(y)` of observations `[batch…, T, p]`, in which NaN marks what is missing, in nats:
  /// `[batch…]`.
  ///
  /// By the normalizer: `p(y) = p(x, y)/p(x | y)` at any `x`, taken at the mean of the states given
  /// `y`, where the quadratic forms are sums of squares that do not cancel.
  /// - Throws: As `posterior(given:)` does.
  /// - Complexity: That of `posterior(given:)`.
  public func logLikelihood(of observations: Tensor<Scalar>) throws -> Tensor<Scalar> {
    let posterior = try StatePosterior(self, observations)
    return posterior.logLikelihood(deviation: withoutRecording { posterior.deviation })
  }

  /// Means, covariances, covariances of consecutive states and the likelihood in one pass, for
  /// observations `[batch…, T, p]`, in which NaN marks what is missing.
  /// - Throws: As `posterior(given:)` does.
  /// - Complexity: That of `posterior(given:)`.
  public func smoothed(_ observations: Tensor<Scalar>) throws -> SmoothedStates<Scalar> {
    let posterior = try StatePosterior(self, observations)
    let deviation = posterior.deviation
    let batch = posterior.observations.batchShape
    let covariances = posterior.precision.blockCovariances
    let mean = posterior.chain.mean + deviation
    return SmoothedStates(
      means: mean.reshaped(to: batch + [mean.shape[-1] / stateDimension, stateDimension]),
      covariances: covariances.marginals, lagOneCovariances: covariances.lagOne,
      logLikelihood: posterior.logLikelihood(deviation: deviation.detached))
  }
}

/// The states of a state-space model given observations.
public struct SmoothedStates<Scalar: TensorScalar>: Sendable {
  /// `E[x_t | y]`: `[batch…, T, d]`.
  public let means: Tensor<Scalar>
  /// `Cov[x_t | y]`: `[T, d, d]`; `[batch…, T, d, d]` where series differ in what is observed of them.
  public let covariances: Tensor<Scalar>
  /// `Cov[x_{t+1}, x_t | y]`: the same with `T − 1`.
  public let lagOneCovariances: Tensor<Scalar>
  /// `log p(y)`, in nats: `[batch…]`.
  public let logLikelihood: Tensor<Scalar>
}

/// The chain of states, what the observations add to it, and their sum.
private struct StatePosterior<Scalar: TensorScalar> {
  let chain: StateChain<Scalar>
  let observations: ObservationTerms<Scalar>
  let precision: BlockChainPrecision<Scalar>
  private let stateDimension: Int

  init(
    _ model: LinearGaussianStateSpaceModel<Scalar>, _ values: Tensor<Scalar>
  ) throws {
    observations = try ObservationTerms(model, values)
    chain = StateChain(model, times: values.shape[-2])
    stateDimension = model.stateDimension
    let diagonal = chain.diagonal + observations.precision
    let lower = chain.lower.broadcast(to: diagonal.shape.droppingLast(3) + chain.lower.shape)
    precision = try BlockChainPrecision(diagonalBlocks: diagonal, lowerBlocks: lower)
  }

  /// States `[…, T·d]` as `[…, T, d]`.
  private func byTime(_ states: Tensor<Scalar>) -> Tensor<Scalar> {
    let d = stateDimension
    return states.reshaped(to: states.shape.droppingLast() + [states.shape[-1] / d, d])
  }

  /// How far the mean given the observations is from that without: `[batch…, T·d]`.
  var deviation: Tensor<Scalar> {
    let information = observations.information(of: observations.residual(of: byTime(chain.mean)))
    return precision.solve(
      information.reshaped(to: information.shape.droppingLast(2) + [chain.mean.count]))
  }

  var mean: Tensor<Scalar> { chain.mean + deviation }

  /// `−½ [n log 2π + log |R| + ‖W r‖² + ‖B δ‖² − 2 log det B + log det P]` at the deviation `δ` of the
  /// mean, `B` and `W` as in `StateChain` and `ObservationTerms`.
  ///
  /// There the quadratic forms are smallest, so that their derivative in `δ` is zero and a constant
  /// will do.
  func logLikelihood(deviation: Tensor<Scalar>) -> Tensor<Scalar> {
    let residual = observations.residual(of: byTime(chain.mean + deviation))
    let white = chain.whitening.multiplyFactor(deviation)
    let quadratic = observations.deviance(of: residual) + white.squared().sum(axis: -1)
    let determinants = precision.logDeterminant - 2 * chain.whitening.logDeterminantOfFactor
    return -0.5 * (quadratic + determinants)
  }
}
