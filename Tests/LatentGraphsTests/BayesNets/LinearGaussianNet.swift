import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport

/// A linear-Gaussian net and its joint Gaussian with mean `(I − B)⁻¹ b` and precision `(I − B)ᵀ D⁻¹
/// (I − B)`, computed with plain matrices. The nodes are not listed in a topological order.
struct LinearGaussianNet {
  static let graph = try! LatentGraph([
    .init("c", dimension: 2, parents: ["b", "a"]), .init("d", dimension: 1, parents: ["c", "a"]),
    .init("a", dimension: 2), .init("e", dimension: 1),
    .init("b", dimension: 3, parents: ["a", "e"]),
  ])

  let net: BayesNet<Double>
  let parts: [LinearGaussian<Double>]
  var graph: LatentGraph { net.graph }

  init(seed: UInt64) {
    var generator = Philox(seed: seed)
    let graph = Self.graph
    parts = graph.nodes.indices.map { node in
      let (parents, dimension) = (graph.parentDimension(of: node), graph.nodes[node].dimension)
      return LinearGaussian(
        weight: parents > 0 ? 0.6 * .normal([parents, dimension], using: &generator) : nil,
        bias: .normal([dimension], using: &generator),
        logStandardDeviation: .uniform([dimension], in: -0.6..<0.4, using: &generator))
    }
    net = BayesNet(graph, conditionals: parts)
  }

  /// `B`, `b` and the standard deviations of all variables, node by node. Gates multiply the blocks
  /// of `B`.
  func coefficients(gates: [Double]? = nil) -> (b: Matrix, bias: [Double], deviations: [Double]) {
    var b = Matrix(zeros: graph.dimension, graph.dimension)
    for (child, part) in parts.enumerated() {
      var start = 0
      for parent in graph.parents(of: child) {
        let edge = graph.edges.firstIndex { $0.parent == parent && $0.child == child }!
        for (i, row) in graph.range(of: child).enumerated() {
          for (j, column) in graph.range(of: parent).enumerated() {
            b.rows[row][column] = part.weight!.value[start + j, i] * (gates?[edge] ?? 1)
          }
        }
        start += graph.nodes[parent].dimension
      }
    }
    return (
      b, parts.flatMap { $0.bias.value.scalars },
      parts.flatMap { $0.logStandardDeviation.value.scalars.map { Foundation.exp($0) } }
    )
  }

  /// The joint Gaussian of all variables, or of the remaining ones under an intervention.
  func dense(gates: [Double]? = nil, intervening: [String: [Double]] = [:]) -> DenseGaussian {
    var (b, bias, deviations) = coefficients(gates: gates)
    var isFree = [Bool](repeating: true, count: graph.dimension)
    for (name, value) in intervening {
      for (column, x) in zip(graph.range(of: graph.index(of: name)!), value) {
        isFree[column] = false
        for row in bias.indices { bias[row] += b.rows[row][column] * x }
      }
    }
    let free = isFree.indices.filter { isFree[$0] }
    var difference = Matrix.identity(free.count)
    for (i, row) in free.enumerated() {
      for (j, column) in free.enumerated() { difference.rows[i][j] -= b.rows[row][column] }
    }
    var factor = difference.transposed
    for (j, column) in free.enumerated() {
      for i in free.indices { factor.rows[i][j] /= deviations[column] }
    }
    return DenseGaussian(
      mean: difference.inverted().inverse * free.map { bias[$0] }, factor: factor)
  }
}

extension DenseGaussian {
  /// The mean and the covariance of the variables `rest` given the values of the variables
  /// `indices`.
  func conditioned(
    on indices: Range<Int>, _ values: [Double]
  ) -> (rest: [Int], mean: [Double], covariance: Matrix) {
    let rest = mean.indices.filter { !indices.contains($0) }
    let (covariance, _) = Matrix(rest.map { i in rest.map { precision.rows[i][$0] } }).inverted()
    let shift = rest.map { i in
      zip(indices, values).reduce(0) { $0 + precision.rows[i][$1.0] * ($1.1 - mean[$1.0]) }
    }
    return (rest, zip(rest, covariance * shift).map { mean[$0] - $1 }, covariance)
  }
}
