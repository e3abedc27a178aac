import Foundation
import Tensors

/// What data can make wrong with a graph, its values or what is asked of it.
public enum GraphicalModelError: Error, Equatable, LocalizedError {
  /// An edge leads out of the graph.
  case edgeOutOfRange(UndirectedGraph.Edge, dimension: Int)
  /// An edge joins a variable with itself.
  case loop(variable: Int)
  /// An edge is given twice.
  case repeatedEdge(UndirectedGraph.Edge)
  /// Values do not fit the graph that they are for.
  case valuesDoNotFit(dimension: Int, edges: Int, diagonal: Shape, offDiagonal: Shape)
  /// Evidence on a variable that the model does not have.
  case evidenceOutOfRange(variable: Int, dimension: Int)
  /// Evidence on a variable that is given twice.
  case repeatedEvidence(variable: Int)
  /// Evidence on all variables, of which none is left.
  case nothingLeft
  /// Evidence that is no finite number, or the variance of its noise is not positive and finite.
  case evidenceNotFinite(variable: Int)

  /// What is wrong, and what it takes.
  public var errorDescription: String? {
    switch self {
    case .edgeOutOfRange(let edge, let dimension):
      "the edge \(edge) leads out of a graph of \(dimension) variables, 0 to \(dimension - 1)"
    case .loop(let variable):
      "an edge joins the variable \(variable) with itself; the diagonal needs no edges"
    case .repeatedEdge(let edge): "the edge \(edge) is given twice"
    case .valuesDoNotFit(let dimension, let edges, let diagonal, let offDiagonal):
      "a graph of \(dimension) variables and \(edges) edges got a diagonal of shape \(diagonal) and "
        + "off-diagonal elements of shape \(offDiagonal); it takes [batch…, \(dimension)] and "
        + "[batch…, \(edges)]"
    case .evidenceOutOfRange(let variable, let dimension):
      "evidence on the variable \(variable) of a model of \(dimension) variables, 0 to "
        + "\(dimension - 1)"
    case .repeatedEvidence(let variable):
      "the evidence names the variable \(variable) twice"
    case .nothingLeft:
      "the evidence names all variables, so that none is left; their density is logDensity(of:)"
    case .evidenceNotFinite(let variable):
      "the evidence on the variable \(variable) or the variance of its noise is not a finite number "
        + "(a variance is also positive)"
    }
  }
}
