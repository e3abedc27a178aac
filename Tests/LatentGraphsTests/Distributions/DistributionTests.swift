import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

/// A distribution and independent values to compare it with, for the laws of `Law`.
///
/// Statistical tests use fixed seeds. Each comparison would fail for one seed in 10⁶ if the library
/// is right: it is of a mean of many draws, in units of its standard error, or of the largest
/// difference of two distribution functions.
extension GraphTests {
  @Suite("Properties of every distribution") struct Distributions {
    static let draws = 200_000
    static let bound = 1.1 * deviations(rate: 1e-6, comparisons: 1)

    // MARK: Shapes

    @Test(
      "Shapes are those of the batch and the event, draws are reproducible and in the support",
      arguments: Law.allCases, [[], [2], [2, 1]] as [Shape])
    func shapes(_ law: Law, _ batch: Shape) {
      let parameters = law.parameters.map { $0.broadcast(to: batch + $0.shape) }
      let distribution = law(parameters)
      #expect(distribution.batchShape == batch)
      #expect(distribution.dimension == 3 && distribution.eventShape == [3])
      var generator = Philox(seed: 1)
      let before = generator
      let one = distribution.sample(using: &generator)
      let many = distribution.sample([4, 5], using: &generator)
      #expect(one.shape == batch + [3])
      #expect(many.shape == [4, 5] + batch + [3])
      #expect(generator != before)
      var again = before
      #expect(distribution.sample(using: &again).scalars == one.scalars)
      #expect(distribution.sample([4, 5], using: &again).scalars == many.scalars)
      let density = distribution.logDensity(of: many)
      #expect(density.shape == [4, 5] + batch)
      #expect(density.isFinite)
      let isInside = distribution.support.contains(many)
      #expect(isInside.shape == [4, 5] + batch)
      #expect(isInside.scalars.allSatisfy { $0 == 1 })
      for moment in [try? distribution.mean, try? distribution.variance].compactMap({ $0 }) {
        #expect(moment.shape == batch + [3])
      }
      if let entropy = try? distribution.entropy { #expect(entropy.shape == batch) }
    }

    // MARK: Reference values

    @Test("Densities, moments and probabilities agree with scipy", arguments: Law.univariate)
    func reference(_ law: Law) throws {
      let references = law.references
      let distribution = law(law.parameters)
      let x = Tensor<Double>.stacked(
        (0..<5).map { point in Tensor(references.map { $0.points[point].x }) })
      let densities = (0..<5).map { point in
        references.reduce(0) { $0 + $1.points[point].logDensity }
      }
      expectClose(distribution.logDensity(of: x), densities, within: 1e-12)
      if references[0].mean.isFinite {
        expectClose(try distribution.mean, references.map(\.mean), within: 1e-12)
        expectClose(try distribution.variance, references.map(\.variance), within: 1e-12)
      } else {
        #expect(try distribution.mean.scalars == references.map(\.mean))
        #expect(try distribution.variance.scalars == references.map(\.variance))
      }
      if let entropy = try? distribution.entropy {
        expectClose(entropy, [references.reduce(0) { $0 + $1.entropy }], within: 1e-11)
      } else {
        #expect(references[0].entropy.isNaN)
      }
      if let cumulative = distribution as? any CumulativeDistribution<Double> {
        let expected = (0..<5).flatMap { point in references.map { $0.points[point].cumulative } }
        expectClose(cumulative.cumulativeProbability(of: x), expected, within: 1e-12)
      } else {
        #expect(law == .bernoulli)
      }
    }

    @Test("Densities and entropies of vectors agree with scipy")
    func vectors() throws {
      for line in multivariateReferences.split(separator: "\n") {
        let cells = line.split(separator: " ")
        let mark = cells.firstIndex { $0 == "=" }!
        let p = cells[1..<mark].map { Double($0)! }
        let expected = cells[(mark + 1)...].map { Double($0)! }
        let law = Law(rawValue: String(cells[0]))!
        let parameters =
          law == .dirichlet
          ? [Tensor(p)]
          : [
            Tensor(p[0]), Tensor(Array(p[1..<4])), Tensor(Array(p[4..<7])),
            Tensor(Array(p[7...])),
          ]
        let distribution = law(parameters)
        let x = Tensor(Array(expected[0..<3]))
        expectClose(distribution.logDensity(of: x), [expected[3]], within: 1e-12)
        expectClose(try distribution.entropy, [expected[4]], within: 1e-11)
      }
    }

    @Test("A quantile is the inverse of the cumulative probability", arguments: Law.univariate)
    func quantile(_ law: Law) {
      guard let distribution = law(law.parameters) as? any QuantileDistribution<Double> else {
        return
      }
      let p = Tensor<Double>([1e-9, 1e-3, 0.2, 0.35, 0.6, 0.97, 1 - 0x1p-20])
        .addingAxis(at: -1).broadcast(to: [7, 3])
      let x = distribution.quantile(of: p)
      // A location rounds small probabilities to the last place of the value. Without one they are
      // relative.
      let isOfScale = [.exponential, .halfNormal, .halfCauchy].contains(law)
      let error =
        (distribution.cumulativeProbability(of: x) - p).abs() / (isOfScale ? p : .ones([]))
      #expect(error.scalars.allSatisfy { $0 < 1e-14 }, "\(error)")
      let variables = law.parameters.indices.filter { !law.refusedParameters.contains($0) }
      expectGradients(
        at: [p.slice(2..<5, axis: 0)] + variables.map { law.parameters[$0] }, step: 2e-5
      ) {
        var parameters = law.parameters
        for (place, input) in zip(variables, $0.dropFirst()) { parameters[place] = input }
        return weightedSum([
          (law(parameters) as! any QuantileDistribution<Double>).quantile(of: $0[0])
        ])
      }
      let ends = distribution.cumulativeProbability(
        of: Tensor(
          [-.infinity, -.infinity, -.infinity, .infinity, .infinity, .infinity], shape: [2, 3]))
      #expect(ends.scalars == [0, 0, 0, 1, 1, 1])
    }

    // MARK: Sampling against density

    /// `E[r(x)/p(x)] = 1` for draws from `p` and a normalized density `r` on the same support.
    @Test("Draws have the stated density", arguments: Law.allCases)
    func density(_ law: Law) {
      var generator = Philox(seed: 2)
      let distribution = law(law.parameters)
      let x = distribution.sample(Self.draws, using: &generator)
      let ratio = (law.comparison(x) - distribution.logDensity(of: x)).exp()
      expectMean(ratio.addingAxis(at: -1), Tensor([1]), "\(law)")
    }

    /// By Kolmogorov and Smirnov: `P(√n·D > c) ≤ 2·exp(−2c²)`; less for a discrete law.
    @Test("Draws have the stated distribution function", arguments: Law.univariate)
    func distributionFunction(_ law: Law) {
      guard let distribution = law(law.parameters) as? any CumulativeDistribution<Double> else {
        return
      }
      var generator = Philox(seed: 3)
      let n = Self.draws
      let x = distribution.sample(n, using: &generator)
      let limit = (0.5 * log(2 / 1e-6)).squareRoot() / Double(n).squareRoot()
      let probabilities = distribution.cumulativeProbability(of: x)
      for variable in 0..<3 {
        let (values, cumulative) = (
          x.slice(at: variable, axis: 1).scalars, probabilities.slice(at: variable, axis: 1).scalars
        )
        let order = values.indices.sorted { values[$0] < values[$1] }
        var distance = 0.0
        for (rank, place) in order.enumerated() {
          let isLast = rank == n - 1 || values[order[rank + 1]] != values[place]
          let isFirst = rank == 0 || values[order[rank - 1]] != values[place]
          if isLast {
            distance = max(distance, abs(Double(rank + 1) / Double(n) - cumulative[place]))
          }
          if isFirst && !law.isDiscrete {
            distance = max(distance, abs(Double(rank) / Double(n) - cumulative[place]))
          }
        }
        #expect(distance < limit, "variable \(variable): \(distance), limit \(limit)")
      }
    }

    @Test("Draws have the stated mean and variance", arguments: Law.allCases)
    func moments(_ law: Law) {
      let distribution = law(law.parameters)
      guard let mean = try? distribution.mean, let variance = try? distribution.variance,
        variance.isFinite
      else { return }
      var generator = Philox(seed: 4)
      let x = distribution.sample(Self.draws, using: &generator)
      expectMean(x, mean, "mean")
      // The variance of squares is infinite for fewer than four moments, as of studentT.
      if law != .studentT { expectMean((x - mean).squared(), variance, "variance") }
    }

    /// Expects that the mean of draws `[draws, k]` has this expectation, `[k]`.
    private func expectMean(_ x: Tensor<Double>, _ expected: Tensor<Double>, _ name: String) {
      let n = Double(x.shape[0])
      let mean = x.mean(axis: 0)
      let deviation = ((x - mean).squared().sum(axis: 0) / (n - 1)).squareRoot()
      for ((a, b), s) in zip(zip(mean.scalars, expected.scalars), deviation.scalars) {
        #expect(
          abs(a - b) <= Self.bound * s / n.squareRoot() + 1e-12,
          "\(name): \(a), expected \(b), \((a - b) / s * n.squareRoot()) standard errors")
      }
    }

