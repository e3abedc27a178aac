import Foundation
import LatentGraphs
import TestSupport
import Testing

/// Two batches of rows. The axes of one are the last axes of the other, so that its rows repeat.
struct RowCase: Sendable, CustomTestStringConvertible {
  let a: Shape
  let b: Shape
  let k: Int

  static let all = [1, 4, 17].flatMap { k in
    [([3], [3]), ([3], [2, 3]), ([2, 3], [3]), ([], [4]), ([2, 2], []), ([], [])].map {
      RowCase(a: $0.0, b: $0.1, k: k)
    }
  }

  var testDescription: String { "rows \(a) and \(b) of \(k)" }
  var rows: Int { max(a.count, b.count) }
  var batch: Shape { a.rank < b.rank ? b : a }

  func moments(_ batch: Shape, seed: UInt64) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    return .uniform(batch + [2 * k], in: -1.5..<1.5, using: &generator)
  }

  func values(seed: UInt64) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    return .normal(b + [k], using: &generator)
  }
}

/// The means and variances in a row of moments.
private func row(_ moments: Tensor<Double>, _ index: Int) -> [(mean: Double, variance: Double)] {
  let row = moments.vectors[index % moments.vectors.count]
  let k = row.count / 2
  return (0..<k).map { (row[$0], exp(row[k + $0])) }
}

private func row(values: Tensor<Double>, _ index: Int) -> [Double] {
  values.vectors[index % values.vectors.count]
}

extension GraphTests {
  @Suite("Operations on rows of normals") struct NormalOperations {
    @Test(
      "A sample is the mean plus the standard deviation times the noise",
      arguments: RowCase.all.filter { $0.a.rank <= $0.b.rank })
    func sample(_ rows: RowCase) {
      let (moments, noise) = (rows.moments(rows.a, seed: 1), rows.values(seed: 2))
      let expected = (0..<rows.rows).flatMap { r -> [Double] in
        zip(row(moments, r), row(values: noise, r)).map { normal, noise in
          normal.mean + normal.variance.squareRoot() * noise
        }
      }
      let z = normalSample(moments: moments, noise: noise)
      #expect(z.shape == noise.shape)
      expectClose(z, expected, within: 1e-14)
      expectGradients(at: [moments, noise], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        normalSample(moments: $0[0], noise: $0[1])
      }
    }

    @Test("The log-density of rows of normals agrees with the formula", arguments: RowCase.all)
    func density(_ rows: RowCase) {
      let (moments, values) = (rows.moments(rows.a, seed: 3), rows.values(seed: 4))
      let expected = (0..<rows.rows).map { r in
        var sum = 0.0
        for (normal, x) in zip(row(moments, r), row(values: values, r)) {
          let distance = x - normal.mean
          sum -= 0.5 * (log(2 * .pi * normal.variance) + distance * distance / normal.variance)
        }
        return sum
      }
      let density = normalLogDensity(moments: moments, value: values)
      #expect(density.shape == rows.batch)
      expectClose(density, expected, within: 1e-13)
      expectGradients(at: [moments, values], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        normalLogDensity(moments: $0[0], value: $0[1])
      }
    }

    @Test("The KL divergence of rows of normals agrees with the formula", arguments: RowCase.all)
    func divergence(_ rows: RowCase) {
      let (q, p) = (rows.moments(rows.a, seed: 5), rows.moments(rows.b, seed: 6))
      let expected = (0..<rows.rows).map { r in
        var sum = 0.0
        for (q, p) in zip(row(q, r), row(p, r)) {
          let distance = q.mean - p.mean
          let ratio = q.variance / p.variance
          sum += 0.5 * (ratio - 1 - log(ratio) + distance * distance / p.variance)
        }
        return sum
      }
      let divergence = normalDivergence(q, p)
      #expect(divergence.shape == rows.batch)
      expectClose(divergence, expected, within: 1e-13)
      expectGradients(at: [q, p], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        normalDivergence($0[0], $0[1])
      }
    }

