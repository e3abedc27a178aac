import Foundation
import LatentGraphs
import TestSupport
import Testing

/// Two precisions on one graph with nearly equal elements, as in `divergence_reference.py`.
enum NearPair: String, CaseIterable, Sendable {
  case diagonal, chain, complete, blockChain, grid, tree, cycle, wideGrid, mesh

  var graph: UndirectedGraph {
    var mesh: [(Int, Int)] {
      let pairs = (0..<16).flatMap { i -> [[Int]] in [[i, (i + 1) % 16], [i, (i * 5 + 3) % 16]] }
      let distinct = Set(pairs.map { $0.sorted() }).filter { $0[0] != $0[1] }
      return distinct.map { ($0[0], $0[1]) }
    }
    func edges(_ pairs: [(Int, Int)], _ k: Int) -> UndirectedGraph {
      try! UndirectedGraph(dimension: k, edges: pairs.map { UndirectedGraph.Edge($0.0, $0.1) })
    }
    return switch self {
    case .diagonal: .diagonal(6)
    case .chain: .chain(7)
    case .complete: .complete(6)
    case .blockChain: .blockChain(blocks: 3, size: 2)
    case .grid: .grid(height: 3, width: 4)
    case .tree: edges([(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (5, 6)], 7)
    case .cycle: edges((0..<5).map { ($0, $0 + 1) } + [(0, 5)], 6)
    case .wideGrid: .grid(height: 3, width: 10)
    case .mesh: edges(mesh, 16)
    }
  }

  func elements<Scalar: TensorScalar>(_ delta: Double, _: Scalar.Type) -> [Tensor<Scalar>] {
    let graph = graph
    var diagonal: [Double] = (0..<graph.dimension).map { i in
      let (own, change) = (Double(i % 5) / 8, Double(i * 3 % 8 - 3) / 4)
      return 1 + own + delta * change
    }
    var off: [Double] = []
    for (e, edge) in graph.edges.enumerated() {
      let (value, change) = (-Double(e * 7 % 11 + 1) / 16, Double(e * 5 % 7 - 3) / 4)
      diagonal[edge.first] -= value
      diagonal[edge.second] -= value
      off.append(value + delta * change)
    }
    return [Tensor(diagonal.map { Scalar($0) }), Tensor(off.map { Scalar($0) })]
  }

  func model<Scalar: TensorScalar>(
    _ elements: [Tensor<Scalar>]
  ) throws -> GaussianGraphicalModel<Scalar> {
    let elements = try SymmetricElements(
      graph: graph, diagonal: elements[0], offDiagonal: elements[1])
    switch self {
    case .tree, .cycle, .mesh:
      return GaussianGraphicalModel(precision: try SparsePrecision(elements: elements))
    case .blockChain:
      return GaussianGraphicalModel(
        precision: try BlockChainPrecision(elements: elements, blockSize: 2))
    default: return GaussianGraphicalModel(precision: try cheapestPrecision(of: elements))
    }
  }
}

extension GraphTests {
  @Suite("KL divergence of nearly equal models") struct NearDivergence {
    /// The elements of both factors have errors of some `ε`, and their differences are about `δ/4`.
    /// The relative error of the divergence is about the square of the ratio.
    @Test(
      "The KL divergence of nearly equal models on one graph is accurate",
      arguments: NearPair.allCases)
    func digits(_ pair: NearPair) throws {
      let expected = DivergenceReference.values[pair.rawValue]!
      func divergence<Scalar: TensorScalar>(_ delta: Double, _ type: Scalar.Type) throws -> Double {
        Double(
          try pair.model(pair.elements(0, type)).klDivergence(
            from: try pair.model(pair.elements(delta, type))
          ).scalar)
      }
      let single = try divergence(pow(2, -12), Float.self)
      let coarse = try divergence(pow(2, -12), Double.self)
      let fine = try divergence(pow(2, -30), Double.self)
      #expect(single >= 0 && coarse >= 0 && fine >= 0)
      #expect(abs(coarse / expected.coarse - 1) < 1e-7)
      #expect(abs(single / expected.coarse - 1) < 0.02)
      #expect(abs(fine / expected.fine - 1) < 1e-5)
    }

