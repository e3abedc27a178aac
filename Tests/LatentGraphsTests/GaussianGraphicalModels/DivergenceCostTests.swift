import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A kind of structure: a row or a column of the table of costs in the documentation of
/// `klDivergence`.
enum CostKind: String, CaseIterable, Sendable {
  case diagonal, chain, blockChain, tree, extendedGrid, regularGrid, dense

  /// A well-conditioned precision of this kind with `h×w` variables.
  func precision(_ size: CostSize) -> any PrecisionStructure<Double> {
    let (h, w, k, d) = (size.height, size.width, size.variables, size.block)
    switch self {
    case .diagonal: return DiagonalPrecision(logFactor: .full(0.2, [k]))
    case .chain:
      return ChainPrecision(
        factorDiagonal: .full(1.5, [k]), factorOffDiagonal: .full(-0.5, [k - 1]))
    case .blockChain:
      return BlockChainPrecision(
        factorDiagonalBlocks: (1.5 * Tensor<Double>.identity(d)).broadcast(to: [k / d, d, d]),
        factorLowerBlocks: .full(-0.5 / Double(d), [k / d - 1, d, d]))
    case .tree:
      let graph = UndirectedGraph.nearTree(k)
      return try! SparsePrecision(
        graph: graph, diagonal: .full(Double(k), [k]), offDiagonal: .full(-0.5, [k - 1]))
    case .extendedGrid:
      return ExtendedGridPrecision(
        height: h, width: w, factorDiagonal: .full(1.5, [k]),
        factorRight: .full(-0.3, [h * (w - 1)]), factorDown: .full(-0.3, [(h - 1) * w]))
    case .regularGrid:
      return try! GridPrecision(
        height: h, width: w, diagonal: .full(5, [k]), right: .full(-1, [h * (w - 1)]),
        down: .full(-1, [(h - 1) * w]))
    case .dense: return DensePrecision(factor: 1.5 * .identity(k))
    }
  }
}

/// A size of the models whose costs are compared.
struct CostSize: Hashable, Sendable, CustomTestStringConvertible {
  let height, width: Int
  var block = 4

  var variables: Int { height * width }
  var testDescription: String { "\(height)×\(width), blocks of \(block)" }
}

/// The documented cost of a pair of structures.
enum DocumentedCost: Sendable {
  case perVariable, timesBlock, timesBlockSquared, timesWidth, union, squared, cubed

  /// The number of operations: `k`, `k·d`, …, and `k·(b + 1)²` for a union with the longest edge
  /// `b`.
  func callAsFunction(_ size: CostSize, longestEdge: Int) -> Double {
    let (k, d, w) = (Double(size.variables), Double(size.block), Double(size.width))
    switch self {
    case .perVariable: return k
    case .timesBlock: return k * d
    case .timesBlockSquared: return k * d * d
    case .timesWidth: return k * w
    case .union: return k * pow(Double(longestEdge) + 1, 2)
    case .squared: return k * k
    case .cubed: return k * k * k
    }
  }

  /// The allowed number of operations for each documented one. The default allows a few for each
  /// element. A grid takes 10 for a large square and up to 28 for a long rectangle with nested
  /// dissection, so 32 are allowed. A union takes up to 2.1 times the operations of the band,
  /// because minimum degree does not always find the band.
  var constant: Double {
    switch self {
    case .union: 2.5
    case .timesWidth: 32
    default: 8
    }
  }
}

/// A cell of the table of costs.
struct CostCell: Sendable, CustomTestStringConvertible {
  let q, p: CostKind
  let cost: DocumentedCost

  var testDescription: String { "\(q), \(p): \(cost)" }

