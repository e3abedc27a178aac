import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Structures constructed from the precision matrix") struct FromPrecision {
    /// The same precision of three variables in each structure that can have it.
    static func ofThree() throws -> [any PrecisionStructure<Double>] {
      let (diagonal, links) = (Tensor<Double>.full(2, [3]), Tensor<Double>.full(-1, [2]))
      return [
        try ChainPrecision(diagonal: diagonal, offDiagonal: links),
        try GridPrecision(
          height: 1, width: 3, diagonal: diagonal, right: links, down: .zeros([0])),
        try GridPrecision(
          height: 3, width: 1, diagonal: diagonal, right: .zeros([0]), down: links),
        try SparsePrecision(graph: .chain(3), diagonal: diagonal, offDiagonal: links),
        try BlockChainPrecision(
          diagonalBlocks: diagonal.reshaped(to: [3, 1, 1]),
          lowerBlocks: links.reshaped(to: [2, 1, 1])),
        try DensePrecision(matrix: Tensor([2, -1, 0, -1, 2, -1, 0, -1, 2], shape: [3, 3])),
      ]
    }

    @Test("A precision of three variables agrees with a hand computation in every structure")
    func byHand() throws {
      for precision in try Self.ofThree() {
        let name = "\(type(of: precision))"
        expectClose(precision.matrix, [2, -1, 0, -1, 2, -1, 0, -1, 2], within: 1e-15, name)
        // The inverse is ¼ [3 2 1; 2 4 2; 1 2 3], and the determinant is 4.
        expectClose(
          precision.covarianceMatrix, [0.75, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.75],
          within: 1e-14, name)
        expectClose(precision.marginalVariances, [0.75, 1, 0.75], within: 1e-14, name)
        expectClose(precision.logDeterminant, [log(4)], within: 1e-14, name)
        // P (1, 2, 3) = (0, 0, 4), and the quadratic form of this value is 12.
        let model = GaussianGraphicalModel(precision: precision)
        let density: Double = 0.5 * (log(4) - 3 * log(2 * .pi) - 12)
        expectClose(model.logDensity(of: Tensor([1, 2, 3])), [density], within: 1e-14, name)
        // Given the middle, the ends are independent: each has half of its value as mean.
        let ends = try model.conditioned(on: [1: 3])
        expectClose(ends.mean, [1.5, 1.5], within: 1e-14, name)
        expectClose(ends.precision.covarianceMatrix, [0.5, 0, 0, 0.5], within: 1e-14, name)
      }
    }

    /// The diagonal and off-diagonal elements of a chain's `P`.
    func bands(_ parameters: [Tensor<Double>]) -> [Tensor<Double>] {
      let elements = StructureCase.chain(parameters[0].shape[-1]).precision(parameters).elements
      return [elements.diagonal, elements.offDiagonal]
    }

    @Test(
      "A chain constructed from P has the factor of P", arguments: [1, 2, 3, 17], BatchCase.batches)
    func chain(_ k: Int, _ batch: Shape) throws {
      var generator = Philox(seed: 70)
      let parameters = StructureCase.chain(k).parameters(batch: batch, using: &generator)
      let bands = bands(parameters)
      let chain = try ChainPrecision(diagonal: bands[0], offDiagonal: bands[1])
      #expect(chain.batchShape == batch && chain.dimension == k)
      expectClose(chain.factorDiagonal, parameters[0].scalars, within: 1e-13)
      expectClose(chain.factorOffDiagonal, parameters[1].scalars, within: 1e-13)
    }

    @Test(
      "The gradients of a chain's factorization agree with central differences",
      arguments: [1, 2, 3, 17],
      BatchCase.batches)
    func chainGradients(_ k: Int, _ batch: Shape) {
      var generator = Philox(seed: 71)
      let bands = bands(StructureCase.chain(k).parameters(batch: batch, using: &generator))
      let noise = Tensor<Double>.normal([2] + batch + [k], using: &generator)
      expectGradients(at: bands, step: 1e-3, within: 1e-7) {
        let chain = try! ChainPrecision(diagonal: $0[0], offDiagonal: $0[1])
        return weightedSum([
          chain.unwhiten(noise), chain.whiten(noise), chain.logDeterminant,
          chain.marginalVariances, chain.factorOffDiagonal,
        ])
      }
    }

    @Test("A chain that is not positive definite is refused with its pivot and matrix")
    func chainFailure() {
      let ones = Tensor<Double>.ones([2, 3, 4])
      for (matrix, pivot) in [(0, 0), (0, 3), (3, 2), (5, 3)] {
        var diagonal = ones.scalars
        diagonal[matrix * 4 + pivot] = pivot == 0 ? 0 : 0.09
        let off = Tensor<Double>.full(0.3, [2, 3, 3])
        #expect(throws: NotPositiveDefinite(pivot: pivot, matrix: matrix)) {
          try ChainPrecision(diagonal: Tensor(diagonal, shape: [2, 3, 4]), offDiagonal: off)
        }
      }
      #expect(throws: NotPositiveDefinite(pivot: 1, matrix: 0)) {
        try ChainPrecision(diagonal: Tensor([1, .nan, 1]), offDiagonal: Tensor([0.0, 0]))
      }
      #expect(throws: NotPositiveDefinite(pivot: 2, matrix: 0)) {
        try ChainPrecision(diagonal: Tensor([1.0, 1, 1]), offDiagonal: Tensor([0, .nan]))
      }
    }

    @Test("A diagonal precision has the factor of P, and a bad element is refused with its place")
    func diagonal() throws {
      var generator = Philox(seed: 72)
      let p = Tensor<Double>.uniform([2, 3], in: 0.3..<3, using: &generator)
      let diagonal = try DiagonalPrecision(diagonal: p)
      expectClose(diagonal.precisionBands([0])[0], p.scalars, within: 1e-14)
      expectClose(diagonal.marginalVariances, p.scalars.map { 1 / $0 }, within: 1e-14)
      expectGradients(at: [p]) {
        let diagonal = try! DiagonalPrecision(diagonal: $0[0])
        return weightedSum([diagonal.marginalVariances, diagonal.logDeterminant])
      }
      for bad in [0, -1, Double.nan] {
        #expect(throws: NotPositiveDefinite(pivot: 1, matrix: 2)) {
          try DiagonalPrecision(diagonal: Tensor([1, 1, 1, 1, 1, bad], shape: [3, 2]))
        }
      }
    }

    @Test(
      "A dense precision has the factor of P, and a failure names the pivot", arguments: [1, 2, 6])
    func dense(_ k: Int) throws {
      var generator = Philox(seed: 73)
      let structure = StructureCase.dense(k)
      let factor = structure.parameters(batch: [3], using: &generator)[0].lowerTriangle()
      let matrix = matrixProduct(factor, factor, transposingRight: true)
      let dense = try DensePrecision(matrix: matrix)
      expectClose(dense.matrix, matrix.scalars, within: 1e-13)
      expectClose(dense.factor, factor.scalars, within: 1e-12)
      let noise = Tensor<Double>.normal([3, k], using: &generator)
      expectGradients(at: [matrix], step: 1e-3, within: 1e-7) {
        // The lower triangle alone is used, and the gradient is defined for a symmetric matrix.
        let symmetric = 0.5 * ($0[0] + $0[0].transposed())
        let dense = try! DensePrecision(matrix: symmetric)
        return weightedSum([dense.unwhiten(noise), dense.logDeterminant])
      }
      #expect(throws: NotPositiveDefinite(pivot: k - 1, matrix: 1)) {
        var bad = matrix.scalars
        bad[2 * k * k - 1] = -1
        _ = try DensePrecision(matrix: Tensor(bad, shape: matrix.shape))
      }
    }

    @Test("The upper triangle of a dense factor has no influence")
    func upperTriangle() {
      let factor = Tensor<Double>([2, 7, 0.5, 3], shape: [2, 2]).tracked()
      let dense = DensePrecision(factor: factor)
      expectClose(dense.matrix, [4, 1, 1, 9.25], within: 1e-15)
      let gradient = gradients(of: dense.matrix.sum(), withRespectTo: [factor])[0]
      #expect(gradient.scalars[1] == 0)
    }
  }
}
