import Foundation
import Tensors

/// Relaxed binary variables in `(0, 1)`: the binary case of the Gumbel-softmax or concrete
/// distribution (Maddison et al., 2017; Jang et al., 2017; He et al., 2019, eq. 9).
///
/// `c = σ(y)`, `y = (logit μ + g)/τ` with logistic noise `g`, the difference of two Gumbel variables. As
/// the temperature `τ` goes to 0, `c` goes to a Bernoulli variable of mean `μ`. Its own mean has no closed
/// form, so that it is no `Distribution`.
///
/// The log-odds `y` have all digits at any temperature, and are what to draw and to score; of the values
/// `c` those near 1 are rounded, at a temperature of 0.1 to 1 itself one in six in `Float`.
public struct RelaxedBernoulli<Scalar: TensorScalar>: Sendable {
  /// The log-odds of a one, `[batch…, event]`.
  public let logits: Tensor<Scalar>
  /// The temperature, positive, which with its inverse has a value in `Scalar`.
  public let temperature: Double

  /// The relaxation of Bernoulli variables of these log-odds.
  public init(logits: Tensor<Scalar>, temperature: Double) {
    require(logits.rank > 0, "a relaxed Bernoulli distribution got logits without an event axis")
    require(temperature > 0, "a temperature of \(temperature) is not positive")
    require(
      Scalar(temperature).isNormal && Scalar(1 / temperature).isNormal,
      "a temperature of \(temperature) or its inverse is out of the range of \(Scalar.self)")
    self.logits = logits
    self.temperature = temperature
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.droppingLast() }

  /// The length of a value.
  public var dimension: Int { logits.shape[-1] }

  /// The log-density of log-odds `y`, `Σ [log τ + d − 2·log(1 + eᵈ)]` with `d = logit μ − τ·y`, in nats:
  /// `[draws…, batch…, event]` to `[draws…, batch…]`.
  public func logDensity(ofLogits value: Tensor<Scalar>) -> Tensor<Scalar> {
    logisticLogDensity(at: value).sum(axis: -1)
  }

  /// The log-density of values, `Σ [log τ + d − 2·log(1 + eᵈ)] − Σ log(x(1 − x))` with
  /// `d = logit μ − τ·logit x`, in nats: `[draws…, batch…, event]` to `[draws…, batch…]`.
  ///
  /// −∞ where an element lies outside of the open interval `(0, 1)`.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let isOutside = value.isLessOrEqual(to: 0) + value.isGreaterOrEqual(to: 1)
    let inside = isOutside.select(Tensor(0.5), value)
    let (odds, complement) = (inside.log(), (-inside).log1p())
    let density = logisticLogDensity(at: odds - complement) - odds - complement
    return isOutside.select(Tensor(-.infinity), density).sum(axis: -1)
  }

  /// The log-density of each element's log-odds, a logistic variable of location `logit μ/τ` and scale
  /// `1/τ`.
  private func logisticLogDensity(at value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    let d = logits - Scalar(temperature) * value
    // d − 2·log(1 + eᵈ), which is even in d, in a form that infinite log-odds make −∞ and not NaN.
    let distance = -d.abs()
    return distance - 2 * distance.softplus() + Scalar(Foundation.log(temperature))
  }

  /// The log-odds that logistic noise `[draws…, batch…, event]`, the difference of two Gumbel
  /// variables, is mapped to. Gradients flow to the logits and to the noise.
  public func sampleLogits(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    return Scalar(1 / temperature) * (logits + noise)
  }

  /// The log-odds of one draw of each distribution of the batch.
  public func sampleLogits(using generator: inout Philox) -> Tensor<Scalar> {
    let first = Tensor<Scalar>.gumbel(logits.shape, using: &generator)
    return sampleLogits(noise: first - .gumbel(logits.shape, using: &generator))
  }

  /// The value that logistic noise is mapped to, as of `sampleLogits(noise:)`.
  ///
  /// What would round to 0 or 1 is the least normal number, or the last one below 1: a value of the
  /// support, whose density is finite.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    values(at: sampleLogits(noise: noise))
  }

  /// One draw of each distribution of the batch.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    values(at: sampleLogits(using: &generator))
  }

  private func values(at odds: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = odds.sigmoid()
    let inside = value.detached.clamped(
      to: .leastNormalMagnitude...Scalar(1).nextDown)
    // The slope stays that of the sigmoid, which is not 0 there.
    return inside.recorded(from: [value]) { g, gradients in gradients.add(to: 0, g) }
  }
}