  /// The table of costs, row by row.
  static let all: [CostCell] = {
    typealias Cost = DocumentedCost
    let (k, kd, kd2, kw) = (
      Cost.perVariable, Cost.timesBlock, Cost.timesBlockSquared, Cost.timesWidth
    )
    let (u, k2, k3) = (Cost.union, Cost.squared, Cost.cubed)
    let rows: [(CostKind, [Cost])] = [
      // The columns are diagonal, chain, block chain, tree, extended grid, regular grid and dense.
      (.diagonal, [k, k, kd, k, k, k, k2]),
      (.chain, [k, k, kd2, u, kw, kw, k3]),
      (.blockChain, [kd2, kd2, kd2, u, u, u, k3]),
      (.tree, [k, u, u, k, u, u, k3]),
      (.extendedGrid, [kw, kw, u, u, kw, kw, k3]),
      (.regularGrid, [kw, u, u, u, kw, kw, k3]),
      (.dense, [k3, k3, k3, k3, k3, k3, k3]),
    ]
    return rows.flatMap { q, costs in
      zip(CostKind.allCases, costs).map { CostCell(q: q, p: $0, cost: $1) }
    }
  }()

  /// The graph whose factorization gives the trace. It is `nil` if the structure of `q` computes
  /// the needed covariances by itself, or if the graph is complete.
  func factored(_ size: CostSize) -> UndirectedGraph? {
    let (q, p) = (self.q.precision(size), self.p.precision(size))
    let union = q.graph.union(p.graph)
    let isSparse = q is SparsePrecision<Double> || q is GridPrecision<Double>
    return isSparse || q.ownCovariances(on: union) == nil ? union : nil
  }

  /// The cells in which the trace is computed by a factorization.
  static let factored = all.filter {
    $0.q != .dense && $0.p != .dense && $0.factored(CostSize(height: 8, width: 8)) != nil
  }

  /// The remaining cells.
  static let own = all.filter { cell in
    !factored.contains { ($0.q, $0.p) == (cell.q, cell.p) }
  }
}

extension GraphTests {
  /// The documented cost of every pair of structures. The operations are counted if the trace needs
  /// a factorization. Otherwise the time is measured.
  @Suite("Cost of the KL divergence between any two structures", .tags(.cost)) struct DivergenceCost
  {
    /// Grids of increasing length at a fixed width, and of increasing width at a fixed length.
    static let sizes =
      [64, 256, 1024].map { CostSize(height: $0, width: 16) }
      + [8, 32, 128].map { CostSize(height: 128, width: $0, block: min(8, $0 / 2)) }

    @Test(
      "The counted operations of a KL divergence do not exceed the documented cost",
      arguments: CostCell.factored, sizes)
    func counted(_ cell: CostCell, _ size: CostSize) throws {
      let graph = try #require(cell.factored(size))
      let work = Double(try graph.eliminationWork())
      let documented = cell.cost(size, longestEdge: graph.longestEdge)
      #expect(work <= cell.cost.constant * documented, "\(work / documented)")
    }

    /// For the documented cost the slope is 1. The bound is half way to the slope of a cost with
    /// one more factor of the length or the width.
    @Test(
      "The time of a KL divergence grows like the documented cost", arguments: CostCell.own,
      [false, true])
    func timed(_ cell: CostCell, _ isWider: Bool) {
      let isDense = cell.q == .dense || cell.p == .dense
      let (small, large) =
        isWider
        ? isDense
          ? (CostSize(height: 16, width: 8, block: 2), CostSize(height: 16, width: 32, block: 8))
          : (CostSize(height: 256, width: 8, block: 2), CostSize(height: 256, width: 32, block: 8))
        : isDense
          ? (CostSize(height: 8, width: 16), CostSize(height: 32, width: 16))
          : (CostSize(height: 256, width: 16), CostSize(height: 4096, width: 16))
      func divergence(_ size: CostSize) -> () -> Void {
        let models = [cell.q, cell.p].map {
          GaussianGraphicalModel(precision: $0.precision(size))
        }
        return { #expect(models[0].klDivergence(from: models[1]).isFinite) }
      }
      let edge = cell.q.precision(small).graph.union(cell.p.precision(small).graph).longestEdge
      let ratio =
        cell.cost(large, longestEdge: edge) / cell.cost(small, longestEdge: edge)
      let (slope, comment) = slopeOfTime(
        sizeRatio: ratio, repetitions: 5, small: divergence(small), large: divergence(large))
      let sizeRatio =
        isWider
        ? Double(large.width / small.width) : Double(large.height / small.height)
      #expect(slope < 1 + 0.5 * log2(sizeRatio) / log2(ratio), comment)
    }
  }
}