    /// Two sets of elements on a graph, representable in `Float`. The second set differs from the
    /// first by relative changes of at most `size`.
    private func near<Scalar: TensorScalar>(
      _ graph: UndirectedGraph, seed: UInt64, _ size: Double, _: Scalar.Type
    ) throws -> [SymmetricElements<Scalar>] {
      var generator = Philox(seed: seed)
      let weights = graph.edges.map { _ in Float.random(in: 0.1...1, using: &generator) }
      var diagonal = (0..<graph.dimension).map { _ in
        Float.random(in: 0.01...0.2, using: &generator)
      }
      for (edge, weight) in zip(graph.edges, weights) {
        diagonal[edge.first] += weight
        diagonal[edge.second] += weight
      }
      let changes = (0..<graph.dimension + graph.edges.count).map { _ in
        1 + Float(Double.random(in: -size...size, using: &generator))
      }
      return try [false, true].map { isChanged in
        func values(_ own: [Float], _ from: Int) -> Tensor<Scalar> {
          Tensor(
            own.indices.map { Scalar(Double(isChanged ? own[$0] * changes[from + $0] : own[$0])) })
        }
        return try SymmetricElements(
          graph: graph, diagonal: values(diagonal, 0),
          offDiagonal: values(weights.map { -$0 }, diagonal.count))
      }
    }

    @Test(
      "The KL divergence of large sparse models that differ by a few roundings is accurate in Float"
    )
    func largeSparse() throws {
      var edges = Set((0..<399).map { UndirectedGraph.Edge($0, $0 + 1) })
      for i in 0..<200 { edges.insert(UndirectedGraph.Edge(i, (i * 7 + 3) % 400)) }
      edges = edges.filter { $0.first != $0.second }
      let graphs: [UndirectedGraph] = [
        .grid(height: 12, width: 9), .grid(height: 40, width: 40),
        try UndirectedGraph(dimension: 400, edges: edges), .complete(60),
      ]
      for (number, graph) in graphs.enumerated() {
        for size in [1e-2, 1e-4, 3e-6, 5e-7] {
          func divergences<Scalar: TensorScalar>(_ type: Scalar.Type) throws -> [Double] {
            let models = try near(graph, seed: UInt64(80 + number), size, type).map {
              GaussianGraphicalModel(precision: try SparsePrecision(elements: $0))
            }
            return [
              models[0].klDivergence(from: models[1]), models[1].klDivergence(from: models[0]),
            ]
            .map { Double($0.scalar) }
          }
          let (single, double) = (try divergences(Float.self), try divergences(Double.self))
          for (x, y) in zip(single, double) {
            #expect(y > 0 && abs(x / y - 1) < 0.01, "\(number), \(size): \(x) for \(y)")
          }
        }
      }
    }

    /// The value with a gradient is computed from traces. Without one, models with nearly equal
    /// diagonals are compared by their factors, also if their off-diagonal elements differ.
    @Test(
      "The KL divergence with and without a gradient agree with the dense one",
      arguments: [-1, -0.9, 0, 0.5, 1], [0.8, 1, 1.2])
    func withAndWithoutGradient(link: Double, scale: Double) throws {
      let graph = UndirectedGraph.grid(height: 5, width: 9)
      func elements<Scalar: TensorScalar>(
        _ diagonal: Double, _ off: Double, _: Scalar.Type
      ) throws -> SymmetricElements<Scalar> {
        try SymmetricElements(
          graph: graph, diagonal: .full(Scalar(diagonal), [45]),
          offDiagonal: .full(Scalar(off), [graph.edges.count]))
      }
      func check<Scalar: TensorScalar>(_ type: Scalar.Type, within bound: Double) throws {
        let (q, p) = (try elements(4.1, -1, type), try elements(4.1 * scale, link * scale, type))
        func model(_ x: SymmetricElements<Scalar>) throws -> GaussianGraphicalModel<Scalar> {
          GaussianGraphicalModel(precision: try SparsePrecision(elements: x))
        }
        let plain = try model(q).klDivergence(from: try model(p)).scalar
        let tracked = try SymmetricElements(
          graph: graph, diagonal: q.diagonal.tracked(), offDiagonal: q.offDiagonal)
        let recorded = try model(tracked).klDivergence(from: try model(p))
        #expect(recorded.isTracked)
        let dense = try [
          elements(4.1, -1, Double.self), elements(4.1 * scale, link * scale, Double.self),
        ]
        .map { GaussianGraphicalModel(precision: try DensePrecision(matrix: $0.matrix)) }
        let expected = dense[0].klDivergence(from: dense[1]).scalar
        for value in [plain, recorded.scalar] {
          #expect(abs(Double(value) - expected) <= bound * max(expected, 1))
        }
      }
      try check(Double.self, within: 1e-12)
      try check(Float.self, within: 1e-5)
    }

