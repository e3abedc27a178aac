import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Conditioning of logit-normal pixels") struct ConditionedPixels {
    static let seen = [3, 0]

    struct Example {
      let parameters: [Tensor<Double>]
      let values: Tensor<Double>
      let noise: Tensor<Double>

      init(_ structure: StructureCase) {
        var generator = Philox(seed: 75)
        let k = structure.dimension
        parameters =
          [.normal([2, k], using: &generator)] + structure.parameters(batch: [2], using: &generator)
        values = .uniform([4, 2, 2], in: 0.1..<0.9, using: &generator)
        noise = .normal([4, 2, k - 2], using: &generator)
      }
    }

    static func pixels(
      _ structure: StructureCase, _ p: [Tensor<Double>]
    ) -> LogitNormal<Double> {
      LogitNormal(mean: p[0], precision: structure.precision(Array(p[1...])))
    }

    @Test(
      "Conditioned pixels agree with the dense conditional of their log-odds",
      arguments: [.diagonal(4), .chain(5), .grid(2, 3), .regularGrid(3, 4), .dense(4)]
        as [StructureCase])
    func dense(_ structure: StructureCase) throws {
      let example = Example(structure)
      let pixels = Self.pixels(structure, example.parameters)
      let rest = try pixels.conditioned(on: Evidence(of: Self.seen, values: example.values))
      let factors = structure.factors(Array(example.parameters.dropFirst()))
      let means = example.parameters[0].vectors
      let twins = example.values.vectors.enumerated().map { row, values in
        DenseGaussian(mean: means[row % 2], factor: factors[row % 2])
          .conditioned(on: Self.seen, values.map { log($0 / (1 - $0)) })
      }
      expectClose(rest.median, twins.flatMap { $0.mean.map { 1 / (1 + exp(-$0)) } })
      expectClose(
        rest.logits.variance, twins.flatMap { $0.covariance.band(0) }, "variances")
      let draw = rest.sample(noise: example.noise)
      let expected = zip(draw.vectors, twins).map { x, twin in
        twin.logDensity(of: x.map { log($0 / (1 - $0)) })
          - x.reduce(0) { $0 + log($1 * (1 - $1)) }
      }
      expectClose(rest.logDensity(of: draw), expected, "density")
      expectGradients(at: example.parameters, within: 1e-7) {
        let rest = try! Self.pixels(structure, $0)
          .conditioned(on: Evidence(of: Self.seen, values: example.values))
        return weightedSum([rest.median, rest.sample(noise: example.noise)])
      }
    }

    @Test("The joint density of pixels factors as p(x) = p(x_seen) p(x_rest | x_seen)")
    func joint() throws {
      let structure = StructureCase.chain(5)
      let example = Example(structure)
      let pixels = Self.pixels(structure, example.parameters)
      let rest = try pixels.conditioned(on: Evidence(of: Self.seen, values: example.values))
      let whole = { (others: Tensor<Double>) in
        others.scatterAdded(to: [1, 2, 4], count: 5)
          + example.values.scatterAdded(to: Self.seen, count: 5)
      }
      // The ratio of the joint and the conditional density does not depend on the remaining pixels.
      let (a, b) = (rest.sample(noise: example.noise), rest.sample(noise: -example.noise))
      let ofA = pixels.logDensity(of: whole(a)) - rest.logDensity(of: a)
      let ofB = pixels.logDensity(of: whole(b)) - rest.logDensity(of: b)
      expectClose(ofA, ofB.scalars)
    }

    @Test("Conditioning independent normal variables leaves the other variables unchanged")
    func normal() throws {
      let normal = Normal<Double>(mean: Tensor([1, 2, 3]), logVariance: Tensor([0, 1, 2]))
      let rest = try normal.conditioned(on: Evidence([1: 5.0]))
      expectClose(rest.mean, [1, 3], within: 1e-15)
      expectClose(rest.variance, [1, exp(2)], within: 1e-14)
    }

    @Test("Evidence of wrong variables or values is refused with a typed error")
    func bad() {
      let pixels = LogitNormal<Double>(logits: .standard(3))
      func condition(_ variables: [Int], _ values: [Double]) throws {
        _ = try pixels.conditioned(on: Evidence(of: variables, values: Tensor(values)))
      }
      #expect(throws: GraphicalModelError.evidenceOutOfRange(variable: 3, dimension: 3)) {
        try condition([0, 3], [0.5, 0.5])
      }
      #expect(throws: GraphicalModelError.repeatedEvidence(variable: 1)) {
        try condition([1, 1], [0.5, 0.5])
      }
      #expect(throws: GraphicalModelError.evidenceNotFinite(variable: 2)) {
        try condition([0, 2], [0.5, .nan])
      }
      #expect(throws: GraphicalModelError.nothingLeft) {
        try condition([2, 0, 1], [0.5, 0.5, 0.5])
      }
    }

    @Test("The log-density of pixels is −∞ outside of [0, 1], and other rows are not affected")
    func densityOutside() {
      let pixels = LogitNormal<Double>(logits: .standard(2))
      let x = Tensor([0.5, 0.2, 0.5, 255, -0.1, 0.5, .nan, 0.5, 0, 1], shape: [5, 2])
      let density = pixels.logDensity(of: x).scalars
      #expect(density[1] == -.infinity && density[2] == -.infinity && density[3].isNaN)
      #expect(density[0] == pixels.logDensity(of: Tensor([0.5, 0.2])).scalar)
      #expect(density[4].isFinite)
    }

    @Test(
      "Evidence outside of [0, 1] is refused with the variable and the value named",
      arguments: [-0.25, 1.5, 128])
    func outside(_ value: Double) throws {
      let pixels = LogitNormal<Double>(logits: .standard(5))
      let error = GraphicalModelError.evidenceOutsideUnitInterval(variable: 1, value: value)
      #expect(throws: error) {
        // The value is in the second row of a batch, and the variables are not in ascending order.
        try pixels.conditioned(
          on: Evidence(
            of: [4, 1], values: Tensor([0.5, 0.2, 1, value], shape: [2, 2])))
      }
      #expect(error.localizedDescription.contains("variable 1 is \(value)"))
      #expect(error.localizedDescription.contains("[0, 1]"))
      // The ends of the interval are accepted and moved slightly inside.
      #expect(try pixels.conditioned(on: Evidence([0: 0, 3: 1])).median.isFinite)
    }

    @Test("Noisy evidence on pixels is refused with the variable and the variance named")
    func noisy() throws {
      let pixels = LogitNormal<Float>(logits: .standard(3))
      let error = GraphicalModelError.noisyEvidence(variable: 2, variance: 0.5)
      #expect(throws: error) {
        try pixels.conditioned(
          on: Evidence(of: [2, 0], values: Tensor([0.5, 0.5]), noiseVariances: Tensor([0.5, 1])))
      }
      #expect(error.localizedDescription.contains("variable 2 has noise of variance 0.5"))
      // Without evidence there is no noise to refuse.
      let none = Evidence<Float>(of: [], values: .zeros([0]), noiseVariances: .zeros([0]))
      #expect(try pixels.conditioned(on: none).dimension == 3)
    }
  }
}
