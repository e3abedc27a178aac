import Tensors

/// An error that data can cause in a graph, its values, or a request to a model.
public enum GraphicalModelError: DescribedError {
  /// An edge has a variable that is not in the graph.
  case edgeOutOfRange(UndirectedGraph.Edge, dimension: Int)
  /// An edge joins a variable with itself.
  case loop(variable: Int)
  /// An edge occurs twice.
  case repeatedEdge(UndirectedGraph.Edge)
  /// Values have shapes that do not match their graph.
  case valuesDoNotFit(dimension: Int, edges: Int, diagonal: Shape, offDiagonal: Shape)
  /// A matrix of a batch is not symmetric: its elements at `(row, column)` and `(column, row)`
  /// differ.
  case notSymmetric(matrix: Int, row: Int, column: Int, element: Double, mirrored: Double)
  /// A diagonal block of a matrix of a batch is not symmetric: its elements at `(row, column)` and
  /// `(column, row)` of the block differ.
  case blockNotSymmetric(
    matrix: Int, block: Int, row: Int, column: Int, element: Double, mirrored: Double)
  /// The evidence is on a variable that is not in the model.
  case evidenceOutOfRange(variable: Int, dimension: Int)
  /// The evidence contains a variable twice.
  case repeatedEvidence(variable: Int)
  /// The evidence is on all variables, so that no variable remains.
  case nothingLeft
  /// A value of the evidence is NaN or infinite; or, if `variance` is given, a variance of the
  /// noise is not positive and finite.
  case evidenceNotFinite(variable: Int, value: Double = .nan, variance: Double? = nil)
  /// The evidence is so far from its mean that conditional means overflow in the scalar type.
  case evidenceTooFar(variable: Int, value: Double)
  /// The evidence on a variable in `[0, 1]`, as those of a `LogitNormal`, is outside this interval.
  case evidenceOutsideUnitInterval(variable: Int, value: Double)
  /// The evidence has noise, but the model, such as a `LogitNormal`, has no closed form given noisy
  /// evidence. The first variable and the variance of its noise are given.
  case noisyEvidence(variable: Int, variance: Double)

  /// A description of the error and of how to correct it.
  public var description: String {
    switch self {
    case .edgeOutOfRange(let edge, let dimension):
      "the edge \(edge) has a variable that is not in the graph; the indices of its "
        + "variables are 0..<\(dimension)"
    case .loop(let variable):
      "an edge joins the variable \(variable) with itself; the diagonal needs no edges"
    case .repeatedEdge(let edge): "the edge \(edge) is given twice; give it once"
    case .valuesDoNotFit(let dimension, let edges, let diagonal, let offDiagonal):
      "a graph of \(dimension) variables and \(edges) edges got a diagonal of shape \(diagonal) "
        + "and off-diagonal elements of shape \(offDiagonal); it takes [batch…, \(dimension)] and "
        + "[batch…, \(edges)]"
    case .notSymmetric(let matrix, let row, let column, let element, let mirrored):
      "matrix \(matrix) of the batch is not symmetric: \(element) in row \(row), column "
        + "\(column), and \(mirrored) in row \(column), column \(row); correct the elements, or pass "
        + "(P + Pᵀ)/2 if they differ by rounding only"
    case .blockNotSymmetric(let matrix, let block, let row, let column, let element, let mirrored):
      "block \(block) on the diagonal of matrix \(matrix) of the batch is not symmetric: "
        + "\(element) in row \(row), column \(column) of the block, and \(mirrored) in row "
        + "\(column), column \(row); correct the elements, or pass (A + Aᵀ)/2 "
        + "if they differ by rounding only"
    case .evidenceOutOfRange(let variable, let dimension):
      "the evidence is on the variable \(variable), which is not in the model; the indices of "
        + "its variables are 0..<\(dimension)"
    case .repeatedEvidence(let variable):
      "the evidence contains the variable \(variable) twice; give it once"
    case .nothingLeft:
      "the evidence is on all variables, so that none remains; their density is logDensity(of:)"
    case .evidenceNotFinite(let variable, let value, let variance):
      if let variance {
        "the evidence on the variable \(variable) has noise of variance \(variance), which is not "
          + "positive and finite; for exact values, give no variances"
      } else {
        "the evidence on the variable \(variable) is \(value), which is not finite; if the value "
          + "is not known, remove the variable from the evidence"
      }
    case .evidenceTooFar(let variable, let value):
      "the evidence on the variable \(variable), \(value), is so far from its mean that the "
        + "conditional means overflow; change the units of the variables, or compute in Double"
    case .evidenceOutsideUnitInterval(let variable, let value):
      "the evidence on the variable \(variable) is \(value), which is outside [0, 1]; scale it "
        + "first, bytes for example to (byte + u)/256 with u in [0, 1)"
    case .noisyEvidence(let variable, let variance):
      "the evidence on the variable \(variable) has noise of variance \(variance), for which a "
        + "logit-normal has no closed form; give exact values, or condition its `logits` if the "
        + "noise is added to log-odds"
    }
  }
}

extension GraphicalModelError: Equatable {
  /// Whether both errors have the same description. Two errors about evidence that is not finite
  /// are equal if they name the same variable, since NaN is not equal to itself.
  public static func == (a: GraphicalModelError, b: GraphicalModelError) -> Bool {
    if case .evidenceNotFinite(let own, _, _) = a, case .evidenceNotFinite(let other, _, _) = b {
      return own == other
    }
    return a.description == b.description
  }
}
