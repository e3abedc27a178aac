import LatentGraphs
import NeuralNetworks
import Tensors

/// A model under one structure: its posteriors have the given gates, in place of those of the most
/// probable structure. It shares the parameters of the model.
///
/// A strategy that computes its objective under a `GatedModel` is differentiable in the gates.
public struct GatedModel<Model: LatentVariableModel>: LatentVariableModel {
  /// The scalar type of the model.
  public typealias Scalar = Model.Scalar

  /// The model whose edges are gated.
  public let model: Model
  /// The gates, `[edges]`.
  public let gates: Tensor<Model.Scalar>

  /// `q(z|x)` under the structure.
  public func posterior(of x: Tensor<Model.Scalar>, mode: Mode) -> Model.Posterior {
    model.posterior(of: x, gates: gates, mode: mode)
  }

  /// `q(z|x)` under other gates than those of this model.
  public func posterior(
    of x: Tensor<Model.Scalar>, gates: Tensor<Model.Scalar>, mode: Mode
  ) -> Model.Posterior { model.posterior(of: x, gates: gates, mode: mode) }

  /// Samples of `q(z|x)`.
  public func sample(
    from posterior: Model.Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Model.Scalar> {
    model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
  }

  /// `p(x|z)`, which does not depend on the structure.
  public func observation(
    given latents: Tensor<Model.Scalar>, mode: Mode
  ) -> any Distribution<Model.Scalar> { model.observation(given: latents, mode: mode) }

  /// Samples of the prior under the structure.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Model.Scalar> {
    model.samplePrior(count, gates: gates, using: &generator)
  }

  /// Samples of the prior under other gates than those of this model.
  public func samplePrior(
    _ count: Int, gates: Tensor<Model.Scalar>, using generator: inout Philox
  ) -> Tensor<Model.Scalar> { model.samplePrior(count, gates: gates, using: &generator) }

  /// The first element that is outside the support of the model.
  public func firstOutsideSupport(_ x: Tensor<Model.Scalar>) -> UnsupportedElement? {
    model.firstOutsideSupport(x)
  }

  /// The reason for which gradients under the model would be wrong.
  public func refusalOfGradients(at x: Tensor<Model.Scalar>) -> (any Error)? {
    model.refusalOfGradients(at: x)
  }
}

extension LatentVariableModel {
  /// This model under the structure with these gates, `[edges]`.
  public func gated(by gates: Tensor<Scalar>) -> GatedModel<Self> {
    GatedModel(model: self, gates: gates)
  }
}
