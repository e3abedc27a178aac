import LatentGraphs
import Tensors

/// A function whose accuracy is measured; the raw value is its name in the reference values.
public enum SweptFunction: String, CaseIterable, Sendable {
  case negate, abs, sign, squared, reciprocal, squareRoot, exp, expm1, log, log1p, sin, cos, tanh
  case sigmoid, softplus, relu, elu, binaryEntropy
  case erf, normalCDF, logNormalCDF, normalQuantile, logGamma, digamma
  case bernoulliOfOne, bernoulliOfZero, bernoulli, bernoulliEntropy, binaryDivergence
  case normal, normalDivergence, fusedMean, fusedLogVariance
  case relaxedLogits01 = "relaxedLogits0.1"
  case relaxedLogits05 = "relaxedLogits0.5"
  case relaxedLogits2
  case relaxed01 = "relaxed0.1"
  case relaxed05 = "relaxed0.5"
  case relaxed2
  case logitNormal, logitNormalMean, logSumExp
  case power01 = "power0.1"
  case power25 = "power2.5"
  case powerMinus3, quotient
  case gammaDensity, betaDensity, studentTDensity, poissonProbability, binomialProbability
  case negativeBinomialProbability, gammaCumulative

  /// Whether it is an elementwise function of one argument, which is also measured on a fine grid.
  public var isElementwise: Bool { Self.elementwise.contains(self) }

  private static let elementwise: Set<SweptFunction> = [
    .negate, .abs, .sign, .squared, .reciprocal, .squareRoot, .exp, .expm1, .log, .log1p, .sin,
    .cos, .tanh, .sigmoid, .softplus, .relu, .elu, .binaryEntropy, .erf, .normalCDF, .logNormalCDF,
    .normalQuantile, .logGamma, .digamma, .bernoulliOfOne,
    .bernoulliOfZero, .bernoulliEntropy, .power01, .power25, .powerMinus3,
  ]

  /// The name on the page.
  public var title: String {
    switch self {
    case .binaryEntropy: "entropy of one bit by its log-odds"
    case .bernoulliOfOne: "`Bernoulli.logDensity(of: 1)`"
    case .bernoulliOfZero: "`Bernoulli.logDensity(of: 0)`"
    case .bernoulli: "`Bernoulli.logDensity` of grey values"
    case .bernoulliEntropy: "`Bernoulli.entropy`"
    case .binaryDivergence: "`klDivergence` of two `Bernoulli`"
    case .normal: "`Normal.logDensity`"
    case .normalDivergence: "`klDivergence` of two `Normal`"
    case .fusedMean: "`Normal.fused(with:)`, mean"
    case .fusedLogVariance: "`Normal.fused(with:)`, log-variance"
    case .relaxedLogits01: "`RelaxedBernoulli.logDensity(ofLogits:)`, τ = 0.1"
    case .relaxedLogits05: "`RelaxedBernoulli.logDensity(ofLogits:)`, τ = 0.5"
    case .relaxedLogits2: "`RelaxedBernoulli.logDensity(ofLogits:)`, τ = 2"
    case .relaxed01: "`RelaxedBernoulli.logDensity(of:)`, τ = 0.1"
    case .relaxed05: "`RelaxedBernoulli.logDensity(of:)`, τ = 0.5"
    case .relaxed2: "`RelaxedBernoulli.logDensity(of:)`, τ = 2"
    case .logitNormal: "`LogitNormal.logDensity`"
    case .logitNormalMean: "`LogitNormal.mean`"
    case .power01: "`power(0.1)`"
    case .power25: "`power(2.5)`"
    case .powerMinus3: "`power(−3)`"
    case .quotient: "`a / b`"
    case .gammaDensity: "`Gamma.logDensity`"
    case .betaDensity: "`Beta.logDensity`"
    case .studentTDensity: "`StudentT.logDensity`"
    case .poissonProbability: "`Poisson.logDensity`"
    case .binomialProbability: "`Binomial.logDensity`"
    case .negativeBinomialProbability: "`NegativeBinomial.logDensity`"
    case .gammaCumulative: "`Gamma.cumulativeProbability`"
    default: "`\(rawValue)`"
    }
  }

  /// The values, `[n]`, for arguments given as columns `[n, 1]`.
  public func callAsFunction<Scalar>(_ x: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let y = column(x)
    return y.rank == 2 ? y.sum(axis: 1) : y
  }

