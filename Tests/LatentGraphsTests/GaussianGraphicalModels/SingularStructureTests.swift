import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  /// Singular and nearly singular precisions in each structure that can state them.
  @Suite("Singular precisions by structure") struct SingularStructures {
    /// The Laplacian of a graph with random weights, whose sums are exact in `Float`.
    private func laplacian<Scalar: TensorScalar>(
      of graph: UndirectedGraph, using generator: inout Philox
    ) throws -> SymmetricElements<Scalar> {
      let weights = graph.edges.map { _ in
        Scalar(Int.random(in: 1...255, using: &generator)) / 256
      }
      var degrees = [Scalar](repeating: 0, count: graph.dimension)
      for (edge, weight) in zip(graph.edges, weights) {
        degrees[edge.first] += weight
        degrees[edge.second] += weight
      }
      return try SymmetricElements(
        graph: graph, diagonal: Tensor(degrees), offDiagonal: Tensor(weights.map { -$0 }))
    }

    /// The blocks of a matrix of a block chain, on the diagonal and below it.
    private func blocks<Scalar: TensorScalar>(
      of matrix: Tensor<Scalar>, size: Int
    ) -> (diagonal: Tensor<Scalar>, lower: Tensor<Scalar>) {
      let k = matrix.shape[0]
      func block(_ row: Int, _ column: Int) -> Tensor<Scalar> {
        matrix.slice(row * size..<(row + 1) * size, axis: 0)
          .slice(column * size..<(column + 1) * size, axis: 1).addingAxis(at: 0)
      }
      let count = k / size
      return (
        .concatenated((0..<count).map { block($0, $0) }, axis: 0),
        .concatenated((1..<count).map { block($0, $0 - 1) }, axis: 0)
      )
    }

    @Test("Laplacians of block chains are refused", arguments: [2, 8, 17], 0..<20)
    func blockChains(size: Int, seed: Int) throws {
      func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
        var generator = Philox(seed: UInt64(seed))
        let elements: SymmetricElements<Scalar> = try laplacian(
          of: .blockChain(blocks: 2 + seed, size: size), using: &generator)
        let (diagonal, lower) = blocks(of: elements.matrix, size: size)
        #expect(throws: NotPositiveDefinite.self) {
          try BlockChainPrecision(diagonalBlocks: diagonal, lowerBlocks: lower)
        }
        // One Laplacian among regular matrices.
        let ridge = Tensor<Scalar>.identity(size)
        let batch = Tensor.concatenated(
          [diagonal + ridge, diagonal, diagonal + ridge].map { $0.addingAxis(at: 0) }, axis: 0)
        let error = #expect(throws: NotPositiveDefinite.self) {
          try BlockChainPrecision(
            diagonalBlocks: batch, lowerBlocks: lower.broadcast(to: [3] + lower.shape))
        }
        #expect(error?.matrix == 1)
      }
      try check(Double.self)
      try check(Float.self)
    }

    @Test("Laplacians of grids and chains are refused by their own structures", arguments: 0..<20)
    func lattices(seed: Int) throws {
      func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
        var generator = Philox(seed: UInt64(seed))
        let (height, width) = (2 + seed, 3 + seed % 7)
        let grid: SymmetricElements<Scalar> = try laplacian(
          of: .grid(height: height, width: width), using: &generator)
        let isRight = grid.graph.edges.map { $0.second == $0.first + 1 }
        func edges(_ right: Bool) -> Tensor<Scalar> {
          grid.offDiagonal.gathered(at: isRight.indices.filter { isRight[$0] == right })
        }
        #expect(throws: NotPositiveDefinite.self) {
          try GridPrecision(
            height: height, width: width, diagonal: grid.diagonal, right: edges(true),
            down: edges(false))
        }
        let chain: SymmetricElements<Scalar> = try laplacian(
          of: .chain(3 + 50 * seed), using: &generator)
        #expect(throws: NotPositiveDefinite.self) {
          try ChainPrecision(diagonal: chain.diagonal, offDiagonal: chain.offDiagonal)
        }
        let dense: SymmetricElements<Scalar> = try laplacian(
          of: .complete(3 + seed), using: &generator)
        #expect(throws: NotPositiveDefinite.self) { try DensePrecision(matrix: dense.matrix) }
        // A singular covariance has no precision.
        #expect(throws: NotPositiveDefinite.self) { try DensePrecision(inverting: dense.matrix) }
      }
      try check(Double.self)
      try check(Float.self)
    }

    /// A chain of five with links of 10⁴ and a ridge of 10⁻¹², whose condition number is near 10¹⁷.
    @Test("A chain with strong links and a negligible ridge is refused by each structure")
    func strongLinks() throws {
      func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
        for count in [5, 6] {
          let graph = UndirectedGraph.chain(count)
          let diagonal = (0..<count).map { i -> Scalar in
            (i == 0 || i == count - 1 ? 1e4 : 2e4) + 1e-12
          }
          let elements = try SymmetricElements<Scalar>(
            graph: graph, diagonal: Tensor(diagonal),
            offDiagonal: .full(-1e4, [count - 1]))
          #expect(throws: NotPositiveDefinite.self) {
            try ChainPrecision(diagonal: elements.diagonal, offDiagonal: elements.offDiagonal)
          }
          #expect(throws: NotPositiveDefinite.self) { try SparsePrecision(elements: elements) }
          #expect(throws: NotPositiveDefinite.self) { try DensePrecision(matrix: elements.matrix) }
          #expect(throws: NotPositiveDefinite.self) { try cheapestPrecision(of: elements) }
          let cycle = try UndirectedGraph(
            dimension: count, edges: graph.edges + [UndirectedGraph.Edge(0, count - 1)])
          let wide = try SymmetricElements<Scalar>(
            graph: cycle, diagonal: elements.diagonal,
            offDiagonal: Tensor(cycle.edges.map { $0.second == $0.first + 1 ? -1e4 : 0 }))
          #expect(throws: NotPositiveDefinite.self) { try SparsePrecision(elements: wide) }
          guard count == 6 else { continue }
          let (diagonalBlocks, lowerBlocks) = blocks(of: elements.matrix, size: 2)
          #expect(throws: NotPositiveDefinite.self) {
            try BlockChainPrecision(diagonalBlocks: diagonalBlocks, lowerBlocks: lowerBlocks)
          }
        }
      }
      try check(Double.self)
      try check(Float.self)
    }

    /// Matrices of 2²¹ and 2²² variables in `Float` whose condition numbers are eight tenths of the
    /// number below which nothing may be refused, 0.01/ε.
    @Test(
      "Large precisions just below the limit are accepted in Float", arguments: [1 << 21, 1 << 22])
    func large(k: Int) throws {
      let limit = 0.008 / Float.ulpOfOne
      let ridge = 4 / limit
      let chain = try ChainPrecision<Float>(
        diagonal: .full(2 + ridge, [k]), offDiagonal: .full(-1, [k - 1]))
      #expect(chain.conditionEstimate.scalar > 0.1 * limit)
      let grid = try GridPrecision<Float>(
        height: k / 1024, width: 1024, diagonal: .full(4 + 2 * ridge, [k]),
        right: .full(-1, [k / 1024 * 1023]), down: .full(-1, [k - 1024]))
      #expect(grid.conditionEstimate.scalar > 0.1 * limit)
      let blocks = try BlockChainPrecision<Float>(
        diagonalBlocks: Tensor([2 + ridge, -1, -1, 2 + ridge], shape: [1, 2, 2])
          .broadcast(to: [k / 2, 2, 2]),
        lowerBlocks: Tensor([0, -1, 0, 0], shape: [1, 2, 2]).broadcast(to: [k / 2 - 1, 2, 2]))
      #expect(blocks.conditionEstimate.scalar > 0.1 * limit)
      // A cycle, which is neither a chain nor a forest.
      let edges = (0..<k).map { UndirectedGraph.Edge($0, ($0 + 1) % k) }
      let cycle = try SparsePrecision<Float>(
        graph: UndirectedGraph(dimension: k, edges: edges), diagonal: .full(2 + ridge, [k]),
        offDiagonal: .full(-1, [k]))
      #expect(cycle.conditionEstimate.scalar > 0.1 * limit)
    }
  }
}
