import Foundation
import LatentGraphs
import TestSupport
import Testing

/// Two structures with the same number of variables.
struct StructurePair: Hashable, Sendable, CustomTestStringConvertible {
  let q: StructureCase
  let p: StructureCase

  var testDescription: String { "\(q.testDescription), \(p.testDescription)" }

  /// All pairs of these structures, which have the same number of variables.
  static func all(_ structures: [StructureCase]) -> [StructurePair] {
    structures.flatMap { q in structures.map { StructurePair(q: q, p: $0) } }
  }

  /// Pairs of structures at several sizes. Among them are grids of different widths and grids that
  /// are chains.
  static let all: [StructurePair] =
    all([
      .diagonal(1), .chain(1), .grid(1, 1), .dense(1), .sparse(.none(1)), .blockChain(1, 1),
      .arrow(1),
    ])
    + all([.diagonal(2), .chain(2), .grid(1, 2), .grid(2, 1), .dense(2), .sparse(.path(2))])
    + all([.diagonal(4), .chain(4), .grid(1, 4), .grid(2, 2), .grid(4, 1), .dense(4), .arrow(4)])
    + all([
      .diagonal(12), .chain(12), .grid(2, 6), .grid(6, 2), .grid(3, 4), .grid(4, 3), .dense(12),
      .regularGrid(3, 4), .regularGrid(6, 2), .sparse(.tree(12)), .blockChain(6, 2),
      .blockChain(3, 4), .arrow(12),
      .sparse(.random(12, percent: 25)), .sparseFactor(.random(12, percent: 20)),
    ])

  /// All pairs of the structures in `StructureCase.kinds`.
  static let kinds: [StructurePair] = all(StructureCase.kinds)
}

/// A random Gaussian graphical model with its mean and parameters, from which the model can be
/// constructed again.
struct ModelCase {
  let structure: StructureCase
  let inputs: [Tensor<Double>]

  init(
    _ structure: StructureCase, meanBatch: Shape, batch: Shape, using generator: inout Philox
  ) {
    self.structure = structure
    let mean = Tensor<Double>.normal(meanBatch + [structure.dimension], using: &generator)
    inputs = [mean] + structure.parameters(batch: batch, using: &generator)
  }

  var model: GaussianGraphicalModel<Double> { model(inputs) }

  func model<Scalar>(_ inputs: [Tensor<Scalar>]) -> GaussianGraphicalModel<Scalar> {
    GaussianGraphicalModel(
      mean: inputs[0], precision: structure.precision(Array(inputs.dropFirst())))
  }

  /// The dense Gaussians of the batch, one for each row of the mean or the precision.
  var gaussians: [DenseGaussian] {
    let k = structure.dimension
    let factors = structure.factors(Array(inputs.dropFirst()))
    let means = inputs[0].count / k
    return (0..<max(means, factors.count)).map { row in
      let start = row % means * k
      return DenseGaussian(
        mean: Array(inputs[0].scalars[start..<start + k]), factor: factors[row % factors.count])
    }
  }
}

/// The batch shapes of both arguments of a KL divergence, for the mean and for the precision.
struct BatchPair: Hashable, Sendable, CustomTestStringConvertible {
  let q: (mean: Shape, precision: Shape)
  let p: (mean: Shape, precision: Shape)

  var testDescription: String {
    "q \(q.mean) \(q.precision), p \(p.mean) \(p.precision)"
  }

  static func == (a: BatchPair, b: BatchPair) -> Bool { a.testDescription == b.testDescription }
  func hash(into hasher: inout Hasher) { hasher.combine(testDescription) }

  static let all: [BatchPair] = [
    BatchPair(q: ([3], [3]), p: ([], [])),
    BatchPair(q: ([], []), p: ([3], [3])),
    BatchPair(q: ([3], [3]), p: ([3], [3])),
    BatchPair(q: ([2, 3], [2, 3]), p: ([3], [3])),
    BatchPair(q: ([3], [3]), p: ([2, 3], [2, 3])),
    BatchPair(q: ([3], []), p: ([], [])),
    BatchPair(q: ([2, 3], [3]), p: ([3], [])),
    BatchPair(q: ([], []), p: ([3], [])),
    BatchPair(q: ([], [3]), p: ([2, 3], [])),
  ]
}

extension GraphTests {
  @Suite("KL divergence of Gaussian graphical models") struct KullbackLeibler {
    @Test("The KL divergences of two models of two variables agree with a hand computation")
    func byHand() throws {
      // Q = N(0, I), and P has the mean (1, 0) and the precision [2 −1; −1 2] with the determinant 3
      // and the inverse ⅓ [2 1; 1 2].
      let (diagonal, link) = (Tensor<Double>([2, 2]), Tensor<Double>([-1]))
      let precisions: [any PrecisionStructure<Double>] = [
        try ChainPrecision(diagonal: diagonal, offDiagonal: link),
        try SparsePrecision(graph: .chain(2), diagonal: diagonal, offDiagonal: link),
        try DensePrecision(matrix: Tensor([2, -1, -1, 2], shape: [2, 2])),
      ]
      let (forward, backward): (Double, Double) = (2 - 0.5 * log(3), 1.0 / 6 + 0.5 * log(3))
      let q = GaussianGraphicalModel<Double>.standard(2)
      for precision in precisions {
        let p = GaussianGraphicalModel(mean: Tensor<Double>([1, 0]), precision: precision)
        // ½ (tr P − 2 + (1, 0) P (1, 0)ᵀ − log 3) with tr P = 4.
        expectClose(q.klDivergence(from: p), [forward], within: 1e-14)
        // ½ (tr P⁻¹ − 2 + 1 + log 3) with tr P⁻¹ = 4/3.
        expectClose(p.klDivergence(from: q), [backward], within: 1e-14)
      }
    }

