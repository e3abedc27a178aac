import LatentGraphs
import NeuralNetworks
import Tensors

/// Variational inference with a tilted mean over the batch: minimizes `1/t·log 1/n Σᵢ exp(−t·ELBOᵢ)`
/// over the `n` observations of a batch (T. Li, A. Beirami, M. Sanjabi and V. Smith, "Tilted empirical
/// risk minimization", ICLR 2021).
///
/// The gradient is the mean of the observations' gradients with the weights
/// `exp(−t·ELBOᵢ)/Σⱼ exp(−t·ELBOⱼ)`. A positive tilt `t`, in 1/nats, gives more weight to observations
/// that the model explains badly, such as those of a rare group; for `t → ∞` only the worst one counts.
/// A negative tilt gives them less weight, so that outliers do not determine the model. A tilt of 0 is
/// `VariationalInference`.
///
/// The loss lies between the least and the largest `−ELBOᵢ`. It depends on the batch: its expectation
/// over random batches is at most the tilted mean over all observations for a positive tilt, and at
/// least that for a negative one. `−ELBOᵢ` is itself estimated from draws, whose noise is tilted too;
/// more draws reduce that.
public struct TiltedInference: InferenceStrategy {
  /// `t`, in 1/nats; finite. Bounds of images differ by tens of nats, so that a tilt of 0.1 already
  /// weights them very differently.
  public var tilt: Double { didSet { check() } }
  /// The number of samples from the posterior for each observation; at least 1.
  public var draws: Int { didSet { check() } }
  /// The way in which the divergence is computed.
  public var divergence: VariationalInference.Divergence

  /// Tilted inference with this number of samples.
  public init(
    tilt: Double, draws: Int = 1, divergence: VariationalInference.Divergence = .exact
  ) {
    self.tilt = tilt
    self.draws = draws
    self.divergence = divergence
    check()
  }

  private func check() {
    require(tilt.isFinite, "tilted inference got the tilt \(tilt), which is not finite")
    require(draws > 0, "tilted inference got \(draws) draws; it takes at least 1")
  }

  /// The bounds of a batch. The tilt changes only the loss, and only in training: in evaluation, the
  /// loss is the negative mean of the bounds. The reported parts are those of `VariationalInference`.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
    let density = model.observation(given: sample.latents, mode: mode).logDensity(of: x)
    let logLikelihood = density.mean(axis: 0)
    let divergence =
      self.divergence == .exact ? sample.klDivergence() : -(sample.logRatio().mean(axis: 0))
    let bound = logLikelihood - divergence
    return Objective(
      loss: mode.isTraining ? tiltedMean(of: -bound, by: tilt) : -bound.mean(),
      evidenceLowerBound: bound.detached, logLikelihood: logLikelihood.detached,
      klDivergence: divergence.detached)
  }
}

/// `1/t·log 1/n Σᵢ exp(t·xᵢ)` of `[n]`, and the mean if `t` is 0 or subnormal. The largest exponent is
/// 0, so that nothing overflows, and nothing cancels for small `t`.
private func tiltedMean<Scalar>(of x: Tensor<Scalar>, by tilt: Double) -> Tensor<Scalar> {
  let t = Scalar(tilt)
  if t.magnitude < .leastNormalMagnitude { return x.mean() }
  let reference = t > 0 ? x.detached.max(axis: 0) : x.detached.min(axis: 0)
  return reference + (t * (x - reference)).expm1().mean().log1p() / t
}
