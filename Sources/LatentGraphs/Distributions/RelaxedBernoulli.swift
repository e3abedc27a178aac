import CKernels
import Foundation
import Tensors

/// Relaxed binary variables in `(0, 1)`: the binary case of the Gumbel-softmax or concrete
/// distribution (Maddison et al., 2017; Jang et al., 2017; He et al., 2019, eq. 9).
///
/// `c = σ(y)`, `y = (logit μ + g)/τ` with logistic noise `g`, the difference of two Gumbel
/// variables. As the temperature `τ` approaches 0, the distribution of `c` approaches that of a
/// Bernoulli variable with mean `μ`.
///
/// The log-odds `y` are accurate at any temperature and should be preferred for sampling and
/// scoring. The values `c` lose digits near 1. At a temperature of 0.1, one in six of them would be
/// rounded to 1 in `Float`.
public struct RelaxedBernoulli<Scalar: TensorScalar>: ReparameterizedDistribution,
  CoordinateDistribution
{
  // MARK: Parameters

  /// The log-odds of a one, `[batch…, event]`.
  public let logits: Tensor<Scalar>
  /// The temperature, which is positive. It and its inverse must be normal numbers in `Scalar`.
  public let temperature: Double

  /// The relaxation of Bernoulli variables with these log-odds.
  public init(logits: Tensor<Scalar>, temperature: Double) {
    require(logits.rank > 0, "a relaxed Bernoulli distribution got logits without an event axis")
    require(temperature > 0, "a temperature of \(temperature) is not positive")
    require(
      Scalar(temperature).isNormal && Scalar(1 / temperature).isNormal,
      "a temperature of \(temperature) or its inverse is not a normal number of \(Scalar.self)")
    self.logits = logits
    self.temperature = temperature
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { logits.shape[-1] }

  // MARK: Support

  /// The numbers between 0 and 1.
  public var support: Support<Scalar> { .openUnitInterval }

  // MARK: Moments

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var mean: Tensor<Scalar> { get throws { throw Self.noClosedForm("mean") } }

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var variance: Tensor<Scalar> { get throws { throw Self.noClosedForm("variance") } }

  private static func noClosedForm(_ property: String) -> DistributionError {
    .noClosedForm(property: property, distribution: "relaxed Bernoulli distribution")
  }

  // MARK: Log-density

  /// The log-density of log-odds `y`, `Σ [log τ + d − 2·log(1 + eᵈ)]` with `d = logit μ − τ·y`, in
  /// nats: `[draws…, batch…, event]` to `[draws…, batch…]`.
  ///
  /// At infinite log-odds the density is −∞, and the gradients are the limits. If `logit μ` is
  /// infinite too and has the same sign, the result is NaN, because the variable is then the
  /// constant `y` and has no density.
  public func logDensity(ofLogits value: Tensor<Scalar>) -> Tensor<Scalar> {
    logDensity(of: value, asLogits: true)
  }

  /// The log-density of values, `Σ [log τ + d − 2·log(1 + eᵈ)] − Σ log(x(1 − x))` with
  /// `d = logit μ − τ·logit x`, in nats: `[draws…, batch…, event]` to `[draws…, batch…]`.
  ///
  /// The log-density is −∞ if an element is outside the open interval `(0, 1)`.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    logDensity(of: value, asLogits: false)
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .logOdds(let odds) = draw.coordinate else { return nil }
    return logDensity(ofLogits: odds)
  }

  /// Computes, in one pass over the values, the density and, if gradients are needed, the
  /// derivatives.
  private func logDensity(of value: Tensor<Scalar>, asLogits: Bool) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    let (batch, columns) = (value.shape.dropLast(), dimension)
    let logitRows = max(batchShape.count, 1)
    func slopes(of variable: Tensor<Scalar>) -> Tensor<Scalar>? {
      variable.isTracked ? Tensor(value.shape) { _ in } : nil
    }
    let (logitSlopes, valueSlopes) = (slopes(of: logits), slopes(of: value))
    let density = Tensor<Scalar>(batch) { out in
      forRows(batch.count, columns: columns) {
        Scalar.kernels.networks.relaxedBernoulli(
          LGRelaxedRows(
            begin: $0.lowerBound, end: $0.upperBound, columns: columns, logit_rows: logitRows,
            of_odds: asLogits, temperature: temperature),
          logits.pointer, value.pointer, out, logitSlopes?.mutablePointer,
          valueSlopes?.mutablePointer)
      }
    }
    return density.recorded(from: [logits, value]) { [shape = logits.shape] g, gradients in
      let g = g.addingAxis(at: -1)
      if let logitSlopes { gradients.add(to: 0, (g * logitSlopes).sumOverLeading(to: shape)) }
      if let valueSlopes { gradients.add(to: 1, g * valueSlopes) }
    }
  }

  // MARK: Sampling

  /// Logistic noise for values of shape `[draws…, batch…, event]`.
  public func noise(_ draws: Shape, using generator: inout Philox) -> LogisticNoise<Scalar> {
    LogisticNoise(draws + logits.shape, using: &generator)
  }

  /// The log-odds for this noise. Gradients flow to the logits and to the noise.
  public func sampleLogits(noise: LogisticNoise<Scalar>) -> Tensor<Scalar> {
    requireFit(noise.values, batch: batchShape, dimension: dimension, name: "relaxed Bernoulli")
    return Scalar(1 / temperature) * (logits + noise.values)
  }

  /// The log-odds of a draw of each distribution of the batch: `[batch…, event]`.
  public func sampleLogits(using generator: inout Philox) -> Tensor<Scalar> {
    sampleLogits(noise: noise([], using: &generator))
  }

  /// The value for this noise, the sigmoid of `sampleLogits(noise:)`.
  ///
  /// A value that would be rounded to 0 or 1 is replaced by the smallest normal number or by the
  /// largest number below 1, which are in the support and have a finite density.
  public func sample(noise: LogisticNoise<Scalar>) -> Tensor<Scalar> {
    sampleLogits(noise: noise).sigmoid().keptInUnitInterval()
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let odds = sampleLogits(noise: noise(draws, using: &generator))
    return Draw(odds.sigmoid().keptInUnitInterval(), at: .logOdds(odds))
  }

  // MARK: Entropy

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> { get throws { throw Self.noClosedForm("entropy") } }
}
