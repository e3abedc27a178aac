import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Submatrices, sums and marginals of structures") struct StructureQuestions {
    typealias Question = StructureQuestion

    /// All variables but about a third of them, in increasing order.
    static func some(_ k: Int) -> [Int] {
      k == 1 ? [0] : (0..<k).filter { $0 % 3 != k % 2 }
    }

    static func dense(_ precision: any PrecisionStructure<Double>) -> Tensor<Double> {
      precision.matrix
    }

    /// Expects that the answers of a precision and their gradients agree with those of the dense
    /// matrices of its batch.
    static func expectAnswer(
      _ question: Question, _ inputs: [Tensor<Double>], _ matrices: [Matrix], batch: Shape = [],
      _ comment: String, type: Any.Type?,
      of precision: ([Tensor<Double>]) throws -> any PrecisionStructure<Double>
    ) throws {
      let own = try precision(inputs)
      let some = some(own.dimension)
      let graph = question.graph(of: own.graph)
      let added = Question.Addend(graph, batch: batch, seed: 91)
      func answer(_ all: [Tensor<Double>]) throws -> any PrecisionStructure<Double> {
        try question(
          try precision(Array(all.dropLast(2))), some, graph: graph, Array(all.suffix(2)))
      }
      let all = inputs + [added.diagonal, added.offDiagonal]
      let found = try answer(all)
      let count = max(matrices.count, added.matrices.count)
      expectClose(
        found.matrix,
        (0..<count).flatMap {
          question.dense(
            matrices[$0 % matrices.count], some, added.matrices[$0 % added.matrices.count]
          ).rows.flatMap { $0 }
        }, "\(comment), \(question)")
      if let type { #expect(Swift.type(of: found) == type, "\(comment), \(question)") }
      try expectGradients(at: all, within: 1e-7, "\(comment), \(question)") {
        weightedSum([try answer($0).matrix])
      }
    }

    @Test(
      "The answers of every structure agree with the dense twin and have the expected type",
      arguments: StructureCase.all, BatchCase.batches)
    func answers(_ structure: StructureCase, _ batch: Shape) throws {
      var generator = Philox(seed: 90)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      for question in Question.allCases {
        try Self.expectAnswer(
          question, parameters, matrices, structure.testDescription,
          type: question.type(for: structure, Self.some(structure.dimension))
        ) { structure.precision($0) }
        CoverageTable.note("\(question), and its gradient", structure)
      }
    }

    @Test(
      "A batch can be added to a single precision of every kind", arguments: StructureCase.kinds)
    func batchOfSums(_ structure: StructureCase) throws {
      var generator = Philox(seed: 92)
      let parameters = structure.parameters(batch: [], using: &generator)
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      for question in [Question.sumWithDiagonal, .sumOnOwnGraph, .sumOnOtherGraph] {
        try Self.expectAnswer(
          question, parameters, matrices, batch: [3], structure.testDescription, type: nil
        ) { structure.precision($0) }
      }
    }

    @Test(
      "A scaled precision answers in the structure of its base", arguments: StructureCase.kinds,
      ScaledPrecisionTests.batches)
    func scaled(_ base: StructureCase, _ shapes: (own: Shape, batch: Shape)) throws {
      let p = ScaledPrecisionTests.parameters(base, shapes.own, shapes.batch)
      let matrices = ScaledPrecisionTests.factors(base, p).map { $0 * $0.transposed }
      for question in Question.allCases {
        try Self.expectAnswer(
          question, [p.scale] + p.base, matrices, "scaled \(base.testDescription)",
          type: ScaledPrecision<Double>.self
        ) { ScaledPrecisionTests.precision(base, $0) }
      }
      let precision = ScaledPrecisionTests.precision(base, [p.scale] + p.base)
      let some = Self.some(base.dimension)
      let (rest, marginal) = (try precision.submatrix(of: some), try precision.marginal(of: some))
      for answer in [rest, marginal] {
        #expect((answer as? ScaledPrecision<Double>)?.base.batchShape == shapes.own)
      }
    }

    @Test("A scaled precision is conditioned like the dense twin, and keeps its shared base")
    func scaledConditioning() throws {
      let base = StructureCase.chain(6)
      let p = ScaledPrecisionTests.parameters(base, [], [3])
      let twins = ScaledPrecisionTests.factors(base, p).map {
        DenseGaussian(mean: [Double](repeating: 0, count: 6), factor: $0)
      }
      var generator = Philox(seed: 93)
      let values = Tensor<Double>.normal([2, 3, 2], using: &generator)
      let variances = Tensor<Double>([0.5, 1.5])
      let inputs = [p.scale] + p.base + [values, variances]
      for isNoisy in [false, true] {
        func results(_ inputs: [Tensor<Double>]) throws -> [Tensor<Double>] {
          let model = GaussianGraphicalModel(
            precision: ScaledPrecisionTests.precision(base, Array(inputs.dropLast(2))))
          let evidence = Evidence(
            of: [4, 1], values: inputs[inputs.count - 2],
            noiseVariances: isNoisy ? inputs.last! : nil)
          return [
            Conditioning.description(try model.conditioned(on: evidence)),
            try model.logDensity(of: evidence),
          ]
        }
        let found = try results(inputs)
        let noise = isNoisy ? variances.scalars : nil
        expectClose(
          found[0],
          values.vectors.enumerated().flatMap {
            Conditioning.description(twins[$0 % 3].conditioned(on: [4, 1], $1, noise: noise))
          })
        expectClose(
          found[1],
          values.vectors.enumerated().map { row, value in
            var covariance = twins[row % 3].marginal([4, 1]).covariance
            for (i, variance) in (noise ?? []).enumerated() { covariance.rows[i][i] += variance }
            return DenseGaussian(mean: [0, 0], covariance: covariance).logDensity(of: value)
          })
        try expectGradients(at: inputs, within: 1e-7) { weightedSum(try results($0)) }
        let model = GaussianGraphicalModel(
          precision: ScaledPrecisionTests.precision(base, [p.scale] + p.base))
        let conditioned = try model.conditioned(
          on: Evidence(of: [4, 1], values: values, noiseVariances: isNoisy ? variances : nil))
        let scaled = try #require(conditioned.precision as? ScaledPrecision<Double>)
        #expect(scaled.base is ChainPrecision<Double>)
        #expect(scaled.base.batchShape == (isNoisy ? [3] : []))
      }
    }

    /// A net's square root is triangular; that of a conditioned net is not.
    @Test("A square root answers by a square root", arguments: [false, true])
    func squareRoots(isConditioned: Bool) throws {
      let structure = StructureCase.dense(6)
      var generator = Philox(seed: 94)
      let parameters = structure.parameters(batch: [], using: &generator)
      func root(_ inputs: [Tensor<Double>]) throws -> any PrecisionStructure<Double> {
        let all = try structure.precision(inputs).marginal(of: Array(0..<6))
        return isConditioned ? try all.submatrix(of: [0, 1, 3, 4, 5]) : all
      }
      let matrices = structure.factors(parameters).map { factor in
        let kept = isConditioned ? [0, 1, 3, 4, 5] : Array(0..<6)
        return (factor * factor.transposed).block(kept, kept)
      }
      for question in Question.allCases {
        let isSum = question == .sumOnOwnGraph || question == .sumOnOtherGraph
        try Self.expectAnswer(
          question, parameters, matrices, "square root",
          type: isSum ? nil : SquareRootPrecision<Double>.self, of: root)
      }
      // A negative element has no square root: the sum is computed from the elements.
      let lessened = try root(parameters).adding(
        toDiagonal: .full(-0.01, [matrices[0].size]))
      var expected = matrices[0]
      for i in expected.rows.indices { expected.rows[i][i] -= 0.01 }
      expectClose(lessened.matrix, expected.rows.flatMap { $0 })
    }

    @Test("Block chains answer by block chains of the variables that remain of each block")
    func blockChains() throws {
      let structure = StructureCase.blockChain(5, 3)
      var generator = Philox(seed: 95)
      let parameters = structure.parameters(batch: [2], using: &generator)
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      let cases: [(kept: [Int], type: Any.Type)] = [
        ([0, 1, 2, 9, 10, 11, 12, 13, 14], BlockChainPrecision<Double>.self),
        ([3, 4, 5], BlockChainPrecision<Double>.self),
        ([0, 2, 4, 5, 6, 7, 10, 11, 12, 14], BlockChainPrecision<Double>.self),
        ([1, 3, 8, 10, 13], ChainPrecision<Double>.self),
        ([0, 6, 12], DiagonalPrecision<Double>.self),
      ]
      for (kept, type) in cases {
        let found = try structure.precision(parameters).submatrix(of: kept)
        #expect(Swift.type(of: found) == type, "\(kept)")
        expectClose(
          found.matrix, matrices.flatMap { $0.block(kept, kept).rows.flatMap { $0 } }, "\(kept)")
        try expectGradients(at: parameters) {
          weightedSum([try structure.precision($0).submatrix(of: kept).matrix])
        }
      }
    }

    @Test("The marginal of a chain is a chain for all distances of its variables")
    func chainMarginals() throws {
      let structure = StructureCase.chain(17)
      var generator = Philox(seed: 96)
      let parameters = structure.parameters(batch: [2], using: &generator)
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      for kept in [[0], [16], [8], [0, 16], [0, 1, 2], [3, 4, 9, 16], [1, 2, 4, 7, 11, 15]] {
        let found = try structure.precision(parameters).marginal(of: kept)
        #expect(found is ChainPrecision<Double>)
        expectClose(
          found.matrix,
          matrices.flatMap { Question.marginal.dense($0, kept, $0).rows.flatMap { $0 } }, "\(kept)")
        try expectGradients(at: parameters) {
          weightedSum([try structure.precision($0).marginal(of: kept).matrix])
        }
      }
    }

    @Test("Parameters in another type give the same precision", arguments: StructureCase.kinds)
    func otherType(_ structure: StructureCase) throws {
      var generator = Philox(seed: 97)
      let parameters = structure.parameters(batch: [2], using: &generator)
        .map { $0.converted(to: Float.self) }
      let single = structure.precision(parameters)
      let double = try single.withParameters(
        single.parameters.map { $0.converted(to: Double.self) })
      let exact = structure.factors(parameters.map { $0.converted(to: Double.self) })
      expectClose(
        double.matrix, exact.flatMap { ($0 * $0.transposed).rows.flatMap { $0 } }, within: 1e-12)
    }

    @Test("The columns of a factor multiply to the precision", arguments: StructureCase.all)
    func columns(_ structure: StructureCase) throws {
      var generator = Philox(seed: 98)
      let parameters = structure.parameters(batch: [], using: &generator)
      let (k, precision) = (structure.dimension, structure.precision(parameters))
      var factor = Matrix(zeros: k, k)
      var isEliminated = [Bool](repeating: false, count: k)
      for column in try precision.factorColumns() {
        isEliminated[column.variable] = true
        factor.rows[column.variable][column.variable] = column.diagonal
        for (other, value) in zip(column.others, column.values) {
          #expect(!isEliminated[other])
          factor.rows[other][column.variable] = value
        }
      }
      #expect(isEliminated.allSatisfy { $0 })
      expectClose(precision.matrix, (factor * factor.transposed).rows.flatMap { $0 })
    }

    @Test("A sum that is not positive definite is refused with the variable")
    func refusedSums() throws {
      for structure in StructureCase.kinds {
        var generator = Philox(seed: 99)
        let precision = structure.precision(structure.parameters(batch: [], using: &generator))
        let graph = UndirectedGraph.diagonal(6)
        for added in [[-100, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, -100]] as [[Double]] {
          let pivots = [
            #expect(throws: NotPositiveDefinite.self) {
              try precision.adding(toDiagonal: Tensor(added))
            },
            #expect(throws: NotPositiveDefinite.self) {
              try precision.adding(
                SymmetricElements(graph: graph, diagonal: Tensor(added), offDiagonal: .zeros([0])))
            },
          ].map { $0?.pivot }
          let variable = added.firstIndex { $0 < 0 }!
          // In a dense matrix, the first pivot that fails is that of the variable itself.
          if case .dense = structure { #expect(pivots == [variable, variable]) }
        }
      }
    }
  }
}

