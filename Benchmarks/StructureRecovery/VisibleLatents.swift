import Foundation
import Tensors

extension Recovery {
  /// The edges that Schwarz's criterion (BIC) selects if the latents are observed: for each node
  /// the set of parents with the best score, among all sets.
  ///
  /// A method that uses only the observations cannot be expected to do better: if this misses an
  /// edge, the samples do not reveal it.
  var edgesFromVisibleLatents: [Bool] {
    let z = data.latents.converted(to: Double.self)
    let count = Double(data.count)
    let centered = z - z.mean(axis: 0)
    let covariance = matrixProduct(centered, centered, transposingLeft: true) * (1 / count)
    func score(_ child: Int, _ parents: [Int]) -> Double {
      0.5 * count * log(residualVariance(of: child, given: parents, covariance))
        + 0.5 * Double(parents.count) * log(count)
    }
    let best = graph.nodes.indices.map { child in
      let candidates = graph.parents(of: child)
      let sets = (0..<(1 << candidates.count)).map { code in
        candidates.indices.filter { code >> $0 & 1 == 1 }.map { candidates[$0] }
      }
      return sets.min { score(child, $0) < score(child, $1) }!
    }
    return graph.edges.map { best[$0.child].contains($0.parent) }
  }

  private func residualVariance(
    of child: Int, given parents: [Int], _ covariance: Tensor<Double>
  ) -> Double {
    let own = covariance[child, child]
    guard !parents.isEmpty else { return own }
    let among = Tensor(
      parents.flatMap { row in parents.map { covariance[row, $0] } },
      shape: [parents.count, parents.count])
    let across = Tensor(parents.map { covariance[$0, child] }, shape: [parents.count, 1])
    guard let factor = try? among.cholesky() else { return own }
    return own - triangularSolve(factor, across).squared().sum().scalar
  }
}
