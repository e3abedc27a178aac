import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A Gaussian, a logit-normal or a Bernoulli under test: its parameters, its construction and an
/// independent reference.
enum GaussianCase: Hashable, Sendable, CustomTestStringConvertible {
  case normal(Int)
  case bernoulli(Int)
  case graph(StructureCase)
  /// The log-odds of the values have the graph's distribution.
  case logitNormal(StructureCase)

  static let all: [GaussianCase] =
    [.normal(1), .normal(5), .bernoulli(1), .bernoulli(5)] + reparameterized.dropFirst(2)
    + [.diagonal(1), .chain(5), .grid(2, 3), .dense(4)].map { .logitNormal($0) }
  static let reparameterized: [GaussianCase] =
    [.normal(1), .normal(5)]
    + [.diagonal(4), .chain(1), .chain(5), .grid(2, 3), .grid(3, 3), .dense(4)].map { .graph($0) }

  var testDescription: String {
    switch self {
    case .normal(let k): "normal \(k)"
    case .bernoulli(let k): "Bernoulli \(k)"
    case .graph(let structure): structure.testDescription
    case .logitNormal(let structure): "logit-normal of \(structure.testDescription)"
    }
  }

  var dimension: Int {
    switch self {
    case .normal(let k), .bernoulli(let k): k
    case .graph(let structure), .logitNormal(let structure): structure.dimension
    }
  }

  func parameters(batch: Shape, using generator: inout Philox) -> [Tensor<Double>] {
    switch self {
    case .normal(let k):
      [
        .normal(batch + [k], using: &generator),
        .uniform(batch + [k], in: -0.7..<0.7, using: &generator),
      ]
    case .bernoulli(let k): [2 * .normal(batch + [k], using: &generator)]
    case .graph(let structure), .logitNormal(let structure):
      ModelCase(structure, meanBatch: batch, batch: batch, using: &generator).inputs
    }
  }

  func distribution<Scalar>(_ parameters: [Tensor<Scalar>]) -> any Distribution<Scalar> {
    switch self {
    case .bernoulli: Bernoulli(logits: parameters[0], acceptsFractions: true)
    default: continuous(parameters)
    }
  }

  func continuous<Scalar>(
    _ parameters: [Tensor<Scalar>]
  ) -> any ReparameterizedDistribution<Scalar, Tensor<Scalar>> {
    switch self {
    case .graph(let structure):
      GaussianGraphicalModel(
        mean: parameters[0], precision: structure.precision(Array(parameters.dropFirst())))
    case .logitNormal(let structure):
      LogitNormal(
        mean: parameters[0], precision: structure.precision(Array(parameters.dropFirst())))
    default: Normal(mean: parameters[0], logStandardDeviation: parameters[1])
    }
  }

  /// A value of the support, with the axes of `batch` in front.
  func value(_ batch: Shape, using generator: inout Philox) -> Tensor<Double> {
    if case .bernoulli = self {
      return .bernoulli(.full(0.4, batch + [dimension]), using: &generator)
    }
    if case .logitNormal = self {
      // The values keep away from the ends, where the fixed steps of finite differences are
      // inaccurate.
      return .uniform(batch + [dimension], in: 0.35..<0.65, using: &generator)
    }
    return .normal(batch + [dimension], using: &generator)
  }

  /// The dense Gaussian of each row of the batch, for a logit-normal that of the log-odds; empty
  /// for a Bernoulli.
  func gaussians(_ parameters: [Tensor<Double>]) -> [DenseGaussian] {
    let factors: [Matrix]
    switch self {
    case .bernoulli: return []
    case .graph(let structure), .logitNormal(let structure):
      factors = structure.factors(Array(parameters.dropFirst()))
    case .normal(let k):
      factors = parameters[1].vectors.map { logStandardDeviations in
        var factor = Matrix.identity(k)
        for i in 0..<k { factor.rows[i][i] = exp(-logStandardDeviations[i]) }
        return factor
      }
    }
    return zip(parameters[0].vectors, factors).map { DenseGaussian(mean: $0, factor: $1) }
  }

  /// The log-density of each value under its row of the batch, by the textbook formula.
  func logDensities(_ parameters: [Tensor<Double>], of values: Tensor<Double>) -> [Double] {
    let gaussians = gaussians(parameters)
    let logits = parameters[0].vectors
    return values.vectors.enumerated().map { row, value in
      if case .logitNormal = self {
        // The textbook's change of variables: the density is divided by the product of x(1 − x).
        let odds = gaussians[row % gaussians.count].logDensity(of: value.map { log($0 / (1 - $0)) })
        return odds - value.reduce(0) { $0 + log($1 * (1 - $1)) }
      }
      if !gaussians.isEmpty { return gaussians[row % gaussians.count].logDensity(of: value) }
      let terms: [Double] = zip(value, logits[row % logits.count]).map { x, logit in
        let p = 1 / (1 + exp(-logit))
        return log(x == 1 ? p : 1 - p)
      }
      return terms.reduce(0, +)
    }
  }
}