  private func column<Scalar>(_ x: [Tensor<Scalar>]) -> Tensor<Scalar> {
    func bit(_ value: Scalar) -> Tensor<Scalar> { .full(value, x[0].shape) }
    func normal(_ i: Int) -> Normal<Scalar> { Normal(mean: x[i], logVariance: x[i + 1]) }
    func relaxed(_ temperature: Float) -> RelaxedBernoulli<Scalar> {
      RelaxedBernoulli(logits: x[0], temperature: Double(temperature))
    }
    func gamma() -> Gamma<Scalar> { Gamma(concentration: x[1], rate: x[2]) }
    func pixels(_ logStandardDeviation: Tensor<Scalar>) -> LogitNormal<Scalar> {
      LogitNormal(mean: x[0], precision: DiagonalPrecision(logFactor: -logStandardDeviation))
    }
    switch self {
    case .negate: return -x[0]
    case .abs: return x[0].abs()
    case .sign: return x[0].sign()
    case .squared: return x[0].squared()
    case .reciprocal: return x[0].reciprocal()
    case .squareRoot: return x[0].squareRoot()
    case .exp: return x[0].exp()
    case .expm1: return x[0].expm1()
    case .log: return x[0].log()
    case .log1p: return x[0].log1p()
    case .sin: return x[0].sin()
    case .cos: return x[0].cos()
    case .tanh: return x[0].tanh()
    case .sigmoid: return x[0].sigmoid()
    case .softplus: return x[0].softplus()
    case .relu: return x[0].relu()
    case .elu: return x[0].elu()
    case .binaryEntropy: return x[0].binaryEntropy()
    case .erf: return x[0].erf()
    case .normalCDF: return x[0].normalCDF()
    case .logNormalCDF: return x[0].logNormalCDF()
    case .normalQuantile: return x[0].normalQuantile()
    case .logGamma: return x[0].logGamma()
    case .digamma: return x[0].digamma()
    case .bernoulliOfOne: return Bernoulli(logits: x[0]).logDensity(of: bit(1))
    case .bernoulliOfZero: return Bernoulli(logits: x[0]).logDensity(of: bit(0))
    case .bernoulli:
      return Bernoulli(logits: x[0], acceptsFractions: true).logDensity(of: x[1])
    case .bernoulliEntropy: return Bernoulli(logits: x[0]).entropy
    case .binaryDivergence:
      return Bernoulli(logits: x[0]).klDivergence(from: Bernoulli(logits: x[1]))
    case .normal: return normal(0).logDensity(of: x[2])
    case .normalDivergence: return normal(0).klDivergence(from: normal(2))
    case .fusedMean: return normal(0).fused(with: normal(2)).mean
    case .fusedLogVariance: return normal(0).fused(with: normal(2)).logVariance
    case .relaxedLogits01: return relaxed(0.1).logDensity(ofLogits: x[1])
    case .relaxedLogits05: return relaxed(0.5).logDensity(ofLogits: x[1])
    case .relaxedLogits2: return relaxed(2).logDensity(ofLogits: x[1])
    case .relaxed01: return relaxed(0.1).logDensity(of: x[1])
    case .relaxed05: return relaxed(0.5).logDensity(of: x[1])
    case .relaxed2: return relaxed(2).logDensity(of: x[1])
    case .logitNormal: return pixels(x[1]).logDensity(of: x[2])
    case .logitNormalMean: return pixels(x[1]).mean
    case .logSumExp: return Tensor.concatenated(x, axis: 1).logSumExp(axis: 1)
    // Round the exponent to `Float`, so that it is the same in both types.
    case .power01: return x[0].power(Scalar(Float(0.1)))
    case .power25: return x[0].power(2.5)
    case .powerMinus3: return x[0].power(-3)
    case .quotient: return x[0] / x[1]
    case .gammaDensity: return gamma().logDensity(of: x[0])
    case .betaDensity: return Beta(alpha: x[1], beta: x[2]).logDensity(of: x[0])
    case .studentTDensity:
      return StudentT(degreesOfFreedom: x[1], location: x[2], scale: x[3]).logDensity(of: x[0])
    case .poissonProbability: return Poisson(rate: x[1]).logDensity(of: x[0])
    case .binomialProbability:
      return Binomial(totalCount: x[1], logits: x[2]).logDensity(of: x[0])
    case .negativeBinomialProbability:
      return NegativeBinomial(totalCount: x[1], logits: x[2]).logDensity(of: x[0])
    case .gammaCumulative: return gamma().cumulativeProbability(of: x[0])
    }
  }

  /// The value and its derivatives with respect to the arguments, each `[n]`.
  public func withSlopes<Scalar: TensorScalar>(_ x: [[Scalar]]) -> [[Scalar]] {
    let variables = x.map { Tensor($0, shape: [$0.count, 1]).tracked() }
    let value = self(variables)
    return [value.scalars]
      + gradients(of: value.sum(), withRespectTo: variables).map(\.scalars)
  }
}
