import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Arrows beyond the tests that every structure passes (`StructureCase`).
  @Suite("Arrow precisions") struct Arrows {
    private static func factor(
      _ k: Int, batch: Shape = [], seed: UInt64
    ) -> (l: Tensor<Double>, m: Tensor<Double>) {
      var generator = Philox(seed: seed)
      return (
        .uniform(batch + [k], in: 0.8..<1.8, using: &generator),
        .uniform(batch + [k - 1], in: -0.7..<0.7, using: &generator)
      )
    }

    @Test("The graph joins the last variable with every other one")
    func graph() throws {
      #expect(UndirectedGraph.arrow(1) == .diagonal(1))
      #expect(UndirectedGraph.arrow(2) == .chain(2))
      #expect(
        UndirectedGraph.arrow(4).edges.map { [$0.first, $0.second] } == [[0, 3], [1, 3], [2, 3]])
      let precision = try ArrowPrecision<Double>(
        diagonal: Tensor([1, 1, 3]), lastRow: Tensor([-1, -1]))
      expectClose(precision.marginalVariances, [2, 2, 1])
    }

    @Test(
      "The factor of given elements, and its gradient", arguments: [1, 2, 6], BatchCase.batches)
    func fromElements(_ k: Int, _ batch: Shape) throws {
      let (l, m) = Self.factor(k, batch: batch, seed: 1)
      let given = ArrowPrecision(factorDiagonal: l, factorLastRow: m).elements
      let found = try ArrowPrecision(diagonal: given.diagonal, lastRow: given.offDiagonal)
      expectClose(found.factorDiagonal, l.scalars, within: 1e-14)
      expectClose(found.factorLastRow, m.scalars, within: 1e-14)
      try expectGradients(at: [given.diagonal, given.offDiagonal]) {
        let arrow = try ArrowPrecision(diagonal: $0[0], lastRow: $0[1])
        return weightedSum([arrow.factorDiagonal, arrow.factorLastRow])
      }
    }

    @Test("Any kind of evidence is conditioned on like the dense twin, with the expected type")
    func conditioning() throws {
      let (l, m) = Self.factor(6, batch: [3], seed: 2)
      let twins = zip(l.vectors, m.vectors).map { l, m in
        var factor = Matrix(zeros: 6, 6)
        for i in 0..<6 { factor.rows[i][i] = l[i] }
        for i in 0..<5 { factor.rows[5][i] = m[i] }
        return DenseGaussian(mean: [Double](repeating: 0, count: 6), factor: factor)
      }
      var generator = Philox(seed: 3)
      for (known, noise, type) in [
        ([1, 4], nil, ArrowPrecision<Double>.self), ([2, 5], nil, DiagonalPrecision<Double>.self),
        ([5, 0], [0.5, 1.5], ArrowPrecision<Double>.self),
      ] as [([Int], [Double]?, Any.Type)] {
        let values = Tensor<Double>.normal([2, 3, 2], using: &generator)
        func conditioned(_ inputs: [Tensor<Double>]) throws -> GaussianGraphicalModel<Double> {
          try GaussianGraphicalModel(
            precision: ArrowPrecision(factorDiagonal: inputs[0], factorLastRow: inputs[1])
          ).conditioned(
            on: Evidence(of: known, values: inputs[2], noiseVariances: noise.map { Tensor($0) }))
        }
        let found = try conditioned([l, m, values])
        #expect(Swift.type(of: found.precision) == type)
        expectClose(
          Conditioning.description(found),
          values.vectors.enumerated().flatMap {
            Conditioning.description(twins[$0 % 3].conditioned(on: known, $1, noise: noise))
          })
        try expectGradients(at: [l, m, values], within: 1e-7) {
          weightedSum([Conditioning.description(try conditioned($0))])
        }
      }
    }

    /// With `lᵢ = 1` and `mᵢ = −10⁹`, `P` has a condition number of about 10¹⁸ and is refused if it is
    /// given by its elements.
    @Test("An ill-conditioned factor keeps its digits under evidence, sums and marginals")
    func illConditioned() throws {
      func expectVariances(
        _ precision: any PrecisionStructure<Double>, _ expected: [Double],
        sourceLocation: SourceLocation = #_sourceLocation
      ) {
        let ratios = precision.marginalVariances / Tensor(expected)
        expectClose(
          ratios, expected.map { _ in 1 }, within: 1e-15, sourceLocation: sourceLocation)
      }
      let arrow = ArrowPrecision<Double>(
        factorDiagonal: .ones([3]), factorLastRow: .full(-1e9, [2]))
      expectVariances(arrow, [1 + 1e18, 1 + 1e18, 1])
      expectVariances(try arrow.marginal(of: [0, 2]), [1 + 1e18, 1])
      // Given one effect, the variance of the cause is 1/(1 + 10¹⁸), and that of the other effect 2.
      expectVariances(try arrow.submatrix(of: [0, 2]), [2, 1e-18])
      // Noise of the variance 1 of each effect: the variance of the cause is 1/(1 + 2·10¹⁸/2).
      expectVariances(try arrow.adding(toDiagonal: Tensor([1, 1, 0])), [0.75, 0.75, 1e-18])
      #expect(throws: NotPositiveDefinite.self) {
        try ArrowPrecision(
          diagonal: arrow.elements.diagonal, lastRow: arrow.elements.offDiagonal)
      }
      // The columns of the factor are its own, and not those of a factorization of the elements.
      let columns = try arrow.factorColumns()
      #expect(columns.map(\.diagonal) == [1, 1, 1])
      #expect(columns.map(\.values) == [[-1e9], [-1e9], []])
    }

    @Test("A matrix that is not positive definite, or nearly singular, is refused")
    func refusals() throws {
      func expectRefusal(
        _ diagonal: [Double], _ lastRow: [Double], pivot: Int, matrix: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
      ) {
        let shape: Shape = diagonal.count > 3 ? [diagonal.count / 3] : []
        #expect(
          throws: NotPositiveDefinite(pivot: pivot, matrix: matrix), sourceLocation: sourceLocation
        ) {
          try ArrowPrecision(
            diagonal: Tensor(diagonal, shape: shape + [3]),
            lastRow: Tensor(lastRow, shape: shape + [2]))
        }
      }
      expectRefusal([1, -1, 1], [0, 0], pivot: 1)
      expectRefusal([1, 1, 1], [1, 1], pivot: 2)
      expectRefusal([1, 1, .nan], [0, 0], pivot: 2)
      expectRefusal([1, 1, 1], [.infinity, 0], pivot: 2)
      expectRefusal([1, .leastNonzeroMagnitude, 1], [0, 0], pivot: 1)
      expectRefusal([1, 1, 3, 1, 0, 3], [1, 1, 1, 1], pivot: 1, matrix: 1)
      // The last pivot is 2⁻⁵¹; the matrix is positive definite, and singular up to rounding.
      expectRefusal([1, 1, 2 + 0x1p-51], [1, 1], pivot: 2)
      let arrow = try ArrowPrecision<Double>(diagonal: Tensor([1, 1, 3]), lastRow: Tensor([1, 1]))
      #expect(throws: NotPositiveDefinite(pivot: 0)) {
        try arrow.adding(toDiagonal: Tensor([-2, 0, 0]))
      }
      #expect(throws: NotPositiveDefinite(pivot: 2)) {
        try arrow.adding(toDiagonal: Tensor([0, 0, -1]))
      }
      #expect(throws: NotPositiveDefinite(pivot: 2)) {
        try arrow.adding(toDiagonal: Tensor([0, 0, -1 + 0x1p-51]))
      }
    }

    @Test("Sums over many variables in Float keep their digits")
    func longSums() {
      let k = 1_000_001
      let arrow = ArrowPrecision<Float>(
        factorDiagonal: .ones([k]), factorLastRow: .full(0.1, [k - 1]))
      let exact = 1 + 1e6 * Double(Float(0.1))
      expectClose(
        arrow.multiplyFactor(.ones([k])).slice(k - 1..<k), [exact], within: 1e-7)
      expectClose(arrow.solveFactor(.ones([k])).slice(k - 1..<k), [2 - exact], within: 1e-7)
    }

    private static let mistakes: [Mistake] = [
      .init("an arrow", "[2, 5]", "[batch…, k − 1]") {
        _ = ArrowPrecision<Float>(factorDiagonal: .ones([2, 5]), factorLastRow: .ones([2, 5]))
      },
      .init("an arrow", "-2.5", "at 1") {
        _ = ArrowPrecision<Float>(
          factorDiagonal: Tensor([1, -2.5, 1]), factorLastRow: .ones([2]))
      },
      .init("an arrow", "nan", "at 1") {
        _ = ArrowPrecision<Float>(factorDiagonal: .ones([3]), factorLastRow: Tensor([1, .nan]))
      },
      .init("arrow of batch [] and dimension 3 got a value of shape [2]") {
        _ = ArrowPrecision<Float>(factorDiagonal: .ones([3]), factorLastRow: .ones([2]))
          .whiten(.ones([2]))
      },
    ]

    @Test("Elements that do not fit stop the program", arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.Arrows.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
    }
  }
}
