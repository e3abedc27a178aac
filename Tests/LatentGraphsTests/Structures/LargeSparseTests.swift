import Foundation
import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  @Suite("Large sparse precisions") struct LargeSparse {
    /// Supernodes of all sizes, so that every way through the kernels is taken: products by BLAS, in
    /// parts, and subtrees on several threads.
    static let grids: [(Int, Int)] = [(1, 300), (30, 40), (128, 128), (17, 400)]

    @Test("have P Σ = I and the gradient of log det P", arguments: grids)
    func identities(_ height: Int, _ width: Int) throws {
      let graph = UndirectedGraph.grid(height: height, width: width)
      let values = Sparse.values(graph, seed: 20)
      let variables = [values.diagonal, values.offDiagonal].map { $0.tracked() }
      let precision = try SparsePrecision(
        graph: graph, diagonal: variables[0], offDiagonal: variables[1])
      // ∂ log det P / ∂P = Σ, twice off the diagonal: the adjoint of the factorization against the
      // selected inverse, which share nothing but the panels.
      let slopes = gradients(of: precision.logDeterminant, withRespectTo: variables)
      let covariances = precision.neighbourCovariances
      expectClose(slopes[0], covariances.diagonal.scalars, within: 1e-11)
      expectClose(0.5 * slopes[1], covariances.offDiagonal.scalars, within: 1e-11)
      // Some columns of Σ by solves.
      let places = [0, graph.dimension / 3, graph.dimension - 1]
      let units = Tensor.stacked(
        places.map { place in
          Tensor<Double>.zeros([graph.dimension])
            + Tensor<Double>.ones([1]).scattered(to: [place], count: graph.dimension)
        })
      let columns = precision.solve(units)
      expectClose(precision.multiply(columns), units.scalars, within: 1e-11)
      for (row, place) in places.enumerated() {
        let variance = covariances.diagonal.scalars[place]
        #expect(abs(columns[row, place] - variance) < 1e-11)
      }
    }

    @Test("have the exact adjoint of the selected inverse", arguments: grids)
    func covarianceAdjoint(_ height: Int, _ width: Int) {
      let graph = UndirectedGraph.grid(height: height, width: width)
      let values = Sparse.values(graph, seed: 21)
      expectGradients(at: [values.diagonal, values.offDiagonal], step: 2e-3, within: 1e-7) {
        let precision = try! SparsePrecision(graph: graph, diagonal: $0[0], offDiagonal: $0[1])
        let covariances = precision.neighbourCovariances
        return weightedSum([covariances.diagonal, covariances.offDiagonal])
      }
    }

    @Test("in Float are those in Double, rounded", arguments: grids)
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

    @Test("give the same bits with any number of threads", arguments: [1, 3, 5])
    func threads(_ batch: Int) throws {
      try Sparse.expectSameBits(of: .grid(height: 96, width: 100), batch: batch, draws: 40)
    }

    /// A factorization, a sample, variances and their gradient on a tree of `k` variables.
    static func inference(_ k: Int) throws -> () throws -> Void {
      var generator = Philox(seed: 26)
      // Each variable hangs on one of the 16 before it: the tree is deep, and branches.
      let edges = (1..<k).map {
        UndirectedGraph.Edge(Int.random(in: max(0, $0 - 16)..<$0, using: &generator), $0)
      }
      let graph = try UndirectedGraph(dimension: k, edges: edges)
      let values = Sparse.values(graph, seed: 27)
      let noise = Tensor<Double>.normal([k], using: &generator)
      let analysed = try SparsePrecision(elements: values)
      #expect(analysed.fill == 2 * k - 1)
      return {
        let variables = [values.diagonal, values.offDiagonal].map { $0.tracked() }
        let precision = try SparsePrecision(
          graph: graph, diagonal: variables[0], offDiagonal: variables[1])
        let loss =
          precision.unwhiten(noise).squared().sum() + precision.covarianceTrace
          + precision.logDeterminant
        #expect(gradients(of: loss, withRespectTo: variables).allSatisfy { $0.isFinite })
      }
    }

    /// The slope is that of two sizes far apart; one and a half would be `k^1.5`.
    @Test("of trees take linear time and memory")
    func linearTime() throws {
      let (slope, comment) = try slopeOfTime(
        sizeRatio: 64, repetitions: 5, small: Self.inference(1 << 14),
        large: Self.inference(1 << 20))
      #expect(slope < 1.25, comment)
    }
  }
}
