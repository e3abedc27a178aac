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
  ///
  /// −∞ at infinite log-odds, where the slopes are the limits; but NaN where `logit μ` is infinite too
  /// and of the same sign: such a variable is the constant `y` itself and has no density there.
  public func logDensity(ofLogits value: Tensor<Scalar>) -> Tensor<Scalar> {
    logDensity(of: value, asLogits: true)
  }

  /// The log-density of values, `Σ [log τ + d − 2·log(1 + eᵈ)] − Σ log(x(1 − x))` with
  /// `d = logit μ − τ·logit x`, in nats: `[draws…, batch…, event]` to `[draws…, batch…]`.
  ///
  /// −∞ where an element lies outside of the open interval `(0, 1)`.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    logDensity(of: value, asLogits: false)
  }

  /// One pass over values: the density, and where gradients are wanted its slopes.
  private func logDensity(of value: Tensor<Scalar>, asLogits: Bool) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    let (batch, columns) = (value.shape.droppingLast(), dimension)
    let logitRows = max(batchShape.count, 1)
    func slopes(of variable: Tensor<Scalar>) -> Tensor<Scalar>? {
      variable.isTracked ? Tensor(value.shape) { _ in } : nil
    }
    let (logitSlopes, valueSlopes) = (slopes(of: logits), slopes(of: value))
    let density = Tensor<Scalar>(batch) { out in
      forRows(batch.count, columns: columns) {
        Scalar.kernels.networks.relaxedBernoulli(
          logits.pointer, logitRows, value.pointer, asLogits, temperature, out,
          logitSlopes?.mutablePointer, valueSlopes?.mutablePointer, $0.lowerBound, $0.upperBound,
          columns)
      }
    }
    return density.recorded(from: [logits, value]) { [shape = logits.shape] g, gradients in
      let g = g.addingAxis(at: -1)
      if let logitSlopes { gradients.add(to: 0, (g * logitSlopes).sumOverLeading(to: shape)) }
      if let valueSlopes { gradients.add(to: 1, g * valueSlopes) }
    }
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
