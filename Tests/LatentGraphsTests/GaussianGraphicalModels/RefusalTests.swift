import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// The reasons for which a precision is refused, and the messages.
  @Suite("Refusals of precisions") struct Refusal {
    static let bad: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, -1, .leastNonzeroMagnitude]

    /// All initializers that take elements of `P`.
    static func initializers<Scalar: TensorScalar>(
      _ diagonal: [Scalar], _ off: [Scalar]
    ) -> [(name: String, make: () throws -> Void)] {
      let (d, o) = (Tensor(diagonal), Tensor(off))
      let zeros = Tensor<Scalar>.zeros([2])
      let graph = UndirectedGraph.chain(4)
      let elements = try! SymmetricElements(graph: graph, diagonal: d, offDiagonal: o)
      let star = try! UndirectedGraph(
        dimension: 4, edges: [.init(0, 1), .init(1, 2), .init(2, 3), .init(0, 3)])
      let cycle = try! SymmetricElements(
        graph: star, diagonal: d, offDiagonal: .concatenated([o, .zeros([1])]))
      return [
        ("chain", { _ = try ChainPrecision(diagonal: d, offDiagonal: o) }),
        ("forest", { _ = try SparsePrecision(elements: elements) }),
        ("supernodes", { _ = try SparsePrecision(elements: cycle) }),
        ("dense", { _ = try DensePrecision(matrix: elements.matrix) }),
        ("block chain", { _ = try BlockChainPrecision(elements: elements, blockSize: 2) }),
        ("cheapest", { _ = try cheapestPrecision(of: elements) }),
        (
          "grid",
          {
            let right = Tensor([o.scalars[0], o.scalars[2]])
            _ = try GridPrecision(height: 2, width: 2, diagonal: d, right: right, down: zeros)
          }
        ),
      ]
    }

    @Test(
      "A precision with a diagonal element that is not finite, positive and normal is refused",
      arguments: 0..<4
    )
    func diagonal(_ place: Int) {
      func check<Scalar: TensorScalar>(_: Scalar.Type) {
        for bad in Self.bad {
          var diagonal = [Scalar](repeating: 3, count: 4)
          diagonal[place] =
            bad == .leastNonzeroMagnitude ? Scalar.leastNonzeroMagnitude * 3 : Scalar(bad)
          for (name, make) in Self.initializers(diagonal, [0, 0, 0]) {
            #expect(throws: NotPositiveDefinite(pivot: place), "\(name), \(bad)") { try make() }
          }
          #expect(throws: NotPositiveDefinite(pivot: place), "diagonal, \(bad)") {
            _ = try DiagonalPrecision(diagonal: Tensor(diagonal))
          }
        }
      }
      check(Double.self)
      check(Float.self)
    }

    @Test(
      "A precision with an off-diagonal element that is NaN or infinite is refused",
      arguments: 0..<3)
    func offDiagonal(_ place: Int) {
      for bad in [Double.nan, .infinity, -.infinity] {
        var off = [0.1, 0.1, 0.1]
        off[place] = bad
        for (name, make) in Self.initializers([3, 3, 3, 3], off) where name != "grid" {
          #expect(throws: NotPositiveDefinite.self, "\(name), \(bad)") { try make() }
        }
      }
    }

    @Test("The error of a refused precision names the pivot, its value, the condition and a remedy")
    func message() throws {
      let negative = try #require(
        #expect(throws: NotPositiveDefinite.self) {
          try ChainPrecision<Double>(diagonal: Tensor([1, 1, 2]), offDiagonal: Tensor([2, 0]))
        })
      #expect(negative.pivot == 1 && negative.value == -3 && negative.condition == nil)
      #expect(negative.description.contains("row 1 is -3.0"))

      // The Laplacian of a cycle of four nodes is singular. Its variance was once computed as
      // 1.7e15.
      let cycle = try UndirectedGraph(
        dimension: 4, edges: [.init(0, 1), .init(1, 2), .init(2, 3), .init(0, 3)])
      #expect(throws: NotPositiveDefinite.self) {
        try SparsePrecision<Double>(
          graph: cycle, diagonal: .full(2, [4]), offDiagonal: .full(-1, [4]))
      }
      let batch = try #require(
        #expect(throws: NotPositiveDefinite.self) {
          try SparsePrecision<Float>(
            graph: cycle, diagonal: Tensor([3, 3, 3, 3, 2.0000005, 2, 2, 2], shape: [2, 4]),
            offDiagonal: .full(-1, [2, 4]))
        })
      #expect(batch.matrix == 1)
      let condition = try #require(batch.condition)
      #expect(condition.estimate > condition.limit && condition.element >= 2)
      #expect(condition.limit == 0.05 / Double(Float.ulpOfOne) && condition.typeName == "Float")
      for words in ["matrix 1", "Float", "row \(batch.pivot)", "Double", "\(condition.limit)"] {
        #expect(batch.description.contains(words))
      }
      #expect(batch.localizedDescription == batch.description)
    }

    /// Five nodes with a prior precision of 1e-12 and links of 1e4. Their variances were once wrong
    /// by 55 %.
    @Test("A chain whose prior is lost in the rounding of its links is refused")
    func lostPrior() {
      let diagonal = [1e4 + 1e-12, 2e4, 2e4, 2e4, 1e4]
      for (name, make) in [
        (
          "chain",
          {
            _ = try ChainPrecision(
              diagonal: Tensor(diagonal), offDiagonal: .full(-1e4, [4]))
          }
        ),
        (
          "forest",
          {
            _ = try SparsePrecision(
              graph: .chain(5), diagonal: Tensor(diagonal), offDiagonal: .full(-1e4, [4]))
          }
        ),
      ] as [(String, () throws -> Void)] {
        #expect(throws: NotPositiveDefinite.self, "\(name)") { try make() }
      }
    }

    /// The factor `L` has ones on its diagonal and −2 below it. Its pivots are 1, a fifth of the
    /// diagonal elements of `P`, while `κ` grows as `4ᵏ`.
    @Test("A precision with a large condition number is refused even if no pivot is small")
    func growth() throws {
      func chain(_ k: Int) throws -> ChainPrecision<Float> {
        let elements = ChainPrecision<Float>(
          factorDiagonal: .ones([k]), factorOffDiagonal: .full(-2, [k - 1])
        ).elements
        return try ChainPrecision(diagonal: elements.diagonal, offDiagonal: elements.offDiagonal)
      }
      #expect(throws: Never.self) { _ = try chain(6) }
      let error = try #require(#expect(throws: NotPositiveDefinite.self) { try chain(14) })
      #expect(error.value == 1)
    }

    @Test("A precision from a network that would be refused gives NaN instead of an error")
    func continuesPastBadPivots() {
      let lost = GridPrecision<Float>(
        height: 3, width: 9, excess: .full(-40, [27]), right: .ones([24]), down: .ones([18]))
      let kept = GridPrecision<Float>(
        height: 3, width: 9, excess: .full(-4, [27]), right: .ones([24]), down: .ones([18]))
      #expect(lost.logDeterminant.scalar.isNaN && kept.logDeterminant.isFinite)
      #expect(lost.marginalVariances.scalars.allSatisfy { $0.isNaN })
    }

    @Test("A matrix that is not symmetric is refused with the element named")
    func asymmetric() throws {
      var matrix = Tensor<Double>.identity(3).scalars + Tensor<Double>.identity(3).scalars
      (matrix[10], matrix[12]) = (0.25, 0.25)
      #expect(throws: Never.self) {
        try DensePrecision(matrix: Tensor(matrix, shape: [2, 3, 3]))
      }
      for (upper, isSymmetric) in [(0.25 + 1e-15, true), (0.25 + 1e-12, false), (.nan, false)] {
        matrix[10] = upper
        let result = Result { try DensePrecision(matrix: Tensor(matrix, shape: [2, 3, 3])) }
        switch result {
        case .success: #expect(isSymmetric)
        case .failure(
          GraphicalModelError.notSymmetric(let batch, let row, let column, _, let other)):
          #expect(!isSymmetric && batch == 1 && row == 0 && column == 1 && other == 0.25)
        case .failure(let error): Issue.record("\(error)")
        }
      }
    }

    @Test("A block that is not symmetric is refused with the element named")
    func asymmetricBlock() throws {
      var blocks = [Double](repeating: 0, count: 2 * 3 * 2 * 2)
      for i in 0..<12 { blocks[i * 2 + (i % 2 == 0 ? 0 : 1)] = 2 }
      func chain(_ blocks: [Double]) throws -> BlockChainPrecision<Double> {
        try BlockChainPrecision(
          diagonalBlocks: Tensor(blocks, shape: [2, 3, 2, 2]), lowerBlocks: .zeros([2, 2, 2, 2]))
      }
      #expect(throws: Never.self) { try chain(blocks) }
      let upper = (1 * 3 + 2) * 4 + 1
      blocks[upper + 1] = 0.25
      for (value, isSymmetric) in [
        (0.25, true), (0.25 + 2e-15, true), (0.25 - 1e-12, false), (-0.25, false), (.nan, false),
      ] {
        blocks[upper] = value
        switch Result(catching: { try chain(blocks) }) {
        case .success: #expect(isSymmetric, "\(value)")
        case .failure(
          GraphicalModelError.blockNotSymmetric(
            let matrix, let block, let row, let column, _, let other)):
          #expect(!isSymmetric && matrix == 1 && block == 2 && other == 0.25)
          #expect(row == 0 && column == 1)
        case .failure(let error): Issue.record("\(error)")
        }
      }
      blocks[upper] = 0.5
      let error = #expect(throws: GraphicalModelError.self) { try chain(blocks) }
      for words in ["block 2", "matrix 1", "0.5", "0.25"] {
        #expect(error?.description.contains(words) == true)
      }
      // Larger blocks, some of which are padded by the kernels.
      for size in 2...9 {
        var generator = Philox(seed: UInt64(size))
        let a = Tensor<Float>.normal([5, size, size], using: &generator)
        let square = matrixProduct(a, a, transposingRight: true) + Tensor<Float>.identity(size)
        let lower = Tensor<Float>.zeros([4, size, size])
        #expect(throws: Never.self) {
          try BlockChainPrecision(diagonalBlocks: square, lowerBlocks: lower)
        }
        var values = square.scalars
        let (row, column) = (3 * size + size - 2, size - 1)
        values[row * size + column] += 0.01
        #expect(throws: GraphicalModelError.self, "\(size)") {
          try BlockChainPrecision(
            diagonalBlocks: Tensor(values, shape: [5, size, size]), lowerBlocks: lower)
        }
      }
    }

    @Test("A covariance that is not symmetric or nearly singular is refused")
    func covariances() throws {
      let covariance = Tensor<Double>([2, 0.5, 0.1, 0.5, 1, 0.2, 0.1, 0.2, 3], shape: [3, 3])
      let precision = try DensePrecision(inverting: covariance)
      expectClose(precision.covarianceMatrix, covariance.scalars, within: 1e-14)
      #expect(precision.factor.scalars[1] == 0 && precision.factor.scalars[5] == 0)
      var values = covariance.scalars
      values[1] = 0.4
      #expect(
        throws: GraphicalModelError.notSymmetric(
          matrix: 0, row: 0, column: 1, element: 0.4, mirrored: 0.5)
      ) { try DensePrecision(inverting: Tensor(values, shape: [3, 3])) }
      let singular = Tensor<Float>([1, 1, 0, 1, 1.000001, 0, 0, 0, 1], shape: [3, 3])
      let error = #expect(throws: NotPositiveDefinite.self) {
        try DensePrecision(inverting: singular)
      }
      #expect(error?.description.contains("Double") == true)
      let negative = Tensor<Double>([1, 2, 2, 1], shape: [2, 2])
      #expect(throws: NotPositiveDefinite(pivot: 0)) { try DensePrecision(inverting: negative) }
    }

    @Test("A factor with an element that is infinite or NaN is refused")
    func factors() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ChainPrecision<Double>(
            factorDiagonal: Tensor([1, .infinity]), factorOffDiagonal: .zeros([1]))
        }, "a chain got the element inf on the diagonal of its factor at 1")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ChainPrecision<Double>(factorDiagonal: .ones([2]), factorOffDiagonal: Tensor([.nan]))
        }, "a chain got the element nan in its factor of shape [1] at 0")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DensePrecision<Double>(factor: Tensor([1, 0, .infinity, 1], shape: [2, 2]))
        }, "a dense precision got the element inf", "at 2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ExtendedGridPrecision<Double>(
            height: 2, width: 1, factorDiagonal: .ones([2]), factorRight: .zeros([0]),
            factorDown: Tensor([-.infinity]))
        }, "an extended grid got the element -inf in its factor")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try SparsePrecision<Double>(
            graph: .chain(2), factorDiagonal: .ones([2]), factorOffDiagonal: Tensor([.nan]))
        }, "a sparse precision got the element nan in its factor of shape [1] at 0")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = BlockChainPrecision<Double>(
            factorDiagonalBlocks: Tensor([1, 0, .nan, 1], shape: [1, 2, 2]),
            factorLowerBlocks: .zeros([0, 2, 2]))
        }, "a block chain got the element nan", "at 2")
    }
  }
}
