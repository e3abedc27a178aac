import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// Importance-weighted inference: maximizes `E log 1/K Σₖ wₖ` with `wₖ = p(x, zₖ)/q(zₖ|x)`. This
/// bound is tighter than the ELBO and approaches `log p(x)` as `K` increases (Burda et al., 2016).
public struct ImportanceWeightedInference: InferenceStrategy {
  /// The estimator of the gradient in the recognition network.
  public enum Gradient: Sendable {
    /// The derivative of the bound, whose signal-to-noise ratio approaches zero as `K` increases
    /// (Rainforth et al., 2018).
    case standard
    /// The doubly reparameterized gradient, DReG (Tucker et al., 2019). It is unbiased. Its
    /// variance is smaller than that of the standard gradient if the posterior is near the exact
    /// one, and zero at the exact posterior. Far from it, for example before training, its variance
    /// may be larger.
    ///
    /// The samples must be independent given the parameters. In training, batch norms in
    /// recognition heads whose inputs are the parents make them dependent through the statistics of
    /// the batch, which adds a bias. Both nets are evaluated twice in a step.
    case doublyReparameterized
  }

  /// `K`, the number of samples for each observation; at least 1.
  public var draws: Int { didSet { check() } }
  /// The estimator of the gradient.
  public var gradient: Gradient
  /// The way in which the divergence is computed on a test set. In training it is always sampled.
  public var divergence: VariationalInference.Divergence

  /// Importance-weighted inference with `K` samples for each observation.
  public init(
    draws: Int, gradient: Gradient = .doublyReparameterized,
    divergence: VariationalInference.Divergence = .exact
  ) {
    self.divergence = divergence
    self.draws = draws
    self.gradient = gradient
    check()
  }

  private func check() {
    require(draws > 0, "importance-weighted inference got \(draws) draws; it takes at least 1")
  }

  /// The bound on a batch. Its `klDivergence` is the mean of `log q(z|x) − log p(z)` over the
  /// samples.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
    let weights = PathWeights<Model.Scalar>()
    let latents: Tensor<Model.Scalar>
    let ratio: Tensor<Model.Scalar>
    switch gradient {
    case .standard:
      latents = sample.latents
      ratio = sample.logRatio()
    case .doublyReparameterized:
      latents = weights.scalingGradient(of: sample.latents)
      ratio = sample.pathLogRatio(at: latents)
    }
    let density = model.observation(given: latents, mode: mode).logDensity(of: x)
    let logWeights = density + ratio  // [K, batch]
    let bound = logWeights.logSumExp(axis: 0) - Model.Scalar(log(Double(draws)))
    // The bound's derivative is Σ w̃ₖ·d log wₖ. In DReG the path through zₖ is weighted by w̃ₖ once
    // more.
    if case .doublyReparameterized = gradient {
      weights.value = logWeights.detached.softmax(axis: 0)
    }
    return Objective(
      loss: -bound.mean(), evidenceLowerBound: bound.detached,
      logLikelihood: density.detached.mean(axis: 0),
      klDivergence: -(ratio.detached.mean(axis: 0)))
  }
}

/// Weights `[K, batch]` by which the gradients of latents `[K, batch, latents]` are multiplied in
/// the backward pass. They are known only after the forward pass.
private final class PathWeights<Scalar: TensorScalar> {
  var value: Tensor<Scalar>?

  func scalingGradient(of latents: Tensor<Scalar>) -> Tensor<Scalar> {
    latents.recorded(from: [latents]) { [self] g, gradients in
      guard let value else { stop("the weights of the gradients have not been set") }
      gradients.add(to: 0, g * value.addingAxis(at: -1))
    }
  }
}
