import Foundation
import Tensors

/// Random variables of single numbers, in `Double`. A parameter that is NaN gives NaN.
extension Philox {
  /// A uniform number on the open interval (0, 1): an odd multiple of 2⁻⁵³.
  mutating func unit() -> Double { Double(next() >> 11 | 1) * 0x1p-53 }

  /// A standard normal number, by the quantile function.
  mutating func standardNormal() -> Double { SpecialFunctions.normalQuantile(unit()) }

  /// The logarithm of a gamma variable with this shape and rate 1.
  ///
  /// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26
  /// (2000). A shape below 1 is increased by 1, and the variable multiplied by `u^(1/a)`; the
  /// logarithm is exact where the variable underflows.
  mutating func logGammaVariable(_ a: Double) -> Double { logGammaDeviation(a) + log(a) }

  /// The logarithm of a gamma variable divided by its mean `a`, without cancellation for large `a`.
  mutating func logGammaDeviation(_ a: Double) -> Double {
    if a.isNaN { return a }
    if a < 1 {
      let larger = logGammaDeviation(a + 1) + log1p(a)
      return larger + log(unit()) / a - log(a)
    }
    let d = a - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = standardNormal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let logCube = 3 * log1p(c * x)
      let cube = root * root * root
      if log(unit()) < 0.5 * x * x + d * (1 - cube + logCube) {
        return log1p(-1 / (3 * a)) + logCube
      }
    }
  }

  /// A Poisson variable.
  ///
  /// Below a rate of 10 by multiplication of uniform numbers; above by the transformed rejection of
  /// W. Hörmann, "The transformed rejection method for generating Poisson random variables",
  /// Insurance: Mathematics and Economics 12 (1993).
  mutating func poissonVariable(_ rate: Double) -> Double {
    if rate.isNaN || rate == .infinity { return rate }
    if rate < 10 {
      let limit = exp(-rate)
      var (count, product) = (0.0, unit())
      while product > limit {
        count += 1
        product *= unit()
      }
      return count
    }
    let b = 0.931 + 2.53 * rate.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let squeeze = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = unit() - 0.5
      let v = unit()
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + rate + 0.43).rounded(.down)
      if distance >= 0.07 && v <= squeeze { return k }
      if k < 0 || (distance < 0.013 && v > distance) { continue }
      let bound = log(v * inverseAlpha / (a / (distance * distance) + b))
      if bound <= logPoissonProbability(k, rate: rate) { return k }
    }
  }

  /// A binomial variable of `n` trials with the probability `p`, whose complement is `q`.
  ///
  /// Below `10` expected successes or failures by inversion; above by the transformed rejection of
  /// W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation
  /// and Simulation 46 (1993).
  mutating func binomialVariable(_ n: Double, _ p: Double, _ q: Double) -> Double {
    if p.isNaN || n.isNaN { return .nan }
    if p > q { return n - binomialVariable(n, q, p) }
    if p == 0 || n == 0 { return 0 }
    if n * p < 10 { return binomialByInversion(n, p, q) }
    let deviation = (n * p * q).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let alpha = (2.83 + 5.1 / b) * deviation
    let squeeze = 0.92 - 4.2 / b
    let mode = ((n + 1) * p).rounded(.down)
    let top = logBinomialProbability(mode, of: n, p, q)
    while true {
      let u = unit() - 0.5
      let v = unit()
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + n * p + 0.5).rounded(.down)
      if k < 0 || k > n { continue }
      if distance >= 0.07 && v <= squeeze { return k }
      let bound = log(v * alpha / (a / (distance * distance) + b))
      if bound <= logBinomialProbability(k, of: n, p, q) - top { return k }
    }
  }

  private mutating func binomialByInversion(_ n: Double, _ p: Double, _ q: Double) -> Double {
    let odds = p / q
    var (k, probability, u) = (0.0, exp(n * log1p(-p)), unit())
    while u > probability && k < n {
      u -= probability
      k += 1
      probability *= odds * (n - k + 1) / k
    }
    return k
  }
}

/// `log(λᵏ e^(−λ)/k!)` for `k ≥ 0` and a finite rate, without cancellation.
func logPoissonProbability(_ k: Double, rate: Double) -> Double {
  if rate == 0 { return k == 0 ? 0 : -.infinity }
  if k == 0 { return -rate }
  return -SpecialFunctions.stirlingError(k) - SpecialFunctions.deviance(k, from: rate)
    - 0.5 * (logTwoPi + log(k))
}