    // MARK: Gradients

    @Test("Gradients of the density agree with central differences", arguments: Law.allCases)
    func gradients(_ law: Law) {
      var generator = Philox(seed: 5)
      let value = value(law, using: &generator)
      let isOnSimplex = [.dirichlet, .relaxedCategorical, .brokenStick].contains(law)
      let variables = law.parameters.indices.filter { law.isDifferentiable($0) }
      let inputs = variables.map { law.parameters[$0] }
      func distribution(_ inputs: ArraySlice<Tensor<Double>>) -> any Distribution<Double> {
        var parameters = law.parameters
        for (place, input) in zip(variables, inputs) { parameters[place] = input }
        return law(parameters)
      }
      if law.isDiscrete {
        expectGradients(at: inputs, step: 2e-4) {
          weightedSum([distribution($0[...]).logDensity(of: value)])
        }
      } else {
        // A simplex is moved along itself, by its logarithms.
        expectGradients(at: [isOnSimplex ? value.log() : value] + inputs, step: 2e-4) {
          let x = isOnSimplex ? $0[0].softmax(axis: -1) : $0[0]
          return weightedSum([distribution($0.dropFirst()).logDensity(of: x)])
        }
      }
      if (try? distribution(inputs[...]).entropy) != nil {
        expectGradients(at: inputs, step: 2e-4) {
          weightedSum([try! distribution($0[...]).entropy])
        }
      }
    }

