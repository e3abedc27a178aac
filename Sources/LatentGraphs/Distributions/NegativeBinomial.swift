import Foundation
import Tensors

/// Independent counts of successes before `r` failures, where each trial succeeds with the
/// probability `p = 1/(1 + e⁻ˡ)` for the logit `l`: the probabilities are
/// `Γ(r + x)/(x! Γ(r))·(1 − p)ʳ pˣ`, for real numbers `r`. It is a Poisson variable whose rate is a
/// gamma variable with the concentration `r` and the rate `e⁻ˡ`.
///
/// The parameters are those of PyTorch (`total_count`, `logits`); scipy's `nbinom` takes `n = r` and
/// the probability of a failure, `1 − p`.
public struct NegativeBinomial<Scalar: TensorScalar>: CumulativeDistribution {
  // MARK: Parameters

  /// The numbers of failures `r`, `[batch…, event]`, positive.
  public let totalCount: Tensor<Scalar>
  /// The log-odds of a success, `[batch…, event]`, finite.
  public let logits: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast.
  public init(totalCount: Tensor<Scalar>, logits: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "negative binomial",
      [("number of failures", totalCount, .positive), ("logit", logits, .finite)])
    (self.totalCount, self.logits) = (parameters[0], parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { logits.shape[-1] }

  // MARK: Support

  /// 0, 1, 2, …
  public var support: Support<Scalar> { .counts }

  // MARK: Moments

  /// `r·eˡ`.
  public var mean: Tensor<Scalar> {
    elementwise(
      totalCount, logits, value: { r, l in exp(log(r) + l) },
      slopes: { r, l in (exp(l), exp(log(r) + l)) })
  }

  /// `r·eˡ·(1 + eˡ)`.
  public var variance: Tensor<Scalar> {
    elementwise(
      totalCount, logits, value: { r, l in exp(log(r) + l + softplus(l)) },
      slopes: { r, l in
        (exp(l + softplus(l)), exp(log(r) + l + softplus(l)) * (1 + sigmoid(l)))
      })
  }

  // MARK: Log-density

  /// `Σ [log Γ(r + x) − log x! − log Γ(r) + r·log(1 − p) + x·log p]`, the log-probability, in nats;
  /// −∞ if an element is no count. Nothing cancels for large counts.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "negative binomial distribution")
    return elementwise(
      value, totalCount, logits,
      value: { x, r, l in
        if x.isNaN || r.isNaN || l.isNaN { return .nan }
        return ParameterDomain.count.contains(x) ? logProbability(x, r, l) : -.infinity
      },
      slopes: { x, r, l in
        guard ParameterDomain.count.contains(x) else { return (0, 0, 0) }
        return (0, digammaStep(r, x) - softplus(l), x * sigmoid(-l) - r * sigmoid(l))
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function

  /// `I(1 − p; r, ⌊x⌋ + 1)`, the regularized incomplete beta function, with an absolute error below
  /// 10⁻¹³, also where `1 − p` underflows.
  ///
  /// Gradients flow to the logits. A gradient in `r` has no closed form, and differentiating stops
  /// the program.
  /// - Complexity: about a microsecond for each element; `r` and `x` must be at most 10¹².
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "negative binomial distribution")
    let largest = [value.detached, totalCount.detached].contains {
      ($0 .> Scalar(1e12)).scalars.contains(1)
    }
    require(!largest, "the distribution function of a negative binomial variable above 10¹²")
    return elementwise(
      value, totalCount.detached, logits,
      value: { x, r, l in
        if x.isNaN || r.isNaN || l.isNaN { return .nan }
        if x < 0 { return 0 }
        let next = x.rounded(.down) + 1
        return l > 690
          ? exp(SpecialFunctions.logBetaLimit(r, next, logX: -softplus(l)))
          : SpecialFunctions.betaCDF(r, next, sigmoid(-l), sigmoid(l))
      },
      slopes: { x, r, l in
        if x < 0 { return (0, 0, 0) }
        let k = x.rounded(.down)
        // −(r + k)·p times the probability of k
        return (0, 0, -(r + k) * exp(logProbability(k, r, l)) * sigmoid(l))
      }
    ).refusingGradients(
      of: [totalCount], "the derivative of a negative binomial distribution function in r")
  }

  // MARK: Sampling

  /// Poisson draws whose rates are gamma draws; constants. A rate that overflows gives ∞.
  ///
  /// - Complexity: about 400 ns for each element.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    drawVariables(draws, totalCount, logits, using: &generator) { r, l, generator in
      generator.poissonVariable(exp(generator.logGammaVariable(r) + l))
    }
  }

  // MARK: Entropy

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> {
    get throws {
      throw DistributionError.noClosedForm(property: "entropy", distribution: "negative binomial")
    }
  }
}

/// The log-probability of a count: `r/(r + x)` times the probability of `r` in a binomial
/// distribution of `r + x` trials, continued to real numbers.
private func logProbability(_ x: Double, _ r: Double, _ l: Double) -> Double {
  if x == 0 { return -r * softplus(l) }
  let n = r + x
  // Where r is lost in the sum, Γ(r + x)/x! = xʳ⁻¹.
  if n == x {
    return (r - 1) * log(x) - SpecialFunctions.logGamma(r) - r * softplus(l) - x * softplus(-l)
  }
  return log(r / n) + logBinomialProbability(r, rest: x, logits: -l)
}
