import LatentGraphs
import NeuralNetworks
import Tensors

/// Exact inference: the loss is `−log p(x)` itself, with no draws and no recognition net.
///
/// For models that know their evidence (`ExactlyInferable`); with any other the caller is stopped. The
/// bound that it reports is tight: `log p(x) = E log p(x|z) − KL(p(z|x) ‖ p(z))` under the exact
/// posterior.
public struct ExactInference: InferenceStrategy {
  /// The strategy.
  public init() {}

  /// The negative mean of `log p(x)` over the batch.
  ///
  /// Where the parameters leave no Gaussian, or an observation is not finite, the loss is NaN,
  /// which ends a training run by a typed error that says which of the two it was.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    guard let model = model as? any ExactlyInferable<Model.Scalar> else {
      stop(
        "exact inference on a \(Model.self), whose evidence has no closed form; use "
          + "VariationalInference or ImportanceWeightedInference")
    }
    let undefined = Tensor<Model.Scalar>.full(.nan, [x.shape[0]])
    let evidence: ExactEvidence<Model.Scalar>
    do {
      evidence = try model.exactEvidence(of: x)
    } catch  where isOfDivergence(error) {
      evidence = ExactEvidence(logDensity: undefined, klDivergence: undefined)
    } catch {
      stop("exact inference of a \(type(of: model)): \(error)")
    }
    let logDensity = evidence.logDensity.detached
    // It is no part of the loss.
    let divergence = withoutRecording { evidence.klDivergence }
    return Objective(
      loss: -evidence.logDensity.mean(), evidenceLowerBound: logDensity,
      logLikelihood: logDensity + divergence, klDivergence: divergence)
  }
}
