import Foundation
import Tensors

/// Independent beta variables: the density is `xᵅ⁻¹ (1 − x)ᵝ⁻¹/B(α, β)`.
///
/// The parameters are `concentration1` and `concentration0` of PyTorch, and `a` and `b` of scipy. The
/// density at 0 and 1 is the limit from inside.
public struct Beta<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// `α`, `[batch…, event]`, positive.
  public let alpha: Tensor<Scalar>
  /// `β`, `[batch…, event]`, positive.
  public let beta: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast. Their sum must be finite as a
  /// `Double`.
  public init(alpha: Tensor<Scalar>, beta: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "beta", [("alpha", alpha, .positive), ("beta", beta, .positive)])
    (self.alpha, self.beta) = (parameters[0], parameters[1])
    let total = self.alpha.detached.converted(to: Double.self) + self.beta.detached.converted()
    checkParameter(total, of: "beta", "sum of alpha and beta", .finite)
  }

  /// The shape of the batch.
  public var batchShape: Shape { alpha.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { alpha.shape[-1] }

  // MARK: Support

  /// The numbers from 0 to 1.
  public var support: Support<Scalar> { .unitInterval }

  // MARK: Moments

  /// `α/(α + β)`.
  public var mean: Tensor<Scalar> {
    elementwise(
      alpha, beta, value: { a, b in BetaShares(a, b).first },
      slopes: { a, b in
        let shares = BetaShares(a, b)
        return (shares.second / shares.total, -shares.first / shares.total)
      })
  }

  /// `αβ/((α + β)²(α + β + 1))`.
  public var variance: Tensor<Scalar> {
    elementwise(
      alpha, beta,
      value: { a, b in
        let shares = BetaShares(a, b)
        return shares.first * shares.second / (shares.total + 1)
      },
      slopes: { a, b in
        let shares = BetaShares(a, b)
        let (p, q, n) = (shares.first, shares.second, shares.total)
        let loss = p * q / (n + 1) * (2 / n + 1 / (n + 1))
        return (q / n / (n + 1) - loss, p / n / (n + 1) - loss)
      })
  }

  // MARK: Log-density

  /// `Σ [(α − 1)·log x + (β − 1)·log(1 − x) − log B(α, β)]`, in nats; −∞ if an element is outside of
  /// `[0, 1]`. Nothing cancels for large parameters.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: alpha.shape, of: "beta distribution")
    return elementwise(
      value, alpha, beta, value: logBetaDensity,
      slopes: { x, a, b in
        if x < 0 || x > 1 { return (0, 0, 0) }
        let slope = (a == 1 ? 0 : (a - 1) / x) - (b == 1 ? 0 : (b - 1) / (1 - x))
        return (slope, logBetaDensitySlope(log(x), a, b), logBetaDensitySlope(log1p(-x), b, a))
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `I(x; α, β)`, the regularized incomplete beta function, with an absolute error below 10⁻¹³ plus
  /// that of the rounding of `x` and `1 − x`.
  ///
  /// Gradients flow to the value. A gradient in the parameters has no closed form, and
  /// differentiating stops the program.
  /// - Complexity: about a microsecond for each element; `α + β` must be at most 10¹².
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: alpha.shape, of: "beta distribution")
    requireModerateParameters()
    return elementwise(
      value, alpha.detached, beta.detached,
      value: { SpecialFunctions.betaCDF($1, $2, $0, 1 - $0) },
      slopes: { x, a, b in (x < 0 || x > 1 ? 0 : exp(logBetaDensity(x, a, b)), 0, 0) }
    ).refusingGradients(
      of: [alpha, beta], "the derivative of a beta variable's distribution function in α and β")
  }

  /// The inverse of the cumulative probability, by Newton's method for its logarithm, as a function of
  /// the log-odds `y`. The error of `y` is below `10⁻¹²·max(1, |y|)` for `α, β ≥ 10⁻³`. Gradients flow
  /// to the probability; as for the cumulative probability, gradients in the parameters are refused.
  ///
  /// - Complexity: about ten times that of the cumulative probability.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: alpha.shape, of: "beta distribution")
    requireModerateParameters()
    return elementwise(
      probability, alpha.detached, beta.detached,
      value: { p, a, b in
        let logit = betaQuantileLogit(p, a, b)
        // Near 1, the complement has more digits.
        return logit > 0 ? 1 - sigmoid(-logit) : sigmoid(logit)
      },
      slopes: { p, a, b in
        let logit = betaQuantileLogit(p, a, b)
        if logit.isInfinite { return (1 / exp(logBetaDensity(sigmoid(logit), a, b)), 0, 0) }
        // dx/dy divided by dp/dy for the log-odds y
        return (
          exp(-softplus(logit) - softplus(-logit) - logBetaKernel(a, b, logit: logit)), 0, 0
        )
      }
    ).refusingGradients(
      of: [alpha, beta], "the derivative of a beta variable's quantile in α and β")
  }

  private func requireModerateParameters() {
    let isLarge = ((alpha + beta) .> Scalar(1e12)).scalars.contains(1)
    require(!isLarge, "the distribution function of a beta variable with α + β above 10¹²")
  }

  // MARK: Sampling

  /// `x = g/(g + h)` for gamma variables `g` and `h` with the concentrations `α` and `β`, from their
  /// logarithms, with implicit gradients for both parameters. Parameters below 10⁻³⁰ stop the program.
  /// A draw that would be rounded to 0 or 1 is the smallest normal number or the largest one below 1.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    sampleLogOdds(noise: noise).sigmoid().keptInUnitInterval()
  }

  /// `log g − log h`, the log-odds of the draws.
  func sampleLogOdds(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    let first = logGammaDeviations(noise.draws, concentration: alpha, using: &generator)
    let second = logGammaDeviations(noise.draws, concentration: beta, using: &generator)
    return (alpha.log() - beta.log()) + (first - second)
  }

  // MARK: Entropy and divergence

  /// `Σ [log B(α, β) − (α − 1)ψ(α) − (β − 1)ψ(β) + (α + β − 2)ψ(α + β)]`, in nats: `[batch…]`. Nothing
  /// cancels for large parameters.
  public var entropy: Tensor<Scalar> {
    elementwise(
      alpha, beta,
      value: { a, b in
        let n = a + b
        return DirichletEntropy.part(a, ofTotal: n, rest: b)
          + DirichletEntropy.part(b, ofTotal: n, rest: a) + DirichletEntropy.total(n)
      },
      slopes: { a, b in
        let total = DirichletEntropy.totalSlope(a + b, variables: 2)
        return (DirichletEntropy.partSlope(a) + total, DirichletEntropy.partSlope(b) + total)
      }
    ).sum(axis: -1)
  }

  /// `Σ [log B(α′, β′) − log B(α, β) + (α − α′)(ψ(α) − ψ(α + β)) + (β − β′)(ψ(β) − ψ(α + β))]`, in
  /// nats: `[batch…]`. It is accurate for nearly equal distributions, and never negative.
  public func klDivergence(from other: Beta) -> Tensor<Scalar> {
    requireSameVariables(alpha.shape, other.alpha.shape, of: "beta distribution")
    return elementwise(
      alpha, beta, other.alpha, other.beta,
      value: { a, b, c, d in
        let (first, second) = dirichletDivergences(a, b, c, d)
        let (n, m, step) = (a + b, c + d, (c - a) + (d - b))
        let value =
          first.value + second.value - SpecialFunctions.logGammaDivergence(n, to: m, by: step)
        return value < 0 ? 0 : value
      },
      slopes: { a, b, c, d in
        let (first, second) = dirichletDivergences(a, b, c, d)
        let total = logGammaDivergenceSlopes(a + b, to: c + d, by: (c - a) + (d - b))
        return (
          first.slopes.0 - total.0, second.slopes.0 - total.0, first.slopes.1 - total.1,
          second.slopes.1 - total.1
        )
      }
    ).sum(axis: -1)
  }
}