private let chain = ChainPrecision<Float>(
  factorDiagonal: .ones([4]), factorOffDiagonal: .zeros([3]))

private let mistakes: [Mistake] = [
  .init("the variables [2, 1] was requested; they must be increasing and in 0..<4") {
    _ = try chain.submatrix(of: [2, 1])
  },
  .init("the variables [1, 4] was requested; they must be increasing and in 0..<4") {
    _ = try chain.submatrix(of: [1, 4])
  },
  .init("a marginal of the variables [1, 1] was requested; they must be distinct and in 0..<4") {
    _ = try DensePrecision<Float>(factor: .identity(4)).marginal(of: [1, 1])
  },
  .init(
    "a vector of shape [3] was added to the diagonal of a precision of batch [] and 4 variables"
  ) { _ = try chain.adding(toDiagonal: .ones([3])) },
  .init("matrices of batch [] and 3 rows were added to a precision of batch [] and 4 variables") {
    _ = try chain.adding(
      SymmetricElements(graph: .diagonal(3), diagonal: .ones([3]), offDiagonal: .zeros([0])))
  },
  .init("a shift of shape [3] does not fit a precision of 4 variables") {
    _ = ConditionedPrecision(precision: chain, shift: .zeros([3]), squares: Tensor(0))
  },
]

extension GraphTests {
  @Suite("Invalid questions to structures") struct StructureQuestionMistakes {
    @Test("An invalid question stops the program with its values", arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try mistakes[index].commit()
      }
      expectMessage(result, mistakes[index])
    }
  }
}
