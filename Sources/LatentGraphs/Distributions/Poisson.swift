import Foundation
import Tensors

/// Independent counts with the probabilities `λˣ e^(−λ)/x!`.
///
/// The parameter is that of PyTorch; scipy's `poisson` calls it `mu`. In `Float`, counts above 2²⁴
/// are rounded.
public struct Poisson<Scalar: TensorScalar>: CumulativeDistribution, SelfDivergence {
  // MARK: Parameters

  /// The rates `λ`, `[batch…, event]`, positive.
  public let rate: Tensor<Scalar>

  /// The distribution with these rates.
  public init(rate: Tensor<Scalar>) {
    self.rate = commonParameters(of: "Poisson", [("rate", rate, .positive)])[0]
  }

  /// The shape of the batch.
  public var batchShape: Shape { rate.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { rate.shape[-1] }

  // MARK: Support

  /// 0, 1, 2, …
  public var support: Support<Scalar> { .counts }

  // MARK: Moments

  /// `λ`.
  public var mean: Tensor<Scalar> { rate }

  /// `λ`.
  public var variance: Tensor<Scalar> { rate }

  // MARK: Log-density

  /// `Σ [x·log λ − λ − log x!]`, the log-probability, in nats; −∞ if an element is no count. Nothing
  /// cancels for large counts.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "Poisson distribution")
    return elementwise(
      value, rate,
      value: { x, rate in
        if x.isNaN || rate.isNaN { return .nan }
        return ParameterDomain.count.contains(x) ? logPoissonProbability(x, rate: rate) : -.infinity
      },
      slopes: { x, rate in
        ParameterDomain.count.contains(x) ? (0, (x - rate) / rate) : (0, 0)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function

  /// `Q(⌊x⌋ + 1, λ)`, the regularized upper incomplete gamma function. Gradients flow to the rate.
  ///
  /// - Complexity: about a microsecond for each element.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "Poisson distribution")
    return elementwise(
      value, rate,
      value: { x, rate in
        if x.isNaN || rate.isNaN { return .nan }
        if x < 0 || x == .infinity { return x < 0 ? 0 : 1 }
        return SpecialFunctions.gammaSurvival(x.rounded(.down) + 1, rate)
      },
      slopes: { x, rate in
        if x < 0 || x == .infinity { return (0, 0) }
        return (0, -exp(logPoissonProbability(x.rounded(.down), rate: rate)))
      })
  }

  // MARK: Sampling

  /// Draws by inversion or by transformed rejection (Hörmann, 1993); constants.
  ///
  /// - Complexity: about 200 ns for each element.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    drawVariables(draws, rate, rate, using: &generator) { rate, _, generator in
      generator.poissonVariable(rate)
    }
  }

  // MARK: Entropy and divergence

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> {
    get throws {
      throw DistributionError.noClosedForm(property: "entropy", distribution: "Poisson")
    }
  }

  /// `Σ [λ·log(λ/λ′) − λ + λ′]` for the other rate `λ′`, in nats: `[batch…]`. It is accurate for
  /// nearly equal rates.
  public func klDivergence(from other: Poisson) -> Tensor<Scalar> {
    requireSameVariables(rate.shape, other.rate.shape, of: "Poisson distribution")
    return elementwise(
      rate, other.rate, value: { SpecialFunctions.deviance($0, from: $1) },
      slopes: { q, p in
        let relative = (q - p) / p
        return (abs(relative) < 0.5 ? log1p(relative) : log(q) - log(p), (p - q) / p)
      }
    ).sum(axis: -1)
  }
}