    /// Values inside of the support, away from its ends.
    private func value(_ law: Law, using generator: inout Philox) -> Tensor<Double> {
      if let reference = law.references.first {
        let median = law.references.map { $0.points[2].x }
        let upper = law.references.map { $0.points[3].x }
        if law.isDiscrete || reference.points.isEmpty {
          return .stacked([Tensor(median), Tensor(upper)])
        }
        // The density of a Laplace variable has a kink at the median.
        return 0.6 * Tensor(upper) + 0.4 * Tensor(median)
      }
      return law(law.parameters).sample(2, using: &generator).detached
    }

    @Test(
      "Gradients of the cumulative probability agree with central differences",
      arguments: Law.univariate)
    func gradientsOfProbability(_ law: Law) {
      guard law(law.parameters) is any CumulativeDistribution<Double> else { return }
      var generator = Philox(seed: 6)
      let x = value(law, using: &generator)
      let variables = law.parameters.indices.filter { !law.refusedParameters.contains($0) }
      let inputs = (law.isDiscrete ? [] : [x]) + variables.map { law.parameters[$0] }
      expectGradients(at: inputs, step: 2e-4) {
        var parameters = law.parameters
        for (place, input) in zip(variables, law.isDiscrete ? $0[...] : $0.dropFirst()) {
          parameters[place] = input
        }
        let distribution = law(parameters) as! any CumulativeDistribution<Double>
        return weightedSum([
          distribution.cumulativeProbability(of: law.isDiscrete ? x : $0[0])
        ])
      }
    }

    /// The gradient of `E x` is that of the mean. With parameters for each draw, one backward pass
    /// gives the derivative of each.
    @Test("Gradients through draws are unbiased", arguments: Law.continuous)
    func pathGradients(_ law: Law) {
      guard law(law.parameters) is any ReparameterizedDistribution,
        let variance = try? law(law.parameters).variance, variance.isFinite
      else { return }
      // Structured precisions take no scalar parameter for each row.
      if law == .multivariateStudentT { return }
      let n = 40_000
      let rows = law.parameters.map { $0.broadcast(to: [n] + $0.shape).snapshot().tracked() }
      let single = law.parameters.map { $0.tracked() }
      guard let exact = try? law(single).mean.sum() else { return }
      let expected = Tensors.gradients(of: exact, withRespectTo: single)
      var generator = Philox(seed: 7)
      let draws = law(rows).sample(using: &generator).sum()
      for (i, slope) in Tensors.gradients(of: draws, withRespectTo: rows).enumerated() {
        expectMean(slope, expected[i], "parameter \(i)")
      }
    }

