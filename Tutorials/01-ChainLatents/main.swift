// Tutorial 1: a chain of ten thousand variables.
//
// A Gaussian is given by its mean and its precision matrix P, the inverse of the covariance. A zero
// in P means that the two variables are independent given all others; a nonzero element is an edge
// of a graph. In a chain each variable has edges to its two neighbours only, so that P is
// tridiagonal, and every operation takes time and memory linear in the number of variables.
//
// This program creates such a chain from P, samples from it, scores the samples, computes the exact
// marginal variances and covariances, and compares the results with those of a dense matrix.

import Foundation
import LatentGraphs
import Programs
import Tensors

let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "the folder for the two pictures")
let quick = Option.flag("quick", help: "use a shorter chain, for a quick test")
let program = Program(
  "01-ChainLatents",
  summary:
    "Samples and scores a Gaussian chain of 10,000 variables, and compares it with a dense one.",
  options: [figures, quick])
let arguments = program.parseOrExit()

program.runOrExit {
  try prepareFolder(arguments[figures])
  let k = arguments[quick] ? 1_000 : 10_000

  // MARK: Build

  // P from its diagonal and its off-diagonal elements. It must be positive definite; otherwise the
  // factorization P = L Lᵀ, which takes O(k), throws an error.
  let chain = GaussianGraphicalModel(precision: try couplingPrecision(k))
  print("A chain of \(k) variables: P has \(diagonalElement) on the diagonal, −1 beside it.")

  do {
    _ = try ChainPrecision<Float>(diagonal: .full(1.9, [k]), offDiagonal: .full(-1, [k - 1]))
  } catch let error as NotPositiveDefinite {
    print("With 1.9 on the diagonal P is not a precision: \(error).")
  }

  // MARK: Sample

  // All randomness comes from a generator that is passed in: the same seed gives the same draws.
  var generator = Philox(seed: 0)
  let clock = ContinuousClock()
  var draws = chain.sample(64, using: &generator)  // [64, k]
  let samplingTime = clock.measure { draws = chain.sample(64, using: &generator) }
  print("\nSampling: \(draws.shape.sizes[0]) draws in \(milliseconds(samplingTime)).")

  // MARK: Score

  // The log-densities of all samples in nats. Their mean is an estimate of the negative entropy.
  let score = chain.logDensity(of: draws).mean()
  print(
    """

    Scoring: the mean log-density of the samples is \(decimal(Double(score.scalar), places: 1)) nats.
    The exact entropy is \(decimal(Double(chain.entropy.scalar), places: 1)) nats. Their sum \
    is 0 up to a sampling error, whose
    standard deviation is \(decimal((Double(k) / 128).squareRoot(), places: 1)) nats: \
    √(k/2) for one sample, an eighth of it for the mean of 64.
    """)

  // MARK: Marginal variances and covariances

  // The diagonal of P⁻¹, exact, computed without forming P⁻¹.
  let variances = chain.variance  // [k]
  print(
    """

    Marginal variances: \(decimal(Double(variances[0]), places: 4)) at the ends of the chain, where \
    one neighbour is missing,
    and \(decimal(Double(variances[k / 2]), places: 4)) in the middle.
    """)

  let decay = CovarianceDecay(of: chain, draws: draws, distances: Array(0...60))
  print(
    """

    Covariance as a function of the distance, mean over the chain:
    \(decay.table(at: [0, 1, 5, 10, 20, 40, 60]))
    It decreases by a factor of e every \(decimal(correlationLength, places: 1)) variables. The largest \
    error at the \(decay.distances.count) distances is \
    \(decimal(decay.largestError, places: 1)) standard errors.
    """)

  // MARK: The same with a dense matrix

  let comparison = try DenseComparison(of: arguments[quick] ? 300 : 2_000, using: &generator)
  print("\n\(comparison.report)\n\n\(comparison.forecast(dimension: 10_000))")

  // MARK: Pictures

  let folder = URL(fileURLWithPath: arguments[figures])
  let paths = folder.appendingPathComponent("chain-samples.svg")
  let covariance = folder.appendingPathComponent("chain-covariance.svg")
  try samplePaths(draws, variances: variances).write(to: paths)
  try decay.figure.write(to: covariance)
  print("\nPictures: \(paths.path)\n          \(covariance.path)")
}
