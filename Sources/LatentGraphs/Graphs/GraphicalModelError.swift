import Tensors

/// What data can make wrong with a graph, its values or what is asked of it.
public enum GraphicalModelError: DescribedError {
  /// An edge leads out of the graph.
  case edgeOutOfRange(UndirectedGraph.Edge, dimension: Int)
  /// An edge joins a variable with itself.
  case loop(variable: Int)
  /// An edge is given twice.
  case repeatedEdge(UndirectedGraph.Edge)
  /// Values do not fit the graph that they are for.
  case valuesDoNotFit(dimension: Int, edges: Int, diagonal: Shape, offDiagonal: Shape)
  /// A matrix of a batch that should be symmetric has another element at `row` and `column` than at
  /// `column` and `row`.
  case notSymmetric(matrix: Int, row: Int, column: Int, element: Double, mirrored: Double)
  /// A block on the diagonal of a matrix of a batch that should be symmetric has another element at `row`
  /// and `column` of the block than at `column` and `row`.
  case blockNotSymmetric(
    matrix: Int, block: Int, row: Int, column: Int, element: Double, mirrored: Double)
  /// Evidence on a variable that the model does not have.
  case evidenceOutOfRange(variable: Int, dimension: Int)
  /// Evidence on a variable that is given twice.
  case repeatedEvidence(variable: Int)
  /// Evidence on all variables, of which none is left.
  case nothingLeft
  /// Evidence whose value is NaN or infinite, or whose noise has a variance that is not positive and
  /// finite, which is given then.
  case evidenceNotFinite(variable: Int, value: Double = .nan, variance: Double? = nil)
  /// Evidence that is so far from its mean that means given it are beyond the range of the type.
  case evidenceTooFar(variable: Int, value: Double)
  /// Evidence on a variable in `[0, 1]`, as those of a `LogitNormal` are, that lies outside of it.
  case evidenceOutsideUnitInterval(variable: Int, value: Double)
  /// Evidence with noise on a model that has no closed form given such, as a `LogitNormal`; the first
  /// variable and the variance of its noise.
  case noisyEvidence(variable: Int, variance: Double)

  /// What is wrong, and what it takes.
  public var description: String {
    switch self {
    case .edgeOutOfRange(let edge, let dimension):
      "the edge \(edge) leads out of a graph of \(dimension) variables; their numbers begin with 0 and "
        + "end below \(dimension)"
    case .loop(let variable):
      "an edge joins the variable \(variable) with itself; the diagonal needs no edges"
    case .repeatedEdge(let edge): "the edge \(edge) is given twice; give it once"
    case .valuesDoNotFit(let dimension, let edges, let diagonal, let offDiagonal):
      "a graph of \(dimension) variables and \(edges) edges got a diagonal of shape \(diagonal) and "
        + "off-diagonal elements of shape \(offDiagonal); it takes [batch…, \(dimension)] and "
        + "[batch…, \(edges)]"
    case .notSymmetric(let matrix, let row, let column, let element, let mirrored):
      "matrix \(matrix) of the batch is not symmetric: \(element) in row \(row), column \(column), and "
        + "\(mirrored) in row \(column), column \(row); correct the elements, or pass (P + Pᵀ)/2 "
        + "where they differ by rounding alone"
    case .blockNotSymmetric(let matrix, let block, let row, let column, let element, let mirrored):
      "block \(block) on the diagonal of matrix \(matrix) of the batch is not symmetric: \(element) in "
        + "row \(row), column \(column) of the block, and \(mirrored) in row \(column), column \(row); "
        + "correct the elements, or pass (A + Aᵀ)/2 where they differ by rounding alone"
    case .evidenceOutOfRange(let variable, let dimension):
      "evidence on the variable \(variable) of a model of \(dimension) variables; their numbers begin "
        + "with 0 and end below \(dimension)"
    case .repeatedEvidence(let variable):
      "the evidence names the variable \(variable) twice; name it once"
    case .nothingLeft:
      "the evidence names all variables, so that none is left; their density is logDensity(of:)"
    case .evidenceNotFinite(let variable, let value, let variance):
      if let variance {
        "the evidence on the variable \(variable) has noise of variance \(variance), which is not "
          + "positive and finite; give exact values without variances"
      } else {
        "the evidence on the variable \(variable) is \(value), which is not finite; leave the variable "
          + "out where its value is not known"
      }
    case .evidenceTooFar(let variable, let value):
      "the evidence on the variable \(variable), \(value), is so far from its mean that the means given it "
        + "overflow; measure the variables in other units, or compute in Double"
    case .evidenceOutsideUnitInterval(let variable, let value):
      "the evidence on the variable \(variable) is \(value), which is outside of [0, 1]; scale it "
        + "first, bytes for example to (byte + u)/256 with u in [0, 1)"
    case .noisyEvidence(let variable, let variance):
      "the evidence on the variable \(variable) has noise of variance \(variance), under which a "
        + "logit-normal has no closed form; give exact values, or condition its `logits` where the "
        + "noise is added to log-odds"
    }
  }
}

extension GraphicalModelError: Equatable {
  /// Whether both say the same; of evidence that is not finite, whether they name the same variable, since
  /// NaN is not equal to itself.
  public static func == (a: GraphicalModelError, b: GraphicalModelError) -> Bool {
    if case .evidenceNotFinite(let own, _, _) = a, case .evidenceNotFinite(let other, _, _) = b {
      return own == other
    }
    return a.description == b.description
  }
}
