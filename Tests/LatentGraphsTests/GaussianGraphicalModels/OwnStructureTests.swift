import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("A structure of a user's own") struct OwnStructures {
    static let k = 7

    /// Bands of a well-conditioned factor.
    static func bands(_ batch: Shape, seed: UInt64 = 100) -> [Tensor<Double>] {
      var generator = Philox(seed: seed)
      return [
        .uniform(batch + [k], in: 0.8..<1.8, using: &generator),
        .uniform(batch + [k - 1], in: -0.6..<0.6, using: &generator),
        .uniform(batch + [k - 2], in: -0.5..<0.5, using: &generator),
      ]
    }

    static func factors(_ bands: [Tensor<Double>]) -> [Matrix] {
      let rows = bands.map(\.vectors)
      return rows[0].indices.map { row in
        var factor = Matrix(zeros: k, k)
        for offset in 0...2 {
          for i in 0..<k - offset { factor.rows[i + offset][i] = rows[offset][row][i] }
        }
        return factor
      }
    }

    @Test(
      "Its products, solves and elements agree with the dense twin, with one and more threads",
      arguments: BatchCase.all)
    func operations(_ shapes: BatchCase) {
      let bands = Self.bands(shapes.batch)
      let factors = Self.factors(bands)
      var generator = Philox(seed: 101)
      let x = Tensor<Double>.normal(shapes.draws + shapes.batch + [Self.k], using: &generator)
      for threads in [1, 4] {
        Threads.withLimit(threads) {
          for operation in VectorOperation.allCases {
            let expected = x.vectors.enumerated().flatMap { row, vector in
              operation.matrix(factors[row % factors.count]) * vector
            }
            expectClose(operation(SecondOrderChain(bands: bands), x), expected, "\(operation)")
            expectGradients(at: [x] + bands, "\(operation)") {
              operation(SecondOrderChain(bands: Array($0.dropFirst())), $0[0])
            }
          }
        }
      }
      let precision = SecondOrderChain(bands: bands)
      let matrices = factors.map { $0 * $0.transposed }
      expectClose(
        GraphElements.joined(precision.elements),
        matrices.flatMap { GraphElements.elements($0, on: precision.graph) })
      expectClose(
        precision.logDeterminant, matrices.map { $0.inverted().logDeterminant })
    }

    @Test("Many rows on several threads give the results of one thread")
    func threads() {
      var generator = Philox(seed: 102)
      let bands = Self.bands([64])
      let noise = Tensor<Double>.normal([600, 64, Self.k], using: &generator)
      func results(_ threads: Int) -> [[Double]] {
        Threads.withLimit(threads) {
          let inputs = bands.map { $0.tracked() }
          let sample = SecondOrderChain(bands: inputs).unwhiten(noise)
          return [sample.scalars]
            + gradients(of: sample.squared().sum(), withRespectTo: inputs).map(\.scalars)
        }
      }
      #expect(results(1) == results(4))
    }

    @Test("Its densities, samples, entropies and divergences agree with the dense twin")
    func model() throws {
      let (bands, others) = (Self.bands([3]), Self.bands([], seed: 103))
      var generator = Philox(seed: 104)
      let mean = Tensor<Double>.normal([3, Self.k], using: &generator)
      let x = Tensor<Double>.normal([3, Self.k], using: &generator)
      func model(_ inputs: [Tensor<Double>]) -> GaussianGraphicalModel<Double> {
        GaussianGraphicalModel(
          mean: inputs[0], precision: SecondOrderChain(bands: Array(inputs[1...3])))
      }
      let factors = Self.factors(bands)
      for operation in ModelOperation.allCases {
        expectClose(
          operation(model([mean] + bands), x),
          factors.indices.flatMap {
            operation.dense(mean: mean.vectors[$0], factor: factors[$0], x.vectors[$0])
          }, "\(operation)")
        expectGradients(at: [mean] + bands, "\(operation)") { operation(model($0), x) }
      }
      let zero = [Double](repeating: 0, count: Self.k)
      let p = DenseGaussian(mean: zero, factor: Self.factors(others)[0])
      let twins = zip(mean.vectors, factors).map { DenseGaussian(mean: $0, factor: $1) }
      let other = GaussianGraphicalModel(precision: SecondOrderChain(bands: others))
      expectClose(
        model([mean] + bands).klDivergence(from: other), twins.map { $0.divergence(from: p) })
      expectClose(
        other.klDivergence(from: model([mean] + bands)), twins.map { p.divergence(from: $0) })
      expectGradients(at: [mean] + bands, within: 1e-7) {
        model($0).klDivergence(from: other) + other.klDivergence(from: model($0))
      }
      expectClose(
        model([mean] + bands).variance, twins.flatMap { $0.covariance.band(0) })
    }

    /// Exact values of the last variables leave a second-order chain, which the structure returns
    /// itself; other evidence is conditioned on by the defaults.
    @Test(
      "It is conditioned by the default and by its own answer",
      arguments: [[5, 6], [2, 5], [6, 0]], [false, true])
    func conditioning(_ known: [Int], isNoisy: Bool) throws {
      let bands = Self.bands([3])
      var generator = Philox(seed: 105)
      let mean = Tensor<Double>.normal([3, Self.k], using: &generator)
      let values = Tensor<Double>.normal([2, 3, 2], using: &generator)
      let variances = Tensor<Double>([0.5, 1.5])
      let twins = zip(mean.vectors, Self.factors(bands)).map { DenseGaussian(mean: $0, factor: $1) }
      let noise = isNoisy ? variances.scalars : nil
      for answersItself in [false, true] {
        func conditioned(
          _ inputs: [Tensor<Double>]
        ) throws -> (model: GaussianGraphicalModel<Double>, density: Tensor<Double>) {
          let model = GaussianGraphicalModel(
            mean: inputs[0],
            precision: SecondOrderChain(
              bands: Array(inputs[1...3]), answersItself: answersItself))
          let evidence = Evidence(
            of: known, values: inputs[4], noiseVariances: isNoisy ? inputs[5] : nil)
          return (try model.conditioned(on: evidence), try model.logDensity(of: evidence))
        }
        let inputs = [mean] + bands + [values, variances]
        let found = try conditioned(inputs)
        let isOwn = found.model.precision is SecondOrderChain<Double>
        #expect(isOwn == (answersItself && known == [5, 6] && !isNoisy))
        expectClose(
          Conditioning.description(found.model),
          values.vectors.enumerated().flatMap {
            Conditioning.description(twins[$0 % 3].conditioned(on: known, $1, noise: noise))
          })
        expectClose(
          found.density,
          values.vectors.enumerated().map { row, value in
            let marginal = twins[row % 3].marginal(known)
            var covariance = marginal.covariance
            for (i, variance) in (noise ?? []).enumerated() { covariance.rows[i][i] += variance }
            return DenseGaussian(mean: marginal.mean, covariance: covariance)
              .logDensity(of: value)
          })
        try expectGradients(at: inputs, within: 1e-7) {
          let found = try conditioned($0)
          return weightedSum([Conditioning.description(found.model), found.density])
        }
      }
    }

    @Test("In Float, the density of evidence is computed from its parameters in Double")
    func single() throws {
      let bands = Self.bands([])
      let single = GaussianGraphicalModel(
        precision: SecondOrderChain(bands: bands.map { $0.converted(to: Float.self) }))
      let double = GaussianGraphicalModel(
        precision: SecondOrderChain(
          bands: bands.map { $0.converted(to: Float.self).converted(to: Double.self) }))
      let found = try single.logDensity(of: Evidence([2: 0.5, 4: -1])).scalar
      let exact = try double.logDensity(of: Evidence([2: 0.5, 4: -1])).scalar
      #expect(found == Float(exact))
    }

    @Test("Bands and vectors that do not fit stop the program")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = SecondOrderChain<Float>(bands: [.ones([3, 4]), .ones([3]), .ones([2])])
        }, "second-order chain of batch [3] and 4 variables", "[[3, 4], [3], [2]]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = SecondOrderChain<Float>(bands: [.ones([4]), .ones([3]), .ones([2])])
            .whiten(.ones([3]))
        }, "second-order chain of batch [] and dimension 4 got a value of shape [3]")
    }
  }
}
