import Foundation
import Tensors

/// One of `k` categories, as a vector of one 1 and zeros.
///
/// The parameters are those of PyTorch's `OneHotCategorical`. The event is the vector of `k`
/// elements, so that a draw can be the input of a network, and that the distribution and its
/// relaxation have values of the same shape. `value.indexOfMaximum(axis: -1)` gives the category.
public struct Categorical<Scalar: TensorScalar>: SelfDivergence {
  // MARK: Parameters

  /// The logarithms of the probabilities, not normalized: `[batch…, k]`. They may be −∞, but not
  /// all of a vector.
  public let logits: Tensor<Scalar>
  /// The logits less the largest of each vector.
  private let centered: Tensor<Scalar>

  /// The distribution with these log-probabilities up to a constant for each vector.
  public init(logits: Tensor<Scalar>) {
    require(
      logits.rank > 0 && logits.shape[-1] > 0,
      "a categorical distribution got logits of shape \(logits.shape); they are [batch…, k]")
    self.logits = logits
    centered = logits.centeredLogits(of: "categorical distribution")
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of categories.
  public var dimension: Int { logits.shape[-1] }

  /// The normalized log-probabilities, `[batch…, k]`.
  public var logProbabilities: Tensor<Scalar> {
    centered - centered.logSumExp(axis: -1, keepingAxis: true)
  }

  // MARK: Support

  /// Vectors of one 1 and zeros.
  public var support: Support<Scalar> { .oneHot }

  // MARK: Moments

  /// The probabilities of the categories.
  public var mean: Tensor<Scalar> { logits.softmax(axis: -1) }

  /// `p·(1 − p)`, accurate for probabilities near 1 too.
  public var variance: Tensor<Scalar> { mean * mean.sumOfOthers(of: Tensor(1)) }

  // MARK: Log-density

  /// The log-probability of the category, in nats; −∞ if the value is not a vector of one 1 and
  /// zeros.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: logits.shape, of: "categorical distribution")
    let terms = elementwise(
      value, logProbabilities,
      value: { x, logProbability in x.isNaN ? x : x == 1 ? logProbability : 0 },
      slopes: { x, _ in (0, x == 1 ? 1 : 0) }
    ).sum(axis: -1)
    let isInside = support.contains(value)
    return isInside.select(terms, value.scoreOutsideSupport)
  }

  // MARK: Sampling

  /// Draws by the largest of the logits plus Gumbel noise; constants. NaN logits give NaN.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    let scores =
      centered.detached + Tensor<Scalar>.gumbel(draws + logits.shape, using: &generator)
    let (values, categories) = (scores.scalars, scores.indexOfMaximum(axis: -1))
    return Tensor(scores.shape) { out in
      for (row, category) in categories.enumerated() {
        let start = row * dimension
        let isNumber = !values[start + category].isNaN
        for k in 0..<dimension { out[start + k] = isNumber ? 0 : .nan }
        if isNumber { out[start + category] = 1 }
      }
    }
  }

  // MARK: Entropy and divergence

  /// `−Σ p·log p`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    elementwise(
      logProbabilities, value: { $0 == -.infinity ? 0 : -exp($0) * $0 },
      slope: { $0 == -.infinity ? 0 : -exp($0) * (1 + $0) }
    ).sum(axis: -1)
  }

  /// `Σ p·(e^d − 1 − d)` with the difference `d` of the log-probabilities of the other distribution
  /// and this one, which equals `Σ p·log(p/p′)`, in nats: `[batch…]`. It is accurate for nearly
  /// equal distributions, and ∞ where the other distribution excludes a category.
  public func klDivergence(from other: Categorical) -> Tensor<Scalar> {
    requireSameVariables(logits.shape, other.logits.shape, of: "categorical distribution")
    return elementwise(
      logProbabilities, other.logProbabilities,
      value: { q, p in
        if q == -.infinity || p == -.infinity { return q == p ? 0 : q < p ? exp(p) : .infinity }
        // e^(p − q) may overflow where its product with e^q does not.
        return p - q > 1
          ? exp(p) - exp(q) * (1 + p - q) : exp(q) * SpecialFunctions.expExcess(p - q)
      },
      slopes: { q, p in
        if q == -.infinity { return (0, exp(p)) }
        return (exp(q) * (q - p), p - q > 1 ? exp(p) - exp(q) : exp(q) * expm1(p - q))
      }
    ).sum(axis: -1)
  }
}
