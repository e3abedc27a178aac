import Foundation
import Tensors

/// Independent counts of successes in `n` trials, each of which succeeds with the probability
/// `p = 1/(1 + e⁻ˡ)` for the logit `l`: the probabilities are `C(n, x) pˣ (1 − p)ⁿ⁻ˣ`.
///
/// The parameters are those of PyTorch (`total_count`, `logits`); scipy's `binom` takes `n` and `p`.
/// Logits keep all digits of probabilities near 1. They may be infinite.
public struct Binomial<Scalar: TensorScalar>: CumulativeDistribution, SelfDivergence {
  // MARK: Parameters

  /// The numbers of trials, `[batch…, event]`, nonnegative integers; constants.
  public let totalCount: Tensor<Scalar>
  /// The log-odds of a success, `[batch…, event]`.
  public let logits: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast.
  public init(totalCount: Tensor<Scalar>, logits: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "binomial", [("number of trials", totalCount, .count), ("logit", logits, .anyNumber)])
    (self.totalCount, self.logits) = (parameters[0].detached, parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { logits.shape[-1] }

  // MARK: Support

  /// 0, 1, …, n.
  public var support: Support<Scalar> { .countsUpTo(totalCount) }

  // MARK: Moments

  /// `n·p`.
  public var mean: Tensor<Scalar> {
    elementwise(
      totalCount, logits, value: { n, l in scaledSigmoid(n, l) },
      slopes: { n, l in (sigmoid(l), scaledSigmoid(n, l) * sigmoid(-l)) })
  }

  /// `n·p·(1 − p)`.
  public var variance: Tensor<Scalar> {
    elementwise(
      totalCount, logits,
      value: { n, l in scaledSigmoid(n, -abs(l)) * sigmoid(abs(l)) },
      slopes: { n, l in
        let share = sigmoid(l) * sigmoid(-l)
        return (share, scaledSigmoid(n, -abs(l)) * sigmoid(abs(l)) * (sigmoid(-l) - sigmoid(l)))
      })
  }

  // MARK: Log-density

  /// `Σ [log C(n, x) + x·log p + (n − x)·log(1 − p)]`, the log-probability, in nats; −∞ if an
  /// element is no count up to `n`. Nothing cancels for large counts.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "binomial distribution")
    return elementwise(
      value, totalCount, logits,
      value: { x, n, l in
        if x.isNaN || n.isNaN || l.isNaN { return .nan }
        guard ParameterDomain.count.contains(x), x <= n else { return -.infinity }
        if x == 0 { return n == 0 ? 0 : -n * softplus(l) }
        if x == n { return -n * softplus(-l) }
        return logBinomialProbability(x, of: n, logits: l)
      },
      slopes: { x, n, l in
        guard ParameterDomain.count.contains(x), x <= n else { return (0, 0, 0) }
        return (0, 0, x * sigmoid(-l) - (n - x) * sigmoid(l))
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function

  /// `I(1 − p; n − ⌊x⌋, ⌊x⌋ + 1)`, the regularized incomplete beta function, with an absolute error
  /// below 10⁻¹³. Gradients flow to the logits.
  ///
  /// - Complexity: `O(√n)` for each element, at least 0.2 µs; `n` must be at most 10¹².
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "binomial distribution")
    let isLarge = (totalCount .> Scalar(1e12)).scalars.contains(1)
    require(!isLarge, "the distribution function of a binomial variable of more than 10¹² trials")
    return elementwise(
      value, totalCount, logits,
      value: { x, n, l in
        if x.isNaN || n.isNaN || l.isNaN { return .nan }
        if x < 0 || x >= n { return x < 0 ? 0 : 1 }
        let k = x.rounded(.down)
        return SpecialFunctions.betaCDF(n - k, k + 1, sigmoid(-l), sigmoid(l))
      },
      slopes: { x, n, l in
        if x < 0 || x >= n || l.isInfinite { return (0, 0, 0) }
        let k = x.rounded(.down)
        let probability = exp(logBinomialProbability(k, of: n, sigmoid(l), sigmoid(-l)))
        return (0, 0, -(n - k) * probability * sigmoid(l))
      })
  }

  // MARK: Sampling

  /// Draws by inversion or by transformed rejection (Hörmann, 1993); constants.
  ///
  /// - Complexity: about 200 ns for each element.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    drawVariables(draws, totalCount, logits, using: &generator) { n, l, generator in
      generator.binomialVariable(n, sigmoid(l), sigmoid(-l))
    }
  }

  // MARK: Entropy and divergence

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> {
    get throws {
      throw DistributionError.noClosedForm(property: "entropy", distribution: "binomial")
    }
  }

  /// `Σ n·KL` of the single trials, in nats: `[batch…]`. The numbers of trials must be equal; for
  /// others there is no closed form.
  public func klDivergence(from other: Binomial) -> Tensor<Scalar> {
    requireSameVariables(logits.shape, other.logits.shape, of: "binomial distribution")
    require(
      hasSameTrials(as: other), "a KL of binomial distributions with different numbers of trials")
    let longer = totalCount.rank < other.totalCount.rank ? other.totalCount : totalCount
    // The divergence of a trial may be infinite, also where there are no trials.
    let divergence = logits.binaryDivergence(from: other.logits)
    return (longer .== .zeros([])).select(.zeros([]), longer * divergence).sum(axis: -1)
  }

  /// The exact divergence from a binomial distribution of as many trials; `nil` for others.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    guard let other = other as? Binomial, hasSameTrials(as: other) else { return nil }
    return klDivergence(from: other)
  }

  private func hasSameTrials(as other: Binomial) -> Bool {
    !(totalCount .== other.totalCount).scalars.contains(0)
  }
}

/// `1/(1 + e⁻ˣ)`, accurate in both tails.
func sigmoid(_ x: Double) -> Double {
  let e = exp(-abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}

/// `log(1 + eˣ)`, without overflow.
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// `n·σ(l)`, also where `σ(l)` underflows.
private func scaledSigmoid(_ n: Double, _ l: Double) -> Double {
  l < -700 ? exp(log(n) + l) : n * sigmoid(l)
}
