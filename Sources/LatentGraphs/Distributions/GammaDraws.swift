import Foundation
import Tensors

// Draws of gamma, beta and Dirichlet variables at their logarithms and log-odds. Small concentrations
// give values that underflow or are rounded to 1.

extension Gamma: CoordinateDistribution {
  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let noise = noise(draws, using: &generator)
    let value = sample(noise: noise)
    if value.isInterior { return Draw(value, at: .logarithm(value.log())) }
    var generator = noise.generator
    let logs = logGammaVariables(draws, concentration: concentration, using: &generator)
    return Draw(value, at: .logarithm(logs - rate.log()))
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .logarithm(let logs) = draw.coordinate else { return nil }
    requireFit(logs, to: rate.shape, of: "gamma distribution")
    // A value has more digits than a large logarithm.
    if draw.value.isInterior { return logDensity(of: draw.value) + logs.sum(axis: -1) }
    return logGammaDensities(ofLogarithms: logs, concentration, rate).sum(axis: -1)
  }
}

extension Dirichlet: CoordinateDistribution {
  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    var source = noise(draws, using: &generator).generator
    return draw(draws, from: &source)
  }

  /// The draws by a generator that is not split first.
  func draw(_ draws: Shape, from generator: inout Philox) -> Draw<Scalar> {
    let deviations = logGammaDeviations(draws, concentration: concentration, using: &generator)
    // Relative to the largest one, the logarithms of large concentrations are not rounded in Float.
    let logs = concentration.log()
    let largest = logs.detached.max(axis: -1, keepingAxis: true)
    return .onSimplex((logs - largest) + deviations)
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .simplexLogarithm(let logs) = draw.coordinate else { return nil }
    requireFit(logs, to: concentration.shape, of: "Dirichlet distribution")
    // As in the density of values, the derivative in the rate Σ aᵢ is 0.
    let rate = total.detached.broadcast(to: concentration.shape)
    return logGammaDensities(ofLogarithms: logs, concentration, rate).sum(axis: -1)
      - normalizer
  }
}

extension Beta: CoordinateDistribution {
  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let odds = sampleLogOdds(noise: noise(draws, using: &generator))
    return Draw(odds.sigmoid().keptInUnitInterval(), at: .logOdds(odds))
  }

  /// `α·log σ(y) + β·log σ(−y) − log B(α, β)` for the log-odds `y`.
  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .logOdds(let odds) = draw.coordinate else { return nil }
    requireFit(odds, to: alpha.shape, of: "beta distribution")
    return elementwise(
      odds, alpha, beta,
      value: { y, a, b in
        y.isNaN || a.isNaN || b.isNaN ? .nan : logBetaKernel(a, b, logit: y)
      },
      slopes: { y, a, b in
        (
          a * sigmoid(-y) - b * sigmoid(y), logBetaDensitySlope(-softplus(-y), a, b),
          logBetaDensitySlope(-softplus(y), b, a)
        )
      }
    ).sum(axis: -1)
  }
}

/// The log-densities of the logarithms of gamma variables, `log x + log p(x)`, elementwise.
private func logGammaDensities<Scalar>(
  ofLogarithms logs: Tensor<Scalar>, _ concentration: Tensor<Scalar>, _ rate: Tensor<Scalar>
) -> Tensor<Scalar> {
  elementwise(
    logs, concentration, rate,
    value: { t, a, b in
      if t.isNaN || a.isNaN || b.isNaN { return .nan }
      let scaled = b * exp(t)
      return scaled > 1e-290 && scaled < .infinity
        ? SpecialFunctions.logGammaKernel(a, scaled)
        : a * (log(b) + t) - scaled - SpecialFunctions.logGamma(a)
    },
    slopes: { t, a, b in
      let scaled = b * exp(t)
      let relative = (scaled - a) / a
      let logRatio = abs(relative) < 0.5 ? log1p(relative) : log(b) + t - log(a)
      return (a - scaled, logRatio + SpecialFunctions.digammaError(a), a / b - exp(t))
    })
}

extension Draw {
  /// Points of the simplex whose logarithms are these numbers, up to a summand for each vector. An
  /// element that would be rounded to 0 is the smallest normal number.
  static func onSimplex(_ logs: Tensor<Scalar>) -> Draw {
    Draw(
      logs.softmax(axis: -1).kept(within: .leastNormalMagnitude...1),
      at: .simplexLogarithm(logs - logs.logSumExp(axis: -1, keepingAxis: true)))
  }
}

extension Tensor {
  /// Whether all elements are inside of the bounds of `keptPositive()`.
  var isInterior: Bool {
    let isInside = (self .> .leastNormalMagnitude) * (self .< .greatestFiniteMagnitude)
    return !isInside.scalars.contains(0)
  }
}
