import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Conditioning and marginals of Gaussian graphical models") struct Conditioning {
    /// A model of a structure, and its dense twins, one for each row of the batch.
    struct Example {
      let structure: StructureCase
      let parameters: [Tensor<Double>]
      let mean: Tensor<Double>

      init(_ structure: StructureCase, batch: Shape, seed: UInt64) {
        var generator = Philox(seed: seed)
        self.structure = structure
        parameters = structure.parameters(batch: batch, using: &generator)
        mean = .normal(batch + [structure.dimension], using: &generator)
      }

      var inputs: [Tensor<Double>] { [mean] + parameters }

      func model(_ inputs: [Tensor<Double>]) -> GaussianGraphicalModel<Double> {
        GaussianGraphicalModel(
          mean: inputs[0],
          precision: structure.precision(Array(inputs[1..<1 + parameters.count])))
      }

      var twins: [DenseGaussian] {
        zip(mean.vectors, structure.factors(parameters)).map {
          DenseGaussian(mean: $0, factor: $1)
        }
      }

      /// About a third of the variables, never all, and not in ascending order.
      var some: [Int] {
        let k = structure.dimension
        return k == 1 ? [] : Array(stride(from: k % 2, to: k, by: 3).prefix(k - 1).reversed())
      }
    }

    /// The mean and the dense precision of a model in one tensor `[batch…, k + k²]`.
    static func description(_ model: GaussianGraphicalModel<Double>) -> Tensor<Double> {
      let k = model.dimension
      let matrix = model.precision.matrix.reshaped(to: model.precision.batchShape + [k * k])
      return .concatenated(
        [model.mean, matrix.broadcast(to: model.batchShape + [k * k])], axis: -1)
    }

    static func description(_ twin: DenseGaussian) -> [Double] {
      twin.mean + twin.precision.rows.flatMap { $0 }
    }

    /// In the middle of a long chain with the diagonal 2.5 and the edges −1, the variance is
    /// `1/√(2.5² − 4) = 2/3`.
    @Test("The density of a value in a Float model is accurate for any number of variables")
    func manyVariables() throws {
      func density(_ variance: Double) -> Double {
        -0.5 * (log(2 * .pi * variance) + 1 / variance)
      }
      let k = 100_000
      let chain = try ChainPrecision<Float>(
        diagonal: .full(2.5, [k]), offDiagonal: .full(-1, [k - 1]))
      let sparse = try SparsePrecision(elements: chain.elements)
      for precision in [chain, sparse] as [any PrecisionStructure<Float>] {
        let model = GaussianGraphicalModel(precision: precision)
        for noise in [nil, Float(0.3)] {
          let evidence = Evidence(
            of: [k / 2], values: Tensor([1]), noiseVariances: noise.map { Tensor([$0]) })
          let found = try model.logDensity(of: evidence).scalar
          #expect(abs(Double(found) - density(2 / 3 + Double(noise ?? 0))) < 3e-7)
        }
      }
      // In a path with the slope 0.5 and the deviation 1, the variance is 4/3.
      let steps = 5000
      let path = try LatentGraph(
        (0..<steps).map { .init("\($0)", dimension: 1, parents: $0 == 0 ? [] : ["\($0 - 1)"]) })
      let net = BayesNet<Float>(path) { _, parents in
        parents == 0
          ? LinearGaussian(
            weight: nil, bias: .zeros([1]), logStandardDeviation: Tensor([0.14384104]))
          : LinearGaussian(
            weight: .full(0.5, [1, 1]), bias: .zeros([1]), logStandardDeviation: .zeros([1]))
      }
      let found = try net.compiled().logDensity(of: Evidence([steps / 2: 1])).scalar
      #expect(abs(Double(found) - density(4 / 3)) < 3e-7)
    }

    @Test("Gradients of a density in Float are those in Double, for every input of the model")
    func gradientsInFloat() throws {
      func slopes<Scalar: TensorScalar>(_ type: Scalar.Type) throws -> [[Double]] {
        let inputs = [
          [0.3, -0.2, 0.7, 1.1], [2.5, 3, 2.75, 2.25], [-0.5, 0.75, -1], [0.9], [0.25],
        ].map { Tensor($0.map { Scalar($0) }).tracked() }
        let model = GaussianGraphicalModel(
          mean: inputs[0],
          precision: try ChainPrecision(diagonal: inputs[1], offDiagonal: inputs[2]))
        let exact = try model.logDensity(of: Evidence(of: [1], values: inputs[3]))
        let noisy = try model.logDensity(
          of: Evidence(of: [2], values: inputs[3], noiseVariances: inputs[4]))
        return Tensors.gradients(of: exact + 2 * noisy, withRespectTo: inputs).map {
          $0.scalars.map { Double($0) }
        }
      }
      for (single, double) in zip(try slopes(Float.self), try slopes(Double.self)) {
        for (a, b) in zip(single, double) { #expect(abs(a - b) <= 3e-7 * max(1, abs(b))) }
      }
    }

    /// With the covariance `[[2, 1], [1, 2]]`, a noisy value of one variable has the density `N(0,
    /// 2 + R)`.
    @Test("The density of a value is accurate even if its noise is below the rounding error")
    func tinyNoise() throws {
      func expectDensities<Scalar: TensorScalar>(_ variances: [Scalar]) throws {
        let third = Scalar(1) / 3
        let graph = try LatentGraph([
          .init("b", dimension: 1), .init("a", dimension: 1, parents: ["b"]),
        ])
        let net = BayesNet<Scalar>(
          graph,
          conditionals: [(nil, 2.0), (Tensor<Scalar>.full(0.5, [1, 1]), 1.5)].map {
            LinearGaussian(
              weight: $0, bias: .zeros([1]), logStandardDeviation: Tensor([Scalar(0.5 * log($1))]))
          })
        let models = [
          GaussianGraphicalModel(
            precision: try DensePrecision(
              matrix: third * Tensor<Scalar>([2, -1, -1, 2], shape: [2, 2]))),
          GaussianGraphicalModel(
            precision: try ChainPrecision(
              diagonal: Tensor([2 * third, 2 * third]), offDiagonal: Tensor([-third]))),
          try net.compiled(),
        ]
        for model in models {
          for variance in variances {
            let values: [Scalar] = [3.3, 0.1, 7.7, -1.9, 1e-3, 0.7]
            let evidence = Evidence(
              of: [1], values: Tensor(values, shape: [6, 1]), noiseVariances: Tensor([variance]))
            let densities = try model.logDensity(of: evidence).scalars
            for (value, density) in zip(values, densities) {
              let total = 2 + Double(variance)
              let square = Double(value) * Double(value) / total
              let right = -0.5 * (log(2 * .pi * total) + square)
              // The logarithms of the noise variance and of the precision are rounded before they
              // cancel.
              let sizes = abs(log(Double(variance))) + 100 * (1 + square)
              #expect(
                abs(Double(density) - right) < 4 * Double(Scalar.ulpOfOne) * sizes,
                "\(value) of variance \(variance): \(density) for \(right)")
            }
          }
        }
      }
      try expectDensities([1e-2, 1e-12, 1e-20, 1e-34] as [Float])
      try expectDensities([1e-2, 1e-20, 1e-34, 1e-60, 1e-300] as [Double])
    }

    @Test("Conditioning a block chain gives a block chain exactly if equal blocks remain")
    func blockChains() throws {
      let structure = StructureCase.blockChain(6, 3)
      let example = Example(structure, batch: [], seed: 49)
      func left(_ known: [Int], noisy: Bool = false) throws -> Any.Type {
        let values = Tensor<Double>.ones([known.count])
        let evidence = Evidence(
          of: known, values: values, noiseVariances: noisy ? values : nil)
        return type(of: try example.model(example.inputs).conditioned(on: evidence).precision)
      }
      #expect(try left([0, 1, 2]) == BlockChainPrecision<Double>.self)
      #expect(try left([6, 7, 8]) == BlockChainPrecision<Double>.self)
      #expect(try left([0, 4, 6, 10, 14, 15]) == BlockChainPrecision<Double>.self)
      #expect(try left([7]) == SparsePrecision<Double>.self)
      #expect(try left([7], noisy: true) == BlockChainPrecision<Double>.self)
    }

    @Test(
      "Conditioning on exact values agrees with the dense twin in every structure",
      arguments: StructureCase.all, BatchCase.all)
    func exact(_ structure: StructureCase, _ shapes: BatchCase) throws {
      guard structure.dimension > 1 else { return }
      let example = Example(structure, batch: shapes.batch, seed: 50)
      let (twins, some) = (example.twins, example.some)
      var generator = Philox(seed: 51)
      let values = Tensor<Double>.normal(
        shapes.draws + shapes.batch + [some.count], using: &generator)
      func value(_ inputs: [Tensor<Double>]) throws -> (Tensor<Double>, Tensor<Double>) {
        let model = example.model(inputs)
        let evidence = Evidence(of: some, values: inputs.last!)
        return (
          Self.description(try model.conditioned(on: evidence)),
          try model.logDensity(of: evidence)
        )
      }
      let (conditioned, density) = try value(example.inputs + [values])
      let rows = values.vectors
      expectClose(
        conditioned,
        rows.enumerated().flatMap {
          Self.description(twins[$0 % twins.count].conditioned(on: some, $1))
        })
      expectClose(
        density,
        rows.enumerated().map { twins[$0 % twins.count].marginal(some).logDensity(of: $1) })
      expectGradients(at: example.inputs + [values], within: 1e-7) {
        let (conditioned, density) = try! value($0)
        return weightedSum([conditioned, density])
      }
      CoverageTable.note("conditioned on exact values, and its gradient", structure)
    }

    @Test(
      "Conditioning on noisy values agrees with the dense twin in every structure",
      arguments: StructureCase.all, BatchCase.all)
    func noisy(_ structure: StructureCase, _ shapes: BatchCase) throws {
      let example = Example(structure, batch: shapes.batch, seed: 52)
      let twins = example.twins
      let some = structure.dimension == 1 ? [0] : example.some
      var generator = Philox(seed: 53)
      let values = Tensor<Double>.normal(
        shapes.draws + shapes.batch + [some.count], using: &generator)
      let variances = Tensor<Double>.uniform([some.count], in: 0.3..<2, using: &generator)
      func value(_ inputs: [Tensor<Double>]) throws -> (Tensor<Double>, Tensor<Double>) {
        let model = example.model(inputs)
        let evidence = Evidence(
          of: some, values: inputs[inputs.count - 2], noiseVariances: inputs.last!)
        return (
          Self.description(try model.conditioned(on: evidence)),
          try model.logDensity(of: evidence)
        )
      }
      let (conditioned, density) = try value(example.inputs + [values, variances])
      let noise = variances.scalars
      expectClose(
        conditioned,
        values.vectors.enumerated().flatMap {
          Self.description(twins[$0 % twins.count].conditioned(on: some, $1, noise: noise))
        })
      expectClose(
        density,
        values.vectors.enumerated().map { row, vector in
          let marginal = twins[row % twins.count].marginal(some)
          var covariance = marginal.covariance
          for (i, variance) in noise.enumerated() { covariance.rows[i][i] += variance }
          return DenseGaussian(mean: marginal.mean, covariance: covariance)
            .logDensity(of: vector)
        })
      // For small variances the fifth derivative is large, so the step is smaller.
      expectGradients(at: example.inputs + [values, variances], step: 1e-3, within: 1e-7) {
        let (conditioned, density) = try! value($0)
        return weightedSum([conditioned, density])
      }
      CoverageTable.note("conditioned on noisy values, and its gradient", structure)
    }

    @Test(
      "A marginal agrees with the dense twin in every structure", arguments: StructureCase.all,
      BatchCase.batches)
    func marginal(_ structure: StructureCase, _ batch: Shape) throws {
      let example = Example(structure, batch: batch, seed: 54)
      let some = structure.dimension == 1 ? [0] : example.some
      let marginal = try example.model(example.inputs).marginal(of: some)
      expectClose(
        Self.description(marginal),
        example.twins.flatMap { Self.description($0.marginal(some)) })
      expectGradients(at: example.inputs, within: 1e-7) {
        weightedSum([Self.description(try! example.model($0).marginal(of: some))])
      }
      CoverageTable.note("marginal, and its gradient", structure)
    }

    @Test(
      "The natural parameters and the log-normalizer agree with the dense twin",
      arguments: StructureCase.all, BatchCase.batches)
    func information(_ structure: StructureCase, _ batch: Shape) {
      let example = Example(structure, batch: batch, seed: 55)
      func model(_ inputs: [Tensor<Double>]) -> GaussianGraphicalModel<Double> {
        GaussianGraphicalModel(
          information: inputs[0],
          precision: structure.precision(Array(inputs.dropFirst())))
      }
      let eta = example.mean
      let twins = structure.factors(example.parameters).enumerated().map { row, factor in
        let covariance = (factor * factor.transposed).inverted().inverse
        return DenseGaussian(mean: covariance * eta.vectors[row], factor: factor)
      }
      let found = model(example.inputs)
      expectClose(found.mean, twins.flatMap(\.mean))
      expectClose(found.information, eta.scalars)
      expectClose(
        found.logNormalizer,
        twins.enumerated().map { row, twin in
          0.5 * dot(eta.vectors[row], twin.mean) + twin.entropy - 0.5 * Double(twin.mean.count)
        })
      expectClose(found.logDensityAtMode, twins.map { $0.logDensity(of: $0.mean) })
      expectGradients(at: example.inputs) { weightedSum([model($0).logNormalizer]) }
      // The mean is the gradient of the log-normalizer with respect to η.
      let variable = eta.tracked()
      let gradient = gradients(
        of: model([variable] + example.parameters).logNormalizer.sum(),
        withRespectTo: [variable])[0]
      expectClose(gradient, found.mean.scalars)
      CoverageTable.note("log-normalizer, and its gradient", structure)
    }

    @Test("Evidence that does not fit causes a typed error that names the variable")
    func badEvidence() throws {
      let model = GaussianGraphicalModel(
        precision: ChainPrecision(
          factorDiagonal: Tensor<Double>.full(1, [4]), factorOffDiagonal: .full(0.2, [3])))
      #expect(throws: GraphicalModelError.evidenceOutOfRange(variable: 4, dimension: 4)) {
        try model.conditioned(on: [1: 0, 4: 1])
      }
      #expect(throws: GraphicalModelError.evidenceOutOfRange(variable: -1, dimension: 4)) {
        try model.logDensity(of: Evidence([-1: 0]))
      }
      #expect(throws: GraphicalModelError.repeatedEvidence(variable: 2)) {
        try model.conditioned(on: Evidence(of: [2, 1, 2], values: .zeros([3])))
      }
      for value in [Double.nan, .infinity] {
        let error = #expect(
          throws: GraphicalModelError.evidenceNotFinite(variable: 3, value: value)
        ) {
          try model.conditioned(on: [1: 0, 3: value])
        }
        #expect(error?.description.contains("variable 3 is \(value)") == true)
      }
      for variance in [0, -1, Double.nan, .infinity] {
        let error = #expect(
          throws: GraphicalModelError.evidenceNotFinite(variable: 1, variance: variance)
        ) {
          try model.conditioned(
            on: Evidence(
              of: [0, 1], values: .zeros([2]), noiseVariances: Tensor([1, variance])))
        }
        #expect(error?.description.contains("variance \(variance)") == true)
      }
      #expect(throws: GraphicalModelError.nothingLeft) {
        try model.conditioned(on: [0: 1, 1: 1, 2: 1, 3: 1])
      }
      #expect(throws: GraphicalModelError.evidenceOutOfRange(variable: 9, dimension: 4)) {
        try model.marginal(of: [9])
      }
    }

    @Test("The marginal of no variables is a model of no variables", arguments: StructureCase.kinds)
    func marginalOfNothing(_ structure: StructureCase) throws {
      let example = Example(structure, batch: [3], seed: 58)
      let marginal = try example.model(example.inputs).marginal(of: [])
      #expect(marginal.dimension == 0 && marginal.batchShape == [3])
      #expect(marginal.logDensity(of: .zeros([3, 0])).scalars == [0, 0, 0])
    }

    @Test("Conditioning on no variables changes nothing", arguments: StructureCase.kinds)
    func nothing(_ structure: StructureCase) throws {
      let example = Example(structure, batch: [3], seed: 57)
      let model = example.model(example.inputs)
      for noise in [nil, Tensor<Double>.zeros([0])] {
        let none = Evidence<Double>(
          of: [], values: .zeros([2, 3, 0]), noiseVariances: noise)
        let conditioned = try model.conditioned(on: none)
        #expect(conditioned.batchShape == [2, 3])
        expectClose(
          Self.description(conditioned),
          (0..<2).flatMap { _ in example.twins.flatMap { Self.description($0) } })
        expectClose(try model.logDensity(of: none), [0, 0, 0, 0, 0, 0], within: 1e-12)
      }
    }

    @Test("A batch of values with the same noise shares one precision")
    func sharedNoise() throws {
      let example = Example(.chain(6), batch: [], seed: 58)
      let values = Tensor<Double>.ones([4, 2])
      for noise in [Tensor<Double>(0.5), Tensor([0.5]), Tensor([0.5, 0.5])] {
        let evidence = Evidence(of: [1, 4], values: values, noiseVariances: noise)
        let posterior = try example.model(example.inputs).conditioned(on: evidence)
        #expect(posterior.batchShape == [4] && posterior.precision.batchShape == [])
        let twin = example.twins[0].conditioned(on: [1, 4], [1, 1], noise: [0.5, 0.5])
        expectClose(posterior.mean, (0..<4).flatMap { _ in twin.mean })
      }
    }

    @Test("The density of evidence on all variables is the joint density")
    func allGiven() throws {
      let example = Example(.grid(2, 3), batch: [], seed: 56)
      let model = example.model(example.inputs)
      let value = Tensor<Double>([0.3, -1, 0.2, 0.7, 0, 1.5])
      let density = try model.logDensity(
        of: Evidence(
          of: [5, 4, 3, 2, 1, 0], values: Tensor(Array(value.scalars.reversed()))))
      expectClose(density, model.logDensity(of: value).scalars)
    }
  }
}
