import LatentGraphs
import NeuralNetworks
import Tensors

/// Exact inference: the loss is `−log p(x)`, without samples and without a recognition net.
///
/// The model must be `ExactlyInferable`; otherwise the program stops. The reported bound is tight:
/// `log p(x) = E log p(x|z) − KL(p(z|x) ‖ p(z))` under the exact posterior.
public struct ExactInference: InferenceStrategy {
  /// Exact inference, which has no settings.
  public init() {}

  /// The negative mean of `log p(x)` over the batch.
  ///
  /// If the parameters do not define a Gaussian, or an observation is not finite, the loss is NaN.
  /// A training run then ends with a typed error that states which of the two is the case.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    guard let model = model as? any ExactlyInferable<Model.Scalar> else {
      stop(
        "exact inference got a \(Model.self), whose evidence has no closed form; use "
          + "VariationalInference or ImportanceWeightedInference")
    }
    let undefined = Tensor<Model.Scalar>.full(.nan, [x.shape[0]])
    let evidence: ExactMarginal<Model.Scalar>
    do {
      evidence = try model.exactMarginal(of: x)
    } catch  where isNumericalFailure(error) {
      evidence = ExactMarginal(logDensity: undefined, klDivergence: undefined)
    } catch {
      stop("exact inference of a \(type(of: model)) failed: \(error)")
    }
    let logDensity = evidence.logDensity.detached
    // The divergence is not part of the loss.
    let divergence = withoutRecording { evidence.klDivergence }
    return Objective(
      loss: -evidence.logDensity.mean(), evidenceLowerBound: logDensity,
      logLikelihood: logDensity + divergence, klDivergence: divergence)
  }
}
