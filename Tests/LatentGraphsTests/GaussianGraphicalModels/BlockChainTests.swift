import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Block chains") struct BlockChains {
    static let sizes: [StructureCase] = StructureCase.blockChains

    /// A random block chain and the blocks of its precision.
    static func example(
      _ structure: StructureCase, batch: Shape, seed: UInt64
    ) -> (precision: BlockChainPrecision<Double>, blocks: [Tensor<Double>]) {
      var generator = Philox(seed: seed)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let precision = structure.precision(parameters) as! BlockChainPrecision<Double>
      return (precision, [precision.blocks.diagonal, precision.blocks.lower])
    }

    /// A block of a dense matrix.
    static func block(_ matrix: Matrix, _ row: Int, _ column: Int, _ d: Int) -> [Double] {
      (row * d..<(row + 1) * d).flatMap { matrix.rows[$0][column * d..<(column + 1) * d] }
    }

    @Test(
      "The blocks of the precision and the covariance agree with the dense twin", arguments: sizes,
      BatchCase.batches)
    func blocks(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 90)
      let parameters = structure.parameters(batch: batch, using: &generator)
      let chain = structure.precision(parameters) as! BlockChainPrecision<Double>
      let (length, d) = (chain.blockCount, chain.blockSize)
      let precisions = structure.factors(parameters).map { $0 * $0.transposed }
      let covariances = precisions.map { $0.inverted().inverse }
      func own(_ matrices: [Matrix]) -> [Double] {
        matrices.flatMap { m in (0..<length).flatMap { Self.block(m, $0, $0, d) } }
      }
      func lower(_ matrices: [Matrix]) -> [Double] {
        matrices.flatMap { m in (0..<length - 1).flatMap { Self.block(m, $0 + 1, $0, d) } }
      }
      #expect(chain.blocks.diagonal.shape == batch + [length, d, d])
      #expect(chain.blocks.lower.shape == batch + [length - 1, d, d])
      expectClose(chain.blocks.diagonal, own(precisions), within: 1e-13)
      expectClose(chain.blocks.lower, lower(precisions), within: 1e-13)
      let found = chain.blockCovariances
      expectClose(found.marginals, own(covariances))
      expectClose(found.lagOne, lower(covariances))
      #expect(chain.marginalCovariances.scalars == found.marginals.scalars)
      expectGradients(at: parameters, within: 1e-7) {
        let chain = structure.precision($0) as! BlockChainPrecision<Double>
        let (blocks, covariances) = (chain.blocks, chain.blockCovariances)
        return weightedSum([
          blocks.diagonal, blocks.lower, covariances.marginals, covariances.lagOne,
        ])
      }
      expectGradients(at: parameters, within: 1e-7) {
        let chain = structure.precision($0) as! BlockChainPrecision<Double>
        return weightedSum([chain.marginalCovariances])
      }
      CoverageTable.note("blockCovariances", structure)
    }

    @Test(
      "A block chain given by its precision has the right factor", arguments: sizes,
      BatchCase.batches)
    func fromPrecision(_ structure: StructureCase, _ batch: Shape) throws {
      let (expected, blocks) = Self.example(structure, batch: batch, seed: 91)
      let chain = try BlockChainPrecision(diagonalBlocks: blocks[0], lowerBlocks: blocks[1])
      #expect(chain.batchShape == batch && chain.dimension == structure.dimension)
      expectClose(
        chain.factorDiagonalBlocks, expected.factorDiagonalBlocks.scalars, within: 1e-12)
      expectClose(chain.factorLowerBlocks, expected.factorLowerBlocks.scalars, within: 1e-12)
      // If two mirrored elements differ by rounding, the lower one is used.
      let upper = blocks[0] - blocks[0].lowerTriangle()
      let rounded = try BlockChainPrecision(
        diagonalBlocks: blocks[0] + 2e-16 * upper, lowerBlocks: blocks[1])
      #expect(rounded.factorDiagonalBlocks.scalars == chain.factorDiagonalBlocks.scalars)
      guard chain.blockSize > 1 else { return }
      #expect(throws: GraphicalModelError.self) {
        try BlockChainPrecision(
          diagonalBlocks: blocks[0].lowerTriangle(), lowerBlocks: blocks[1])
      }
    }

    @Test(
      "The gradients of a block chain's factorization agree with central differences",
      arguments: sizes, BatchCase.batches)
    func factorGradients(_ structure: StructureCase, _ batch: Shape) {
      let (_, blocks) = Self.example(structure, batch: batch, seed: 92)
      var generator = Philox(seed: 93)
      let noise = Tensor<Double>.normal([2] + batch + [structure.dimension], using: &generator)
      expectGradients(at: blocks, step: 1e-3, within: 1e-7) {
        // The gradient is defined for symmetric diagonal blocks.
        let chain = try! BlockChainPrecision(
          diagonalBlocks: 0.5 * ($0[0] + $0[0].transposed()), lowerBlocks: $0[1])
        return weightedSum([
          chain.unwhiten(noise), chain.whiten(noise), chain.logDeterminant,
          chain.marginalVariances, chain.factorDiagonalBlocks, chain.factorLowerBlocks,
        ])
      }
      CoverageTable.note("gradient of the factor", structure)
    }

    @Test(
      "A block chain that is not positive definite is refused with its pivot and matrix",
      arguments: [1, 2, 3, 9, 17])
    func failure(_ d: Int) throws {
      let length = 4
      for (matrix, pivot) in [(0, 0), (1, d - 1), (3, d), (5, 4 * d - 1)] {
        var diagonal = Tensor<Double>.identity(d).broadcast(to: [2, 3, length, d, d]).scalars
        let place = matrix * length * d * d + pivot / d * d * d + pivot % d * (d + 1)
        for bad in [-0.5, .nan, .infinity] {
          diagonal[place] = bad
          #expect(throws: NotPositiveDefinite(pivot: pivot, matrix: matrix)) {
            try BlockChainPrecision(
              diagonalBlocks: Tensor(diagonal, shape: [2, 3, length, d, d]),
              lowerBlocks: .full(0.1 / Double(d), [2, 3, length - 1, d, d]))
          }
        }
      }
      // A link so large that the next pivot becomes negative.
      var links = Tensor<Double>.zeros([length - 1, d, d]).scalars
      links[d * d] = 1.5
      #expect(throws: NotPositiveDefinite(pivot: 2 * d, matrix: 0)) {
        try BlockChainPrecision(
          diagonalBlocks: Tensor<Double>.identity(d).broadcast(to: [length, d, d]),
          lowerBlocks: Tensor(links, shape: [length - 1, d, d]))
      }
    }

    @Test("A block chain with blocks of one variable agrees with a chain", arguments: [1, 2, 9])
    func chains(_ k: Int) {
      var generator = Philox(seed: 94)
      let parameters = StructureCase.chain(k).parameters(batch: [3], using: &generator)
      let chain = ChainPrecision(
        factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
      let blocks = BlockChainPrecision(
        factorDiagonalBlocks: parameters[0].reshaped(to: [3, k, 1, 1]),
        factorLowerBlocks: parameters[1].reshaped(to: [3, k - 1, 1, 1]))
      let noise = Tensor<Double>.normal([4, 3, k], using: &generator)
      for operation in VectorOperation.allCases {
        expectClose(operation(blocks, noise), operation(chain, noise).scalars, within: 1e-13)
      }
      expectClose(blocks.marginalVariances, chain.marginalVariances.scalars, within: 1e-13)
    }

    /// A stationary process `x_{t+1} = ρ x_t + noise` in each block, for which `Σ_tt` is known in
    /// closed form.
    ///
    /// The blocks in `Double` are those in `Float`, converted. Rounding the blocks themselves
    /// changes the variances by about 10⁻⁵, which is not an error of the arithmetic. A rounding
    /// error of `6·10⁻⁸` in a pivot passes to the next pivot with the factor `ρ²`, and to a
    /// variance with the factor `1/(1 − ρ²)`. Rounding errors are thus amplified by `(1 − ρ²)⁻²`,
    /// about 100, and each pivot has a few of them.
    @Test("Long block chains in Float agree with Double", arguments: [2, 8, 17, 32])
    func large(_ d: Int) throws {
      let length = 4096
      func blocks<Scalar>(_: Scalar.Type) -> (diagonal: Tensor<Scalar>, lower: Tensor<Scalar>) {
        let rho = Scalar(0.95)
        let identity = Tensor<Scalar>.identity(d)
        let inner = (1 + rho * rho) * identity
        let middle = inner.reshaped(to: [1, d, d]).broadcast(to: [length - 2, d, d])
        let end = identity.reshaped(to: [1, d, d])
        return (
          .concatenated([end, middle, end]), (-rho * identity).broadcast(to: [length - 1, d, d])
        )
      }
      let (exact, rounded) = (blocks(Double.self), blocks(Float.self))
      let variance = 1 / (1 - 0.95 * 0.95)
      expectClose(
        try BlockChainPrecision(diagonalBlocks: exact.diagonal, lowerBlocks: exact.lower)
          .marginalVariances,
        [Double](repeating: variance, count: length * d), within: 1e-11)
      let single = try BlockChainPrecision(
        diagonalBlocks: rounded.diagonal, lowerBlocks: rounded.lower)
      let double = try BlockChainPrecision(
        diagonalBlocks: rounded.diagonal.converted(to: Double.self),
        lowerBlocks: rounded.lower.converted(to: Double.self))
      let tolerance = 2e-5
      expectClose(
        single.marginalVariances, double.marginalVariances.scalars, within: tolerance, "variances")
      var generator = Philox(seed: 95)
      let noise = Tensor<Float>.normal([length * d], using: &generator)
      for operation in VectorOperation.allCases {
        expectClose(
          operation(single, noise), operation(double, noise.converted()).scalars, within: tolerance,
          "\(operation)")
      }
    }

    @Test("Blocks that do not fit a block chain stop the program with their shapes")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = BlockChainPrecision<Float>(
            factorDiagonalBlocks: .ones([4, 2, 2]), factorLowerBlocks: .ones([4, 2, 2]))
        }, "a block chain", "[4, 2, 2]", "[batch…, T − 1, d, d]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = BlockChainPrecision<Float>(
            factorDiagonalBlocks: -1 * .identity(2).reshaped(to: [1, 2, 2]),
            factorLowerBlocks: .ones([0, 2, 2]))
        }, "a block chain", "-1.0", "at 0")
    }
  }
}
