import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Cost of inference in a structure", .tags(.cost)) struct StructureCost {
    /// Computes a factorization, a sample, the variances and their gradient for a tree of `k`
    /// variables.
    static func inference(_ k: Int) throws -> () throws -> Void {
      var generator = Philox(seed: 26)
      // The parent of each variable is one of the 16 before it, so that the tree is deep and has
      // branches.
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

    /// The slope is measured between two sizes far apart. It would be 1.5 for a time of `k^1.5`.
    @Test("Inference on trees takes time linear in the number of variables")
    func linearTime() throws {
      let (slope, comment) = try slopeOfTime(
        sizeRatio: 64, repetitions: 5, small: Self.inference(1 << 14),
        large: Self.inference(1 << 20))
      #expect(slope < 1.25, comment)
    }

    /// The slope of log time over log length is 1 for linear and 2 for quadratic time. Both sizes
    /// exceed the second-level cache. The smaller one may fit into the third, which other processes
    /// use too. The sizes are therefore far apart: if an element takes twice as long beyond that
    /// cache, the slope grows by a sixth.
    @Test(
      "The time of operations on block chains is linear in their length",
      arguments: [(2, 1 << 13), (8, 1 << 11)])
    func linear(_ d: Int, _ start: Int) throws {
      func work(_ length: Int) -> () throws -> Void {
        let diagonal = (3 * Tensor<Float>.identity(d)).broadcast(to: [length, d, d])
        let lower = (-0.5 * Tensor<Float>.identity(d)).broadcast(to: [length - 1, d, d])
        let noise = Tensor<Float>.ones([length * d])
        return {
          let variables = [diagonal, lower].map { $0.tracked() }
          let chain = try BlockChainPrecision(
            diagonalBlocks: variables[0], lowerBlocks: variables[1])
          let loss =
            chain.unwhiten(noise).squared().sum() + chain.covarianceTrace + chain.logDeterminant
          #expect(gradients(of: loss, withRespectTo: variables).allSatisfy { $0.isFinite })
        }
      }
      let (slope, comment) = try slopeOfTime(
        sizeRatio: 64, repetitions: 5, small: work(start), large: work(64 * start))
      #expect(slope < 1.25, comment)
    }
  }
}
