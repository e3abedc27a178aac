import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Scaled precisions") struct ScaledPrecisionTests {
    /// The scales and the parameters of the base, whose batch may be smaller.
    static func parameters(
      _ base: StructureCase, _ own: Shape, _ batch: Shape
    ) -> (scale: Tensor<Double>, base: [Tensor<Double>]) {
      var generator = Philox(seed: 80)
      return (
        .uniform(batch + [base.dimension], in: -0.8..<0.8, using: &generator),
        base.parameters(batch: own, using: &generator)
      )
    }

    static func precision(
      _ base: StructureCase, _ p: [Tensor<Double>]
    ) -> ScaledPrecision<Double> {
      ScaledPrecision(base.precision(Array(p.dropFirst())), logScale: p[0])
    }

    /// The dense factor `D L₀` of each row.
    static func factors(
      _ base: StructureCase, _ p: (scale: Tensor<Double>, base: [Tensor<Double>])
    ) -> [Matrix] {
      let factors = base.factors(p.base)
      return p.scale.vectors.enumerated().map { row, scale in
        var factor = factors[row % factors.count]
        for i in scale.indices { factor.rows[i] = factor.rows[i].map { exp(scale[i]) * $0 } }
        return factor
      }
    }

    static let batches: [(own: Shape, batch: Shape)] = [
      ([], []), ([], [3]), ([3], [3]), ([3], [2, 3]),
    ]

    @Test("Scaled precisions agree with their dense twins", arguments: StructureCase.kinds, batches)
    func dense(_ base: StructureCase, _ shapes: (own: Shape, batch: Shape)) {
      let p = Self.parameters(base, shapes.own, shapes.batch)
      let precision = Self.precision(base, [p.scale] + p.base)
      let factors = Self.factors(base, p)
      #expect(precision.batchShape == shapes.batch && precision.dimension == base.dimension)
      var generator = Philox(seed: 81)
      let x = Tensor<Double>.normal([4] + shapes.batch + [base.dimension], using: &generator)
      for operation in VectorOperation.allCases {
        let expected: [[Double]] = x.vectors.enumerated().map { row, vector in
          operation.matrix(factors[row % factors.count]) * vector
        }
        expectClose(operation(precision, x), expected.flatMap { $0 }, "\(operation)")
        expectGradients(at: [x, p.scale] + p.base, "\(operation)") {
          weightedSum([operation(Self.precision(base, Array($0.dropFirst())), $0[0])])
        }
      }
      let matrices = factors.map { $0 * $0.transposed }
      expectClose(
        precision.logDeterminant, matrices.map { $0.inverted().logDeterminant }, "determinant")
      func joined(_ elements: SymmetricElements<Double>) -> Tensor<Double> {
        GraphElements.joined(elements)
      }
      let graph = precision.graph
      expectClose(
        joined(precision.elements),
        matrices.flatMap { GraphElements.elements($0, on: graph) }, "elements")
      let covariances = matrices.map { $0.inverted().inverse }
      for graph in [graph, .diagonal(base.dimension), .complete(base.dimension)] {
        expectClose(
          joined(precision.covariances(on: graph)),
          covariances.flatMap { GraphElements.elements($0, on: graph) }, "covariances")
      }
      expectGradients(at: [p.scale] + p.base, within: 1e-7) {
        let precision = Self.precision(base, $0)
        return weightedSum([
          joined(precision.elements), joined(precision.neighbourCovariances),
          precision.logDeterminant,
        ])
      }
    }

    @Test(
      "The KL divergences of scaled precisions agree with dense ones, and are zero for equal models",
      arguments: StructureCase.kinds)
    func divergence(_ base: StructureCase) throws {
      let p = Self.parameters(base, [], [3])
      func model(_ p: [Tensor<Double>]) -> GaussianGraphicalModel<Double> {
        GaussianGraphicalModel(precision: Self.precision(base, p))
      }
      let q = model([p.scale] + p.base)
      let dense = GaussianGraphicalModel(
        precision: try DensePrecision(matrix: q.precision.matrix))
      let standard = GaussianGraphicalModel<Double>.standard(base.dimension)
      expectClose(q.klDivergence(from: standard), dense.klDivergence(from: standard).scalars)
      expectClose(standard.klDivergence(from: q), standard.klDivergence(from: dense).scalars)
      expectClose(q.klDivergence(from: dense), [0, 0, 0])
      expectClose(q.klDivergence(from: q), [0, 0, 0])
      expectGradients(at: [p.scale] + p.base, within: 1e-7) {
        weightedSum([
          model($0).klDivergence(from: standard), standard.klDivergence(from: model($0)),
        ])
      }
    }

    @Test("Scales that do not fit the base of a scaled precision stop the program")
    func mistake() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ScaledPrecision<Float>(
            DiagonalPrecision(logFactor: .zeros([2, 3])), logScale: .zeros([3]))
        }, "scales of shape [3]", "batch [2]", "3 variables")
    }
  }
}
