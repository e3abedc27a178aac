import Foundation
import Tensors

/// The relaxation of a categorical variable to the inside of the simplex: the Gumbel-softmax or
/// concrete distribution, `softmax((logits + g)/τ)` with Gumbel noise `g` (Maddison et al., 2017;
/// Jang et al., 2017).
///
/// The parameters are those of PyTorch's `RelaxedOneHotCategorical`. As the temperature `τ`
/// approaches 0, the distribution approaches that of the category.
public struct RelaxedCategorical<Scalar: TensorScalar>: ReparameterizedDistribution,
  CoordinateDistribution
{
  // MARK: Parameters

  /// The logarithms of the probabilities, not normalized: `[batch…, k]`, finite.
  public let logits: Tensor<Scalar>
  /// The logits less the largest of each vector.
  private let centered: Tensor<Scalar>
  /// The temperature, which is positive. It and its inverse must be normal numbers in `Scalar`.
  public let temperature: Double

  /// The relaxation of categorical variables with these log-probabilities.
  public init(logits: Tensor<Scalar>, temperature: Double) {
    require(
      logits.rank > 0 && logits.shape[-1] > 0,
      "a relaxed categorical distribution got logits of shape \(logits.shape)")
    require(
      temperature > 0 && Scalar(temperature).isNormal && Scalar(1 / temperature).isNormal,
      "a temperature of \(temperature) is not positive, or it or its inverse is not a normal number "
        + "of \(Scalar.self)")
    checkParameter(logits, of: "relaxed categorical distribution", "logit", .finite)
    self.logits = logits
    centered = logits.centeredLogits(of: "relaxed categorical distribution")
    self.temperature = temperature
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of categories.
  public var dimension: Int { logits.shape[-1] }

  // MARK: Support

  /// The simplex without vectors that have a 0.
  public var support: Support<Scalar> { .openSimplex }

  // MARK: Moments

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var mean: Tensor<Scalar> { get throws { throw Self.noClosedForm("mean") } }

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var variance: Tensor<Scalar> { get throws { throw Self.noClosedForm("variance") } }

  private static func noClosedForm(_ property: String) -> DistributionError {
    .noClosedForm(property: property, distribution: "relaxed categorical distribution")
  }

  // MARK: Log-density

  /// `log Γ(k) + (k − 1)·log τ + Σ [lᵢ − (τ + 1)·log xᵢ] − k·log Σ exp(lᵢ − τ·log xᵢ)`, in nats; −∞
  /// if the value is not on the simplex or has a 0.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "relaxed categorical distribution")
    let isInside = support.contains(value)
    let safe = isInside.addingAxis(at: -1).select(value, Tensor(1 / Scalar(dimension)))
    let logs = safe.log()
    let density = (shares(logs) - logs).sum(axis: -1) + constant
    return isInside.select(density, value.scoreOutsideSupport)
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .simplexLogarithm(let logs) = draw.coordinate else { return nil }
    requireFit(logs, to: logits.shape, of: "relaxed categorical distribution")
    return shares(logs).sum(axis: -1) + constant
  }

  /// `y − log Σ eʸ` with `y = l − τ·log x`, the logarithms of probabilities: `[draws…, batch…, k]`.
  private func shares(_ logs: Tensor<Scalar>) -> Tensor<Scalar> {
    let odds = centered - Scalar(temperature) * logs
    return odds - odds.logSumExp(axis: -1, keepingAxis: true)
  }

  /// `log Γ(k) + (k − 1)·log τ`.
  private var constant: Scalar {
    let k = Double(dimension)
    return Scalar(lgamma(k) + (k - 1) * log(temperature))
  }

  // MARK: Sampling

  /// Gumbel noise for values of shape `[draws…, batch…, k]`.
  public func noise(_ draws: Shape, using generator: inout Philox) -> GumbelNoise<Scalar> {
    GumbelNoise(.gumbel(draws + logits.shape, using: &generator))
  }

  /// `softmax((logits + g)/τ)`. Gradients flow to the logits and to the noise. An element that would
  /// be rounded to 0 is replaced by the smallest normal number, whose density is finite.
  public func sample(noise: GumbelNoise<Scalar>) -> Tensor<Scalar> {
    draw(noise).value
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    draw(noise(draws, using: &generator))
  }

  private func draw(_ noise: GumbelNoise<Scalar>) -> Draw<Scalar> {
    requireFit(
      noise.values, batch: batchShape, dimension: dimension, name: "relaxed categorical")
    return .onSimplex(Scalar(1 / temperature) * (centered + noise.values))
  }

  // MARK: Entropy

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> { get throws { throw Self.noClosedForm("entropy") } }
}