    @Test(
      "The KL divergence of batches of sparse models on different graphs agrees with the dense one")
    func differentGraphs() throws {
      let (grid, mesh) = (
        UndirectedGraph.grid(height: 3, width: 10), UndirectedGraph.banded(30, offsets: [1, 7])
      )
      var models: [GaussianGraphicalModel<Double>] = []
      for (number, graph) in [grid, mesh, grid].enumerated() {
        let parts = try (0..<3).map {
          try near(graph, seed: UInt64(90 + 3 * number + $0), 0, Double.self)[0]
        }
        let batch = number == 1 ? parts : [parts[0]]
        let shape: Shape = number == 1 ? [3] : []
        models.append(
          GaussianGraphicalModel(
            precision: try SparsePrecision(
              graph: graph,
              diagonal: Tensor.concatenated(batch.map(\.diagonal)).reshaped(to: shape + [30]),
              offDiagonal: Tensor.concatenated(batch.map(\.offDiagonal))
                .reshaped(to: shape + [graph.edges.count]))))
      }
      func dense(_ model: GaussianGraphicalModel<Double>) throws -> GaussianGraphicalModel<Double> {
        GaussianGraphicalModel(
          precision: try DensePrecision(matrix: model.precision.elements.matrix))
      }
      for q in models {
        for p in models
        where q.batchShape == p.batchShape || q.batchShape == [] || p.batchShape == [] {
          expectClose(
            q.klDivergence(from: p), try dense(q).klDivergence(from: try dense(p)).scalars,
            within: 1e-9)
        }
      }
    }

    @Test("The KL divergence of a precision and a multiple of it agrees with the closed form")
    func farSparse() throws {
      let graph = UndirectedGraph.grid(height: 4, width: 11)
      for factor in [0.2499, 0.2501, 1e-3, 3, 1e6] {
        let q = try near(graph, seed: 99, 0, Double.self)[0]
        let p = try SymmetricElements(
          graph: graph, diagonal: factor * q.diagonal, offDiagonal: factor * q.offDiagonal)
        let value = GaussianGraphicalModel(precision: try SparsePrecision(elements: q))
          .klDivergence(from: GaussianGraphicalModel(precision: try SparsePrecision(elements: p)))
          .scalar
        #expect(abs(value / (22 * (factor - 1 - log(factor))) - 1) < 1e-11, "\(factor)")
      }
    }