    @Test(
      "A fusion of normals adds precisions and weights the means by them", arguments: RowCase.all)
    func fusion(_ rows: RowCase) {
      let (a, b) = (rows.moments(rows.a, seed: 7), rows.moments(rows.b, seed: 8))
      let expected = (0..<rows.rows).flatMap { r -> [Double] in
        var (means, logVariances): ([Double], [Double]) = ([], [])
        for (a, b) in zip(row(a, r), row(b, r)) {
          let precision = 1 / a.variance + 1 / b.variance
          means.append((a.mean / a.variance + b.mean / b.variance) / precision)
          logVariances.append(-log(precision))
        }
        return means + logVariances
      }
      let fused = normalFusion(a, b)
      #expect(fused.shape == rows.batch + [2 * rows.k])
      expectClose(fused, expected, within: 1e-14)
      expectGradients(at: [a, b], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        normalFusion($0[0], $0[1])
      }
    }

    @Test(
      "The divergence of a normal from itself is 0, and so is its gradient",
      arguments: [-150, -20, 0, 20, 80])
    func same(logVariance: Float) {
      let moments = Tensor<Float>([3, -0.1, logVariance, logVariance + 1]).tracked()
      let other = moments.detached.tracked()
      let divergence = normalDivergence(moments, other)
      #expect(divergence.scalar == 0)
      for gradient in gradients(of: divergence, withRespectTo: [moments, other]) {
        #expect(gradient.scalars == [0, 0, 0, 0])
      }
    }

    @Test("A value at the mean has a finite density and slope even for a tiny variance")
    func tinyVariance() {
      let moments = Tensor<Float>([0.5, -120]).tracked()
      let value = Tensor<Float>([0.5]).tracked()
      let density = normalLogDensity(moments: moments, value: value)
      #expect(abs(density.scalar - (60 - 0.9189385)) < 1e-5)
      let found = gradients(of: density, withRespectTo: [moments, value])
      #expect(found[0].scalars == [0, -0.5] && found[1].scalars == [0])
    }

    @Test(
      "Operations on normals in Float agree with those in Double up to a few rounding errors",
      arguments: [-60, -30, -5, 0, 5, 30, 60])
    func float(logVariance: Double) {
      var generator = Philox(seed: 9)
      let k = 17
      let deviation = exp(logVariance / 2)
      func single(_ x: Tensor<Double>) -> Tensor<Float> { x.converted() }
      func moments(_ spread: Double) -> Tensor<Float> {
        single(
          .concatenated([
            deviation * .normal([k], using: &generator),
            .uniform([k], in: logVariance - spread..<logVariance + spread, using: &generator),
          ]))
      }
      let (a, b) = (moments(1), moments(1))
      let x = single(deviation * .normal([k], using: &generator))
      let noise = single(.normal([k], using: &generator))
      func expectNear(_ found: Tensor<Float>, _ exact: Tensor<Double>, scale: Double? = nil) {
        for (f, e) in zip(found.scalars, exact.scalars) {
          #expect(abs(Double(f) - e) <= 2e-6 * (scale ?? abs(e)), "\(f) for \(e)")
        }
      }
      let (da, db): (Tensor<Double>, Tensor<Double>) = (a.converted(), b.converted())
      expectNear(
        normalSample(moments: a, noise: noise),
        normalSample(moments: da, noise: noise.converted()), scale: 5 * deviation)
      // The terms of the sum are k log-variances and k squares.
      let size = Double(k) * (abs(logVariance) + 10)
      expectNear(
        normalLogDensity(moments: a, value: x),
        normalLogDensity(moments: da, value: x.converted()), scale: size)
      expectNear(normalDivergence(a, b), normalDivergence(da, db), scale: Double(20 * k))
      let (fused, exact) = (normalFusion(a, b), normalFusion(da, db))
      expectNear(fused.slice(0..<k), exact.slice(0..<k), scale: 5 * deviation)
      expectNear(
        fused.slice(k..<2 * k), exact.slice(k..<2 * k), scale: max(1, abs(logVariance)))
    }

    @Test(
      "A fusion with a normal of very large variance gives the other normal",
      arguments: [200, 1e4, 1e9])
    func vagueFusion(logVariance: Float) {
      let known = Tensor<Float>([1.5, -2.5])
      let vague = Tensor<Float>([-7, logVariance])
      #expect(normalFusion(known, vague).scalars == known.scalars)
      #expect(normalFusion(vague, known).scalars == known.scalars)
      let variables = [known.tracked(), vague.tracked()]
      let sum = normalFusion(variables[0], variables[1]).sum()
      let found = gradients(of: sum, withRespectTo: variables)
      #expect(found[0].scalars == [1, 1] && found[1].scalars == [0, 0])
    }
  }
}
