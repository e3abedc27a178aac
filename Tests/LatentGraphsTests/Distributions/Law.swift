import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A type of distribution under test. Each passes all tests of `DistributionTests`.
enum Law: String, CaseIterable, Sendable, CustomTestStringConvertible {
  // With reference values by scipy.
  case normal, bernoulli, uniform, exponential, gamma, beta, studentT, laplace, logNormal
  case halfNormal, halfCauchy, weibull, poisson, negativeBinomial, binomial
  // With a reference in this file.
  case relaxedBernoulli, categorical, relaxedCategorical, dirichlet, mixture, product
  case gaussianGraph, logitNormal, multivariateStudentT
  case exponentialOfNormal, softplusOfNormal, sigmoidOfNormal, affineOfGamma, orderedNormal
  case brokenStick

  static let univariate = allCases.filter { !$0.references.isEmpty }
  static let continuous = allCases.filter { !$0.isDiscrete }

  var testDescription: String { rawValue }

  var isDiscrete: Bool {
    [.bernoulli, .poisson, .negativeBinomial, .binomial, .categorical].contains(self)
  }

  /// The parameters for three variables, or for one event of three variables. Those of discrete
  /// numbers of trials are not differentiable.
  var parameters: [Tensor<Double>] {
    if let first = references.first {
      return first.parameters.indices.map { i in Tensor(references.map { $0.parameters[i] }) }
    }
    switch self {
    case .relaxedBernoulli, .categorical, .relaxedCategorical: return [Tensor([0.3, -0.8, 1.1])]
    case .dirichlet: return [Tensor([0.9, 2.5, 6])]
    case .mixture:
      return [
        Tensor([0.4, -0.3]), Tensor([-1, 0, 2]), Tensor([1.5, 1, 0]), Tensor([0, -0.5, 0.3]),
      ]
    case .product: return [Tensor([2]), Tensor([1.5]), Tensor([0.3, -1]), Tensor([-0.2, 0.4])]
    case .gaussianGraph, .logitNormal:
      return [Tensor([0.3, -0.5, 0.2]), Tensor([1.2, 0.9, 1.5]), Tensor([0.4, -0.3])]
    case .multivariateStudentT:
      return [Tensor(6), Tensor([0.3, -0.5, 0.2]), Tensor([1.2, 0.9, 1.5]), Tensor([0.4, -0.3])]
    case .affineOfGamma:
      return [Tensor([2, 3, 5]), Tensor([1, 2, 1]), Tensor([1, -1, 0]), Tensor([-2, 0.5, 1])]
    case .brokenStick: return [Tensor([0.3, -0.4]), Tensor([-0.2, 0.1])]
    default: return [Tensor([0.3, -0.4, 0.6]), Tensor([-0.2, 0.1, -0.6])]
    }
  }

  /// Whether the derivative of the density in a parameter exists.
  func isDifferentiable(_ parameter: Int) -> Bool { !(self == .binomial && parameter == 0) }

  /// The parameters in which a gradient of the distribution function is refused.
  var refusedParameters: Set<Int> {
    switch self {
    case .beta: [0, 1]
    case .studentT, .negativeBinomial, .binomial: [0]
    default: []
    }
  }

