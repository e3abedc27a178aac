import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Structures constructed from the precision matrix") struct FromPrecision {
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