/// `log(C(n, k) pᵏ qⁿ⁻ᵏ)` for the log-odds of `p` and `0 < k < n`, without cancellation, and where a
/// probability underflows.
func logBinomialProbability(_ k: Double, of n: Double, logits l: Double) -> Double {
  logBinomialProbability(k, rest: n - k, logits: l)
}

/// The same for the numbers of successes and failures, which may be lost in their sum.
func logBinomialProbability(_ k: Double, rest: Double, logits l: Double) -> Double {
  let (p, q) = (sigmoid(l), sigmoid(-l))
  if min(p, q) > 1e-290 { return SpecialFunctions.logBinomial(k, rest: rest, p, q) }
  let n = k + rest
  let (share, restShare) = (k / n, rest / n)
  return SpecialFunctions.logBinomial(k, rest: rest, share, restShare)
    - k * (softplus(-l) + log(share)) - rest * (softplus(l) + log(restShare))
}

/// `log(C(n, k) pᵏ qⁿ⁻ᵏ)` for `0 ≤ k ≤ n`, without cancellation.
func logBinomialProbability(_ k: Double, of n: Double, _ p: Double, _ q: Double) -> Double {
  if k == 0 { return n == 0 ? 0 : n * (p < q ? log1p(-p) : log(q)) }
  if k == n { return n * (q < p ? log1p(-q) : log(p)) }
  return SpecialFunctions.logBinomial(k, rest: n - k, p, q)
}

/// Draws of variables whose parameters are two tensors of the same shape `[batch…, event]`:
/// `[draws…, batch…, event]`, not recorded.
///
/// The variables are drawn one after the other in `Double`, in the order of the elements.
/// - Complexity: 50 to 200 ns for each element.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func drawVariables<Scalar>(
  _ draws: Shape, _ first: Tensor<Scalar>, _ second: Tensor<Scalar>,
  using generator: inout Philox,
  _ draw: (_ first: Double, _ second: Double, _ generator: inout Philox) -> Double
) -> Tensor<Scalar> {
  let count = first.count
  return first.withScalars { first in
    second.withScalars { second in
      Tensor(draws + Shape([count])) { out in
        for element in 0..<draws.count * count {
          let place = element % count
          out[element] = Scalar(
            draw(Double(first[place]), Double(second[place]), &generator))
        }
      }
    }
  }.reshaped(to: draws + first.shape)
}

/// `(x − location)/scale`, also where the difference overflows.
func standardized(_ x: Double, _ location: Double, _ scale: Double) -> Double {
  let difference = x - location
  return difference.isInfinite && x.isFinite
    ? x / scale - location / scale : difference / scale
}

/// The logarithm of `|x − location|/scale`, also where the quotient overflows.
func logMagnitude(_ x: Double, _ location: Double, _ scale: Double) -> Double {
  let difference = x - location
  return difference.isInfinite && x.isFinite
    ? log(abs(0.5 * x - 0.5 * location)) - log(0.5 * scale) : log(abs(difference)) - log(scale)
}

/// Whether one of the numbers is NaN.
func anyNaN(_ x: Double, _ y: Double, _ z: Double = 0) -> Bool {
  x.isNaN || y.isNaN || z.isNaN
}

/// `r − 1 − log r` for the ratio `r = q/p` of two positive numbers, without cancellation for nearly
/// equal ones.
func ratioDivergence(_ q: Double, _ p: Double) -> Double {
  let (r, x) = (q / p, (q - p) / p)
  if x > -0.5 && x < 1 { return SpecialFunctions.log1pDefect(x) }
  return r - 1 - (r > 1e-300 && r < .infinity ? log(r) : log(q) - log(p))
}

/// `1/p − 1/q`, the difference of the reciprocals of two positive numbers.
func reciprocalStep(_ q: Double, to p: Double) -> Double { (q - p) / max(p, q) / min(p, q) }

/// `½(r² − 1) − log r` for the ratio `r = q/p` of two scales, the divergence of two variables of
/// equal location, without cancellation for nearly equal scales.
func scaleDivergence(_ q: Double, _ p: Double) -> Double {
  let r = q / p
  let x = (q - p) / p * (r + 1)
  return x > -0.5 ? 0.5 * SpecialFunctions.log1pDefect(x) : 0.5 * x - (log(q) - log(p))
}
