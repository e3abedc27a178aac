import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Large sparse precisions") struct LargeSparse {
    /// Grids with supernodes of all sizes, so that all code paths of the kernels run: products by
    /// BLAS, products in parts, and subtrees on several threads.
    static let grids: [(Int, Int)] = [(1, 300), (30, 40), (128, 128), (17, 400)]

    @Test("On large grids, P Σ = I and the gradient of log det P is Σ", arguments: grids)
    func identities(_ height: Int, _ width: Int) throws {
      let graph = UndirectedGraph.grid(height: height, width: width)
      let values = Sparse.values(graph, seed: 20)
      let variables = [values.diagonal, values.offDiagonal].map { $0.tracked() }
      let precision = try SparsePrecision(
        graph: graph, diagonal: variables[0], offDiagonal: variables[1])
      // ∂ log det P / ∂P is Σ, and twice Σ for off-diagonal elements. This compares the adjoint of
      // the factorization with the selected inverse; they share only the storage of the panels.
      let slopes = gradients(of: precision.logDeterminant, withRespectTo: variables)
      let covariances = precision.neighbourCovariances
      expectClose(slopes[0], covariances.diagonal.scalars, within: 1e-11)
      expectClose(0.5 * slopes[1], covariances.offDiagonal.scalars, within: 1e-11)
      // Some columns of Σ are computed by solving with unit vectors.
      let places = [0, graph.dimension / 3, graph.dimension - 1]
      let units = Tensor.stacked(
        places.map { place in
          Tensor<Double>.zeros([graph.dimension])
            + Tensor<Double>.ones([1]).scatterAdded(to: [place], count: graph.dimension)
        })
      let columns = precision.solve(units)
      expectClose(precision.multiply(columns), units.scalars, within: 1e-11)
      for (row, place) in places.enumerated() {
        let variance = covariances.diagonal.scalars[place]
        #expect(abs(columns[row, place] - variance) < 1e-11)
      }
    }

    @Test("The gradients of the selected inverse agree with central differences", arguments: grids)
    func covarianceAdjoint(_ height: Int, _ width: Int) {
      let graph = UndirectedGraph.grid(height: height, width: width)
      let values = Sparse.values(graph, seed: 21)
      expectGradients(at: [values.diagonal, values.offDiagonal], step: 2e-3, within: 1e-7) {
        let precision = try! SparsePrecision(graph: graph, diagonal: $0[0], offDiagonal: $0[1])
        let covariances = precision.neighbourCovariances
        return weightedSum([covariances.diagonal, covariances.offDiagonal])
      }
    }

    @Test("Large sparse precisions in Float agree with those in Double", arguments: grids)
    func single(_ height: Int, _ width: Int) throws {
      var generator = Philox(seed: 22)
      let graph = UndirectedGraph.grid(height: height, width: width)
      let values = Sparse.values(graph, seed: 23)
      func make<Scalar>(_: Scalar.Type) throws -> SparsePrecision<Scalar> {
        let rounded = [values.diagonal, values.offDiagonal].map { $0.converted(to: Float.self) }
        return try SparsePrecision(
          graph: graph, diagonal: rounded[0].converted(), offDiagonal: rounded[1].converted())
      }
      let (single, double) = (try make(Float.self), try make(Double.self))
      let noise = Tensor<Float>.normal([5, graph.dimension], using: &generator)
      for operation in VectorOperation.allCases {
        expectClose(
          operation(single, noise), operation(double, noise.converted()).scalars, within: 1e-5,
          "\(operation)")
      }
      expectClose(
        single.marginalVariances, double.marginalVariances.scalars, within: 1e-5)
      #expect(abs(Double(single.logDeterminant.scalar) / double.logDeterminant.scalar - 1) < 1e-5)
    }

    @Test(
      "Large sparse precisions give the same bits for any number of threads", arguments: [1, 3, 5])
    func threads(_ batch: Int) throws {
      try Sparse.expectSameBits(of: .grid(height: 96, width: 100), batch: batch, draws: 40)
    }
  }
}
