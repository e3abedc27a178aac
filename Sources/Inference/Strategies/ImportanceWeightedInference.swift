import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// Importance-weighted inference: maximizes `E log 1/K Σₖ wₖ` with `wₖ = p(x, zₖ)/q(zₖ|x)`, a bound
/// that is tighter than the ELBO and grows with `K` to `log p(x)` (Burda et al., 2016).
public struct ImportanceWeightedInference: InferenceStrategy {
  /// The estimator of the gradient in the recognition network.
  public enum Gradient: Sendable {
    /// The plain derivative of the bound, whose signal vanishes as `K` grows (Rainforth et al.,
    /// 2018).
    case standard
    /// The doubly reparameterized one, DReG (Tucker et al., 2019): unbiased, and of less variance
    /// where the posterior is near the exact one; at that one it does not vary at all. Far from it, as
    /// before any training, it may vary more than the plain derivative.
    ///
    /// It takes draws that are independent given the parameters. Batch norms in the recognition
    /// heads that see parents tie them together in training, through the statistics of the batch;
    /// the gradient is then unbiased but for that. Both nets are evaluated twice in a step, and their
    /// batch norms move the running statistics twice.
    case doublyReparameterized
  }

  /// `K`, the draws for each observation; at least 1.
  public var samples: Int { didSet { check() } }
  /// The estimator of the gradient.
  public var gradient: Gradient
  /// How the divergence is taken on a test set; the training itself samples it in any case.
  public var divergence: VariationalInference.Divergence

  /// Importance-weighted inference with `K` draws for each observation.
  public init(
    samples: Int, gradient: Gradient = .doublyReparameterized,
    divergence: VariationalInference.Divergence = .exact
  ) {
    self.divergence = divergence
    self.samples = samples
    self.gradient = gradient
    check()
  }

  private func check() {
    require(samples > 0, "importance-weighted inference with \(samples) samples")
  }

  /// The bound on a batch; its `klDivergence` is the mean of `log q(z|x) − log p(z)` over the draws.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: samples, mode: mode, using: &generator)
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
    let bound = logWeights.logSumExp(axis: 0) - Model.Scalar(log(Double(samples)))
    // The bound's derivative is Σ w̃ₖ·d log wₖ; in DReG the path through zₖ is weighted by w̃ₖ again.
    if case .doublyReparameterized = gradient {
      weights.value = logWeights.detached.softmax(axis: 0)
    }
    return Objective(
      loss: -bound.mean(), evidenceLowerBound: bound.detached,
      logLikelihood: density.detached.mean(axis: 0),
      klDivergence: -(ratio.detached.mean(axis: 0)))
  }
}

/// Weights `[K, batch]` by which the gradients of latents `[K, batch, latents]` are multiplied on
/// their way back: known only after the pass forward.
private final class PathWeights<Scalar: TensorScalar> {
  var value: Tensor<Scalar>?

  func scalingGradient(of latents: Tensor<Scalar>) -> Tensor<Scalar> {
    latents.recorded(from: [latents]) { [self] g, gradients in
      guard let value else { stop("the weights of the paths have not been set") }
      gradients.add(to: 0, g * value.addingAxis(at: -1))
    }
  }
}
