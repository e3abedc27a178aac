import Foundation
import Tensors

/// Relaxed binary variables in `(0, 1)`: the binary case of the Gumbel-softmax or concrete
/// distribution (Maddison et al., 2017; Jang et al., 2017; He et al., 2019, eq. 9).
///
/// `c = σ((logit μ + g)/τ)` with logistic noise `g`, the difference of two Gumbel variables. As the
/// temperature `τ` goes to 0, `c` goes to a Bernoulli variable of mean `μ`. Its own mean has no closed
/// form, so that it is no `Distribution`.
public struct RelaxedBernoulli<Scalar: TensorScalar>: Sendable {
  /// The log-odds of a one, `[batch…, event]`.
  public let logits: Tensor<Scalar>
  /// The temperature, positive.
  public let temperature: Double

  /// The relaxation of Bernoulli variables of these log-odds.
  public init(logits: Tensor<Scalar>, temperature: Double) {
    require(logits.rank > 0, "a relaxed Bernoulli distribution got logits without an event axis")
    require(temperature > 0, "a temperature of \(temperature) is not positive")
    self.logits = logits
    self.temperature = temperature
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.droppingLast() }

  /// The length of a value.
  public var dimension: Int { logits.shape[-1] }

  /// `Σ [log τ + d − 2·log(1 + eᵈ)] − Σ log(x(1 − x))` with `d = logit − τ·logit x`, in nats, of
  /// values in `(0, 1)`; at 0 and 1 it is not finite.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    let (odds, complement) = (value.log(), (-value).log1p())
    let d = logits - Scalar(temperature) * (odds - complement)
    let density = d - 2 * d.softplus() - odds - complement
    return (density + Scalar(Foundation.log(temperature))).sum(axis: -1)
  }

  /// The value that logistic noise `[draws…, batch…, event]`, the difference of two Gumbel
  /// variables, is mapped to. Gradients flow to the logits.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    return (Scalar(1 / temperature) * (logits + noise)).sigmoid()
  }

  /// One draw of each distribution of the batch.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    let first = Tensor<Scalar>.gumbel(logits.shape, using: &generator)
    return sample(noise: first - .gumbel(logits.shape, using: &generator))
  }
}