    // MARK: Divergences

    @Test(
      "An exact divergence is 0 from the law itself, has the right gradient, and is the mean of the sampled one",
      arguments: Law.allCases)
    func divergence(_ law: Law) {
      let parameters = law.parameters
      let others = parameters.indices.map { i in
        law == .uniform
          ? parameters[i] + (i == 0 ? -0.3 : 0.4)
          : law.isDifferentiable(i) ? 1.1 * parameters[i] : parameters[i]
      }
      let (q, p) = (law(parameters), law(others))
      guard let exact = q.exactKLDivergence(from: p) else { return }
      #expect(exact.shape == [] && exact.scalar > 0)
      #expect(abs(q.exactKLDivergence(from: q)!.scalar) < 1e-12)
      var generator = Philox(seed: 8)
      let x = q.sample(Self.draws, using: &generator).detached
      let ratio = q.logDensity(of: x) - p.logDensity(of: x)
      expectMean(ratio.addingAxis(at: -1), exact.reshaped(to: [1]), "KL")
      let count = parameters.count
      let variables = parameters.indices.filter { law.isDifferentiable($0) }
      expectGradients(
        at: variables.map { parameters[$0] } + variables.map { others[$0] }, step: 2e-4
      ) {
        var (a, b) = (parameters, others)
        for (k, place) in variables.enumerated() {
          (a[place], b[place]) = ($0[k], $0[variables.count + k])
        }
        return law(a).exactKLDivergence(from: law(b))!
      }
      #expect(count > 0)
      var again = Philox(seed: 9)
      let sampled = Self.sampled(q, p, using: &again)
      #expect(abs(sampled / exact.scalar - 1) < 0.5)
    }

    private static func sampled(
      _ q: some Distribution<Double>, _ p: any Distribution<Double>, using generator: inout Philox
    ) -> Double {
      q.sampledKLDivergence(from: p, draws: draws, using: &generator).scalar
    }

    // MARK: Support and extremes

    @Test("The density is −∞ outside of the support, and NaN at NaN", arguments: Law.allCases)
    func outside(_ law: Law) {
      let distribution = law(law.parameters)
      var generator = Philox(seed: 10)
      let inside = distribution.sample(using: &generator)
      for fault in [-1e30, -1, 0.5, 2, 1e30, .infinity, -.infinity] {
        let x = Tensor(inside.scalars.dropLast() + [fault])
        let density = distribution.logDensity(of: x).scalar
        if distribution.support.contains(x).scalar == 0 {
          #expect(density == -.infinity, "\(fault)")
        } else {
          #expect(density < .infinity, "\(fault)")
        }
      }
      let x = Tensor(inside.scalars.dropLast() + [.nan])
      #expect(distribution.logDensity(of: x).scalar.isNaN)
      #expect(distribution.support.contains(x).scalar == 0)
    }

    @Test("Results in Float agree with those in Double", arguments: Law.allCases)
    func single(_ law: Law) throws {
      let parameters = law.parameters.map { $0.converted(to: Float.self) }
      let (single, double) = (
        law(parameters), law(parameters.map { $0.converted(to: Double.self) })
      )
      var generator = Philox(seed: 11)
      let x = single.sample(50, using: &generator)
      let isOnSimplex = [.dirichlet, .relaxedCategorical, .brokenStick].contains(law)
      if !isOnSimplex {
        expectClose(
          single.logDensity(of: x), double.logDensity(of: x.converted()).scalars, within: 1e-5)
      }
      #expect(single.support.contains(x).scalars.allSatisfy { $0 == 1 })
      #expect(single.logDensity(of: x).isFinite)
      if let mean = try? double.mean, mean.isFinite {
        expectClose(try single.mean, mean.scalars, within: 1e-5)
      }
      if let entropy = try? double.entropy {
        expectClose(try single.entropy, entropy.scalars, within: 1e-5)
      }
    }

    @Test("NaN parameters give NaN", arguments: Law.univariate)
    func broken(_ law: Law) {
      let nan = law.parameters.map { Tensor<Double>.full(.nan, $0.shape) }
      let distribution = law(nan)
      var generator = Philox(seed: 12)
      #expect(distribution.sample(using: &generator).scalars.allSatisfy { $0.isNaN })
      let value = law(law.parameters).sample(using: &generator)
      #expect(distribution.logDensity(of: value).scalar.isNaN)
    }
  }
}