    @Test(
      "The KL divergence of any two structures agrees with the dense formula in value and gradient",
      arguments: StructurePair.all)
    func matchesDense(_ pair: StructurePair) {
      var generator = Philox(seed: 20)
      let q = ModelCase(pair.q, meanBatch: [], batch: [], using: &generator)
      let p = ModelCase(pair.p, meanBatch: [], batch: [], using: &generator)
      let value = q.model.klDivergence(from: p.model)
      #expect(value.shape == [])
      expectClose(value, [q.gaussians[0].divergence(from: p.gaussians[0])])
      expectGradients(at: q.inputs + p.inputs, within: 1e-7) {
        q.model(Array($0.prefix(q.inputs.count))).klDivergence(
          from: p.model(Array($0.dropFirst(q.inputs.count))))
      }
      CoverageTable.note("KL from \(pair.q.kind), and its gradient", pair.p)
    }

    @Test(
      "The KL divergence broadcasts the batches of means and precisions",
      arguments: StructurePair.kinds, BatchPair.all)
    func batches(_ pair: StructurePair, _ batch: BatchPair) {
      var generator = Philox(seed: 21)
      let q = ModelCase(
        pair.q, meanBatch: batch.q.mean, batch: batch.q.precision, using: &generator)
      let p = ModelCase(
        pair.p, meanBatch: batch.p.mean, batch: batch.p.precision, using: &generator)
      let value = q.model.klDivergence(from: p.model)
      let shape = q.model.batchShape.broadcast(with: p.model.batchShape)!
      #expect(value.shape == shape)
      let (qs, ps) = (q.gaussians, p.gaussians)
      expectClose(
        value, (0..<shape.count).map { qs[$0 % qs.count].divergence(from: ps[$0 % ps.count]) })
      expectGradients(at: q.inputs + p.inputs, within: 1e-7) {
        weightedSum([
          q.model(Array($0.prefix(q.inputs.count))).klDivergence(
            from: p.model(Array($0.dropFirst(q.inputs.count))))
        ])
      }
    }

    @Test(
      "The KL divergence of a model from itself is zero with a zero gradient",
      arguments: StructureCase.all)
    func same(_ structure: StructureCase) {
      var generator = Philox(seed: 22)
      let example = ModelCase(structure, meanBatch: [2], batch: [2], using: &generator)
      let p = example.model
      expectClose(p.klDivergence(from: p), [0, 0], within: 1e-12)
      for swapped in [false, true] {
        let variables = example.inputs.map { $0.tracked() }
        let other = example.model(variables)
        let value = swapped ? p.klDivergence(from: other) : other.klDivergence(from: p)
        for gradient in gradients(of: value.sum(), withRespectTo: variables) {
          expectClose(gradient, [Double](repeating: 0, count: gradient.count), within: 1e-11)
        }
      }
    }

    /// The cycle has an edge from end to end, for which products along the chain would take `k²`
    /// operations.
    @Test(
      "The KL divergence of a long chain and a cycle is computed by a factorization of the cycle")
    func chainAndCycle() throws {
      func value(_ k: Int) throws -> Tensor<Double> {
        let chain = GaussianGraphicalModel(
          precision: ChainPrecision(
            factorDiagonal: Tensor<Double>.full(1.5, [k]), factorOffDiagonal: .full(-0.5, [k - 1])))
        let edges = UndirectedGraph.chain(k).edges + [UndirectedGraph.Edge(0, k - 1)]
        let cycle = GaussianGraphicalModel(
          precision: try SparsePrecision(
            graph: UndirectedGraph(dimension: k, edges: edges), diagonal: .full(2.5, [k]),
            offDiagonal: .full(-0.75, [k])))
        return chain.klDivergence(from: cycle)
      }
      // Far from the ends both models are the same, so the value does not depend on the length.
      expectClose(try value(20_000), try value(60).scalars, within: 1e-9)
    }

    @Test("The KL divergence of diagonal models equals that of independent normals")
    func normals() {
      var generator = Philox(seed: 23)
      let q = ModelCase(.diagonal(5), meanBatch: [3], batch: [3], using: &generator)
      let p = ModelCase(.diagonal(5), meanBatch: [], batch: [], using: &generator)
      let normals = [q, p].map { Normal(mean: $0.inputs[0], logStandardDeviation: -$0.inputs[1]) }
      expectClose(
        normals[0].klDivergence(from: normals[1]), q.model.klDivergence(from: p.model).scalars,
        within: 1e-13)
      expectGradients(at: q.inputs + p.inputs) {
        weightedSum([
          Normal(mean: $0[0], logStandardDeviation: $0[1]).klDivergence(
            from: Normal(mean: $0[2], logStandardDeviation: $0[3]))
        ])
      }
      expectClose(normals[0].klDivergence(from: normals[0]), [0, 0, 0], within: 0)
      expectClose(
        normals[0].klDivergence(from: Normal.standard(5)),
        q.model.klDivergence(from: GaussianGraphicalModel.standard(5)).scalars,
        within: 1e-13)
    }

    @Test(
      "The KL divergence in Float agrees with that in Double up to rounding",
      arguments: StructurePair.kinds)
    func single(_ pair: StructurePair) {
      var generator = Philox(seed: 24)
      let q = ModelCase(pair.q, meanBatch: [3], batch: [3], using: &generator)
      let p = ModelCase(pair.p, meanBatch: [], batch: [], using: &generator)
      let single = q.model(q.inputs.map { $0.converted(to: Float.self) }).klDivergence(
        from: p.model(p.inputs.map { $0.converted(to: Float.self) }))
      expectClose(single, q.model.klDivergence(from: p.model).scalars, within: 1e-5)
    }
  }
}