  /// The distribution with these parameters.
  func callAsFunction<Scalar>(_ p: [Tensor<Scalar>]) -> any Distribution<Scalar> {
    switch self {
    case .normal: Normal(mean: p[0], logVariance: p[1])
    case .bernoulli: Bernoulli(logits: p[0])
    case .uniform: Uniform(low: p[0], high: p[1])
    case .exponential: Exponential(rate: p[0])
    case .gamma: Gamma(concentration: p[0], rate: p[1])
    case .beta: Beta(alpha: p[0], beta: p[1])
    case .studentT: StudentT(degreesOfFreedom: p[0], location: p[1], scale: p[2])
    case .laplace: Laplace(location: p[0], scale: p[1])
    case .logNormal: LogNormal(location: p[0], scale: p[1])
    case .halfNormal: HalfNormal(scale: p[0])
    case .halfCauchy: HalfCauchy(scale: p[0])
    case .weibull: Weibull(scale: p[0], concentration: p[1])
    case .poisson: Poisson(rate: p[0])
    case .negativeBinomial: NegativeBinomial(totalCount: p[0], logits: p[1])
    case .binomial: Binomial(totalCount: p[0], logits: p[1])
    case .relaxedBernoulli: RelaxedBernoulli(logits: p[0], temperature: 0.7)
    case .categorical: Categorical(logits: p[0])
    case .relaxedCategorical: RelaxedCategorical(logits: p[0], temperature: 0.7)
    case .dirichlet: Dirichlet(concentration: p[0])
    case .mixture:
      Mixture(
        logits: p[0],
        components: [
          Normal(mean: p[1], logVariance: p[3]), Normal(mean: p[2], logVariance: p[3]),
        ])
    case .product:
      IndependentProduct(
        Gamma(concentration: p[0], rate: p[1]), Normal(mean: p[2], logVariance: p[3]))
    case .gaussianGraph: Self.graph(p)
    case .logitNormal: LogitNormal(logits: Self.graph(p))
    case .multivariateStudentT:
      MultivariateStudentT(
        degreesOfFreedom: p[0], location: p[1],
        precision: ChainPrecision(factorDiagonal: p[2], factorOffDiagonal: p[3]))
    case .exponentialOfNormal: TransformedDistribution(Self.normal(p), by: ExponentialMap())
    case .softplusOfNormal: TransformedDistribution(Self.normal(p), by: SoftplusMap())
    case .sigmoidOfNormal: TransformedDistribution(Self.normal(p), by: SigmoidMap())
    case .affineOfGamma:
      TransformedDistribution(
        Gamma(concentration: p[0], rate: p[1]), by: AffineMap(shift: p[2], scale: p[3]))
    case .orderedNormal: TransformedDistribution(Self.normal(p), by: OrderedMap())
    case .brokenStick: TransformedDistribution(Self.normal(p), by: StickBreakingMap())
    }
  }

  private static func normal<Scalar>(_ p: [Tensor<Scalar>]) -> Normal<Scalar> {
    Normal(mean: p[0], logVariance: p[1])
  }

  private static func graph<Scalar>(_ p: [Tensor<Scalar>]) -> GaussianGraphicalModel<Scalar> {
    GaussianGraphicalModel(
      mean: p[0], precision: ChainPrecision(factorDiagonal: p[1], factorOffDiagonal: p[2]))
  }

