import Tensors

extension LinearGaussianStateSpaceModel {
  /// The distribution of the states at `times` times without observations: a Gaussian graphical
  /// model of `times·d` variables whose precision is a block chain.
  /// - Throws: `NotPositiveDefinite` if the covariances are so ill-conditioned that the precision
  ///   is not positive definite in this scalar type.
  /// - Complexity: `O(T d³)`.
  public func prior(times: Int) throws -> GaussianGraphicalModel<Scalar> {
    let chain = StateChain(self, times: times)
    return GaussianGraphicalModel(
      mean: chain.mean,
      precision: try BlockChainPrecision(
        diagonalBlocks: chain.diagonal, lowerBlocks: chain.lower))
  }

  /// The distribution of the states given observations, `[batch…, T, p]`. NaN marks a missing
  /// observation or a missing component. The result is a Gaussian graphical model of `T·d`
  /// variables whose marginals are those of the Kalman smoother.
  ///
  /// Its precision is a block chain. All series of a batch share it if the same components of all
  /// series are observed.
  /// - Throws: `StateSpaceModelError.observationNotFinite`; `NotPositiveDefinite` as `prior`.
  /// - Complexity: `O(T d³)`, and `O(p³ + p²d)` for each distinct set of observed components, or
  ///   for each time if `H` or `R` is given for each time.
  public func posterior(
    given observations: Tensor<Scalar>
  ) throws -> GaussianGraphicalModel<Scalar> {
    let posterior = try StatePosterior(self, observations)
    return GaussianGraphicalModel(mean: posterior.mean, precision: posterior.precision)
  }

  /// `log p(y)` of observations `[batch…, T, p]`, in which NaN marks missing components, in nats:
  /// `[batch…]`.
  ///
  /// It is computed as `p(y) = p(x, y)/p(x | y)`, which holds at any `x`. At the posterior mean of
  /// the states, which is used here, the quadratic forms are sums of squares without cancellation.
  /// - Throws: as `posterior(given:)`.
  /// - Complexity: that of `posterior(given:)`.
  public func logLikelihood(of observations: Tensor<Scalar>) throws -> Tensor<Scalar> {
    let posterior = try StatePosterior(self, observations)
    return posterior.logLikelihood(deviation: withoutRecording { posterior.deviation })
  }

  /// The posterior means, the covariances, the covariances of consecutive states and the
  /// likelihood, computed in one pass, for observations `[batch…, T, p]` in which NaN marks missing
  /// components.
  /// - Throws: as `posterior(given:)`.
  /// - Complexity: that of `posterior(given:)`.
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
  /// `Cov[x_t | y]`: `[T, d, d]`, or `[batch…, T, d, d]` if different components of the series are
  /// observed.
  public let covariances: Tensor<Scalar>
  /// `Cov[x_{t+1}, x_t | y]`: the same shape with `T − 1` in place of `T`.
  public let lagOneCovariances: Tensor<Scalar>
  /// `log p(y)`, in nats: `[batch…]`.
  public let logLikelihood: Tensor<Scalar>
}

/// The chain of the states, the terms of the observations, and the posterior precision.
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
    let lower = chain.lower.broadcast(to: diagonal.shape.dropLast(3) + chain.lower.shape)
    precision = try BlockChainPrecision(diagonalBlocks: diagonal, lowerBlocks: lower)
  }

  /// Reshapes states `[…, T·d]` to `[…, T, d]`.
  private func byTime(_ states: Tensor<Scalar>) -> Tensor<Scalar> {
    let d = stateDimension
    return states.reshaped(to: states.shape.dropLast() + [states.shape[-1] / d, d])
  }

  /// The difference of the posterior and the prior mean: `[batch…, T·d]`.
  var deviation: Tensor<Scalar> {
    let information = observations.information(of: observations.residual(of: byTime(chain.mean)))
    return precision.solve(
      information.reshaped(to: information.shape.dropLast(2) + [chain.mean.count]))
  }

  var mean: Tensor<Scalar> { chain.mean + deviation }

  /// `−½ [n log 2π + log |R| + ‖W r‖² + ‖B δ‖² − 2 log det B + log det P]` at the deviation `δ` of
  /// the mean, with `B` and `W` as in `StateChain` and `ObservationTerms`.
  ///
  /// The sum of the quadratic forms is minimal at the posterior mean. Its derivative in `δ` is
  /// therefore zero, and `δ` can be a constant.
  func logLikelihood(deviation: Tensor<Scalar>) -> Tensor<Scalar> {
    let residual = observations.residual(of: byTime(chain.mean + deviation))
    let white = chain.whitening.multiplyFactor(deviation)
    let quadratic = observations.deviance(of: residual) + white.squared().sum(axis: -1)
    let determinants = precision.logDeterminant - 2 * chain.whitening.logDeterminantOfFactor
    return -0.5 * (quadratic + determinants)
  }
}
