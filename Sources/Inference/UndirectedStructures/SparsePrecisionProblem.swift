import LatentGraphs
import Tensors

/// The problem of minimizing `−log|P| + tr(S P)` over precisions with a penalty or with given
/// zeros. It is solved separately for each component.
struct SparsePrecisionProblem {
  /// The constraint that makes the precision sparse.
  enum Constraint {
    /// `α Σ |P_ij|` is added to the objective, with the sum over the pairs `i ≠ j` in both orders.
    case penalty(Double)
    /// `P` is zero where the graph has no edge.
    case graph(UndirectedGraph)
  }

  /// The units in which the problem is solved, and the covariance and the initial precision in
  /// these units.
  let scaling: UnitScaling
  let covariance: SymmetricMatrix
  let start: SymmetricMatrix?
  let constraint: Constraint
  let tolerance: Double
  let maximumSteps: Int

  /// - Throws: `UndirectedStructureError` if a matrix is not a covariance or a precision.
  init<Scalar>(
    covariance: Tensor<Scalar>, constraint: Constraint, tolerance: Double, maximumSteps: Int,
    start: Tensor<Scalar>?
  ) throws {
    let matrix = try SymmetricMatrix(covariance, name: "a covariance")
    let scaling = try UnitScaling(covariance: matrix)
    self.scaling = scaling
    self.covariance = matrix.with(elements: scaling.scaled(matrix, by: -1))
    self.constraint = constraint
    self.tolerance = tolerance
    self.maximumSteps = maximumSteps
    self.start = try start.map {
      let start = try SymmetricMatrix($0, name: "a precision to start from")
      require(
        start.size == matrix.size,
        "an initial precision of \(start.size) variables for a covariance of \(matrix.size)")
      return start.with(elements: scaling.scaled(start, by: 1))
    }
  }

  /// The minimum.
  /// - Throws: `UndirectedStructureError`; `notConverged` contains the best fit.
  func solved<Scalar>() throws -> UndirectedStructureFit<Scalar> {
    let n = covariance.size
    var precision = [Double](repeating: 0, count: n * n)
    var inverse = precision
    var (objective, gap, steps) = (scaling.logDeterminant, 0.0, 0)
    for component in components() {
      let part = try solution(on: component)
      for (row, i) in component.enumerated() {
        for (column, j) in component.enumerated() {
          precision[i * n + j] = part.precision.pointer[row * component.count + column]
          inverse[i * n + j] = part.covariance.pointer[row * component.count + column]
        }
      }
      objective += part.objective
      gap += part.gap
      steps = max(steps, part.steps)
    }
    let fit = UndirectedStructureFit(
      mean: Tensor<Double>.zeros([n]),
      precision: Tensor(scaling.scaled(precision, by: -1), shape: [n, n]),
      covariance: Tensor(scaling.scaled(inverse, by: 1), shape: [n, n]),
      graph: try graph(of: precision), objective: objective, dualityGap: gap, steps: steps)
    guard gap <= tolerance else {
      throw UndirectedStructureError.notConverged(best: fit, tolerance: tolerance)
    }
    return try fit.converted()
  }

  /// The sets of variables between which the precision is known to be zero at the minimum.
  private func components() -> [[Int]] {
    let n = covariance.size
    var components = ConnectedComponents(dimension: n)
    switch constraint {
    case .graph(let graph): for edge in graph.edges { components.join(edge.first, edge.second) }
    case .penalty(let penalty):
      let inverses = scaling.inverses
      covariance.elements.withUnsafeBufferPointer { s in
        for i in 0..<n {
          let row = penalty * inverses[i]
          for j in i + 1..<max(i + 1, n) where abs(s[i * n + j]) > row * inverses[j] {
            components.join(i, j)
          }
        }
      }
    }
    return components.sets()
  }

  /// The minimum over the variables of a component, with the component's share of the tolerance.
  private func solution(on component: [Int]) throws -> SparseNewton.Solution {
    let scales = Storage<Double>(count: component.count)
    let inverses = scaling.inverses
    for (place, variable) in component.enumerated() { scales.pointer[place] = inverses[variable] }
    func minimized(from start: Storage<Double>?) throws -> SparseNewton.Solution {
      try SparseNewton(
        covariance: covariance.block(component), rounding: covariance.rounding, scales: scales,
        size: component.count, constraint: localConstraint(on: component)
      ).minimized(
        from: start, maximumSteps: maximumSteps,
        tolerance: tolerance * Double(component.count) / Double(covariance.size))
    }
    do {
      // The minimum does not depend on the start. From a start that is far too large or small, the
      // method may fail where it succeeds from independent variables.
      guard let start = start?.block(component) else { return try minimized(from: nil) }
      do {
        let solution = try minimized(from: start)
        if solution.gap.isFinite { return solution }
      } catch SparseNewton.Failure.covariance {
      } catch SparseNewton.Failure.penalty {}
      return try minimized(from: nil)
    } catch let failure as SparseNewton.Failure {
      switch failure {
      case .covariance(let variables):
        throw UndirectedStructureError.covarianceNotPositiveDefinite(
          variables: variables.map { component[$0] })
      case .indefinite(let variables):
        throw UndirectedStructureError.covarianceIndefinite(
          variables: variables.map { component[$0] })
      case .penalty(let variables, let least):
        throw UndirectedStructureError.penaltyTooSmall(
          penalty: penalty, least: least, variables: variables.map { component[$0] })
      case .start(let pivot):
        throw UndirectedStructureError.startNotPositiveDefinite(variable: component[pivot])
      }
    }
  }

  /// The penalty, 0 for a given graph.
  private var penalty: Double {
    if case .penalty(let penalty) = constraint { penalty } else { 0 }
  }

  /// The constraint with the variables renumbered within a component.
  private func localConstraint(on component: [Int]) -> SparseNewton.Constraint {
    switch constraint {
    case .penalty(let penalty): return .penalty(penalty)
    case .graph(let graph):
      guard component.count > 1 else { return .pattern([]) }
      guard component.count < graph.dimension else { return .pattern(graph.edges) }
      var place = [Int](repeating: -1, count: graph.dimension)
      for (new, old) in component.enumerated() { place[old] = new }
      // Both variables of an edge are in the same component.
      let edges = graph.edges.filter { place[$0.first] >= 0 }
      return .pattern(edges.map { .init(place[$0.first], place[$0.second]) })
    }
  }

  private func graph(of precision: [Double]) throws -> UndirectedGraph {
    if case .graph(let graph) = constraint { return graph }
    let n = covariance.size
    var edges: [UndirectedGraph.Edge] = []
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) where precision[i * n + j] != 0 { edges.append(.init(i, j)) }
    }
    return try UndirectedGraph(dimension: n, edges: edges)
  }
}