  /// A normalized log-density on the same support that is close to this law's, `[draws…]`, for
  /// values `[draws…, 3]`, from other formulas than the library's distribution.
  func comparison(_ x: Tensor<Double>) -> Tensor<Double> {
    func each(_ f: (Double, Int) -> Double) -> Tensor<Double> {
      Tensor(x.vectors.map { v in v.indices.reduce(0) { $0 + f(v[$1], $1) } })
    }
    func normal(_ x: Double, _ m: Double, _ s: Double) -> Double {
      -0.5 * pow((x - m) / s, 2) - log(s) - 0.5 * log(2 * .pi)
    }
    func gamma(_ x: Double, _ a: Double, _ b: Double) -> Double {
      a * log(b) + (a - 1) * log(x) - b * x - lgamma(a)
    }
    func logit(_ x: Double) -> Double { log(x / (1 - x)) }
    switch self {
    case .normal: return each { x, i in normal(x, [0.1, 2, -3][i], [0.8, 0.5, 1.8][i]) }
    case .studentT: return each { x, i in normal(x, [0, 2, -1][i], [0.8, 0.4, 2.5][i]) }
    case .laplace: return each { x, i in normal(x, [0, 2, -5][i], [0.7, 0.2, 3][i]) }
    case .mixture: return each { x, i in normal(x, [0, 0.5, 1][i], 0.5) }
    case .gaussianGraph, .multivariateStudentT:
      return each { x, i in normal(x, [0.3, -0.5, 0.2][i], 0.5) }
    case .uniform:
      return each { x, i in log(2 * (x - [0.0, -1, 3][i])) - 2 * log([1.0, 3, 7][i]) }
    case .exponential: return each { x, i in gamma(x, 1.1, [0.6, 1.2, 5][i]) }
    case .gamma: return each { x, i in gamma(x, [0.9, 2.6, 45][i], [2.2, 0.55, 3.4][i]) }
    case .weibull:
      // (x/λ)ᵏ is an exponential variable, which is compared with a gamma variable.
      return each { x, i in
        let (scale, shape) = ([1.0, 2, 0.5][i], [1.5, 0.8, 4][i])
        let power = pow(x / scale, shape)
        return gamma(power, 1.1, 1.1) + log(shape * power / x)
      }
    case .halfNormal: return each { x, i in log(2) + normal(x, 0, [0.4, 0.8, 3.2][i]) }
    case .halfCauchy, .logNormal, .exponentialOfNormal:
      let centre =
        self == .halfCauchy ? [-0.7, 0, 1.4] : self == .logNormal ? [0, 1, -1] : [0.3, -0.4, 0.6]
      let spread = self == .logNormal ? [0.35, 0.15, 0.3] : [0.5, 0.5, 0.5]
      return each { x, i in normal(log(x), centre[i], spread[i]) - log(x) }
    case .softplusOfNormal:
      return each { y, i in
        let x = log(exp(y) - 1)
        return normal(x, [0.3, -0.4, 0.6][i], 0.6) + log(1 + exp(-x))
      }
    case .beta:
      return each { x, i in
        let (a, b) = ([2.0, 3, 40][i], [2.0, 6, 52][i])
        return lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(x) + (b - 1) * log(1 - x)
      }
    case .relaxedBernoulli: return each { x, _ in log(6 * x * (1 - x)) }
    case .logitNormal, .sigmoidOfNormal:
      let centre = self == .logitNormal ? [0.3, -0.5, 0.2] : [0.3, -0.4, 0.6]
      return each { x, i in normal(logit(x), centre[i], 0.5) - log(x * (1 - x)) }
    case .bernoulli: return each { x, _ in log(x == 1 ? 0.6 : 0.4) }
    case .categorical: return each { x, i in x == 1 ? log([0.3, 0.3, 0.4][i]) : 0 }
    case .poisson: return each { x, i in poissonProbability(x, [0.25, 3.5, 58][i]) }
    case .negativeBinomial: return each { x, i in poissonProbability(x, [0.3, 1, 85][i]) }
    case .binomial:
      return each { x, i in
        let (n, p) = ([1.0, 10, 200][i], [0.5, 0.25, 0.66][i])
        return lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p)
          + (n - x) * log(1 - p)
      }
    case .product:
      return each { x, i in i == 0 ? gamma(x, 2.2, 1.8) : normal(x, [0.3, -1][i - 1], 0.7) }
    case .affineOfGamma:
      let (shift, scale) = ([1.0, -1, 0], [-2.0, 0.5, 1])
      return each { x, i in
        gamma((x - shift[i]) / scale[i], [2.2, 3.2, 5.5][i], [1.2, 2.3, 1.2][i])
          - log(abs(scale[i]))
      }
    case .relaxedCategorical, .dirichlet:
      let a: [Double] = self == .dirichlet ? [2, 3, 7] : [2, 2, 2]
      let constant = lgamma(a.reduce(0, +)) - a.reduce(0) { $0 + lgamma($1) }
      return each { x, i in (a[i] - 1) * log(x) } + constant
    case .brokenStick:
      return Tensor(
        x.vectors.map { y in
          let v = y[1] / (1 - y[0])
          return normal(logit(y[0]) + log(2), 0.3, 0.6) + normal(logit(v), -0.4, 0.7)
            - log(y[0] * (1 - y[0])) - log((1 - y[0]) * v * (1 - v))
        })
    case .orderedNormal:
      return Tensor(
        x.vectors.map { v in
          let steps = [log(v[1] - v[0]), log(v[2] - v[1])]
          return normal(v[0], 0.2, 0.7) + normal(steps[0], -0.4, 0.5) - steps[0]
            + normal(steps[1], 0.5, 0.5) - steps[1]
        })
    }
  }
}

private func poissonProbability(_ x: Double, _ rate: Double) -> Double {
  x * log(rate) - rate - lgamma(x + 1)
}

// MARK: Reference values

/// Reference values of one variable.
struct LawReference: Sendable {
  let parameters: [Double]
  let mean: Double, variance: Double, entropy: Double
  /// Values, and their log-densities and cumulative probabilities.
  var points: [(x: Double, logDensity: Double, cumulative: Double)] = []
}

extension Law {
  /// The reference values of each variable; empty if there are none.
  var references: [LawReference] { Self.allReferences[rawValue] ?? [] }

  private static let allReferences: [String: [LawReference]] = {
    var all: [String: [LawReference]] = [:]
    for line in distributionReferences.split(separator: "\n") {
      let cells = line.split(separator: " ")
      let mark = cells.firstIndex { $0 == ":" || $0 == "=" }!
      let numbers = cells[(mark + 1)...].map { Double($0)! }
      let name = String(cells[0])
      if cells[mark] == ":" {
        all[name, default: []].append(
          LawReference(
            parameters: cells[1..<mark].map { Double($0)! }, mean: numbers[0],
            variance: numbers[1], entropy: numbers[2]))
      } else {
        all[name]![all[name]!.count - 1].points.append((numbers[0], numbers[1], numbers[2]))
      }
    }
    return all
  }()
}