    @Test(
      "The KL divergence of a batch of near and far models equals that of each model alone",
      arguments: NearPair.allCases)
    func mixedBatch(_ pair: NearPair) throws {
      let q = try pair.model(pair.elements(0, Double.self))
      let near = pair.elements(1e-7, Double.self)
      // The pivots of a sixteenth of the precision are less than a quarter of those of q.
      let far = pair.elements(0, Double.self).map { $0 / 16 }
      func divergence(_ elements: [Tensor<Double>]) throws -> (value: [Double], slopes: [Double]) {
        let inputs = elements.map { $0.tracked() }
        let value = try q.klDivergence(from: pair.model(inputs))
        let slopes = gradients(of: value.sum(), withRespectTo: inputs).flatMap { $0.scalars }
        return (value.scalars, slopes)
      }
      let alone = try [near, far].map(divergence)
      let both = try divergence(zip(near, far).map { .stacked([$0, $1]) })
      #expect(both.value == alone.flatMap(\.value))
      // The gradients of both diagonals come first, then those of the off-diagonal elements.
      let k = pair.graph.dimension
      let expected = [
        alone[0].slopes[..<k], alone[1].slopes[..<k], alone[0].slopes[k...], alone[1].slopes[k...],
      ].joined()
      for (a, b) in zip(both.slopes, expected) { #expect(abs(a - b) <= 1e-12 * max(1, abs(b))) }
    }

    @Test(
      "The KL divergence is never negative, and exactly 0 with a zero gradient for equal models")
    func sign() throws {
      for pair in NearPair.allCases {
        for step in 0..<40 {
          let elements = pair.elements(pow(2, -Double(step) / 2 - 4), Float.self)
          let q = try pair.model(pair.elements(0, Float.self))
          let p = try pair.model(elements)
          #expect(q.klDivergence(from: p).scalar >= 0 && p.klDivergence(from: q).scalar >= 0)
        }
        let variables = pair.elements(0, Float.self).map { $0.tracked() }
        let p = try pair.model(pair.elements(0, Float.self))
        for value in [
          try pair.model(variables).klDivergence(from: p),
          p.klDivergence(from: try pair.model(variables)),
        ] {
          #expect(value.scalar == 0)
          for gradient in gradients(of: value, withRespectTo: variables) {
            #expect(gradient.scalars.allSatisfy { $0 == 0 })
          }
        }
      }
    }

    /// For the precisions `a` and `b` times the identity, the divergence is `½k [b/a − 1 −
    /// log(b/a)]`.
    @Test("The KL divergence of models of very different scales is accurate")
    func farScales() throws {
      func expectDigits<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let limit = 32 * Double(Scalar.ulpOfOne)
        for (a, b) in [(1e8, 1e-8), (1e2, 1e-2), (1e12, 1e-12), (1e30, 1e-4), (1e-8, 1e8)] {
          let ratio = Double(Scalar(b)) / Double(Scalar(a))
          let expected = ratio - 1 - log(ratio)
          let pairs = zip(try scaled(Scalar(a)), try scaled(Scalar(b)))
          for (index, (q, p)) in pairs.enumerated() {
            let value = Double(q.klDivergence(from: p).scalar)
            // The last structure is given by a logarithm, which was rounded. Its error counts
            // twice.
            let logarithms = index == 5 ? abs(log(a)) * Double(Scalar.ulpOfOne) * max(1, ratio) : 0
            #expect(
              abs(value - expected) <= limit * expected + 4 * logarithms,
              "\(type) \(a) \(b) \(index): \(value) for \(expected)")
          }
        }
      }
      try expectDigits(Float.self)
      try expectDigits(Double.self)
      let scale = Tensor<Double>([1e-8]).tracked()
      let p = GaussianGraphicalModel(precision: try DiagonalPrecision(diagonal: scale))
      let q = GaussianGraphicalModel(precision: try DiagonalPrecision(diagonal: Tensor([1e24])))
      let slope = gradients(of: q.klDivergence(from: p), withRespectTo: [scale])[0].scalar
      #expect(abs(slope / (0.5 * (1e-24 - 1e8)) - 1) < 1e-14)
    }

    /// Two independent variables with this precision, in each structure.
    private func scaled<Scalar: TensorScalar>(
      _ scale: Scalar
    ) throws -> [GaussianGraphicalModel<Scalar>] {
      let (diagonal, none) = (Tensor([scale, scale]), Tensor<Scalar>.zeros([1]))
      let structures: [any PrecisionStructure<Scalar>] = [
        try DiagonalPrecision(diagonal: diagonal),
        try ChainPrecision(diagonal: diagonal, offDiagonal: none),
        try DensePrecision(matrix: scale * Tensor<Scalar>.identity(2)),
        try BlockChainPrecision(
          diagonalBlocks: diagonal.reshaped(to: [2, 1, 1]),
          lowerBlocks: none.reshaped(to: [1, 1, 1])),
        try SparsePrecision(graph: .chain(2), diagonal: diagonal, offDiagonal: none),
        DiagonalPrecision(logFactor: 0.5 * diagonal.log()),
      ]
      return structures.map { GaussianGraphicalModel(precision: $0) }
    }

    @Test("The KL divergence of large or small precisions that differ little is accurate")
    func largePrecisions() throws {
      for scale in [Float(1e-10), 1, 1e10, 1e20] {
        let (a, b) = (scale, scale * (1 + 1e-4))
        let x = (Double(b) - Double(a)) / Double(a)
        let value = GaussianGraphicalModel(precision: try DiagonalPrecision(diagonal: Tensor([a])))
          .klDivergence(
            from: GaussianGraphicalModel(precision: try DiagonalPrecision(diagonal: Tensor([b])))
          ).scalar
        #expect(abs(Double(value) / (0.5 * (x - log1p(x))) - 1) < 1e-6)
      }
    }

    @Test(
      "The gradient of the KL divergence of nearly equal models agrees with central differences",
      arguments: NearPair.allCases)
    func gradient(_ pair: NearPair) throws {
      let q = pair.elements(0, Double.self)
      let p = pair.elements(pow(2, -3), Double.self)
      expectGradients(at: q + p, step: 1e-3, within: 1e-7) {
        try! pair.model(Array($0.prefix(2))).klDivergence(
          from: try! pair.model(Array($0.dropFirst(2))))
      }
    }
  }
}