/// The parts of the two variables in the KL of a beta distribution.
private func dirichletDivergences(
  _ a: Double, _ b: Double, _ c: Double, _ d: Double
) -> (DirichletDivergence, DirichletDivergence) {
  let (growth, step) = ((c + d) / (a + b), ((c - a) + (d - b)) / (a + b))
  return (
    DirichletDivergence(from: a, to: c, growth: growth, step: step),
    DirichletDivergence(from: b, to: d, growth: growth, step: step)
  )
}

/// `α/n`, `β/n` and `n = α + β`.
private struct BetaShares {
  let first: Double
  let second: Double
  let total: Double

  init(_ a: Double, _ b: Double) {
    total = a + b
    (first, second) = (a / total, b / total)
  }
}

/// `log(xᵃ(1 − x)ᵇ/B(a, b))`, the log-density of the log-odds `y` of a beta variable, also where `x` or
/// `1 − x` underflows.
func logBetaKernel(_ a: Double, _ b: Double, logit y: Double) -> Double {
  if y > 0 { return logBetaKernel(b, a, logit: -y) }
  return y < -690
    ? log(a) + SpecialFunctions.logBetaLimit(a, b, logX: y)
    : SpecialFunctions.logBetaKernel(a, b, sigmoid(y))
}

/// The log-density of a beta variable.
private func logBetaDensity(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x.isNaN || a.isNaN || b.isNaN { return .nan }
  if x < 0 || x > 1 { return -.infinity }
  if x == 0 || x == 1 {
    let (near, far) = x == 0 ? (a, b) : (b, a)
    return near == 1 ? log(far) : near < 1 ? .infinity : -.infinity
  }
  return SpecialFunctions.logBetaDensity(a, b, x)
}

/// `log x − ψ(a) + ψ(a + b)`, without cancellation for large `a`.
func logBetaDensitySlope(_ logX: Double, _ a: Double, _ b: Double) -> Double {
  logX + log1p(b / a) + SpecialFunctions.digammaErrorStep(a, to: a + b, by: b)
}
