import Tensors

/// An error in the definition of a graph, or in a request to it.
public enum LatentGraphError: DescribedError, Equatable {
  /// The graph has no nodes.
  case noNodes
  /// Two nodes have this name.
  case repeatedName(String)
  /// A node lists a parent that is not a node of the graph.
  case unknownParent(node: String, parent: String)
  /// A node lists a parent twice.
  case repeatedParent(node: String, parent: String)
  /// A node has fewer than one variable, or the total number of variables overflows.
  case dimension(node: String, dimension: Int)
  /// The edges form a cycle through these nodes, in this order.
  case cycle([String])
  /// No node has this name; `nodes` are the names of the existing nodes.
  case unknownNode(String, nodes: [String])
  /// A node that should be conditioned on has parents.
  case notARoot(node: String, parents: [String])
  /// A value has a shape that does not match its node.
  case value(node: String, dimension: Int, shape: [Int])
  /// A value of a node, `[rows…, dimension]`, is NaN or infinite.
  case valueNotFinite(node: String, row: Int, column: Int, value: Double)
  /// A net cannot be compiled to a Gaussian graphical model because this node is not
  /// linear-Gaussian.
  case notLinearGaussian(node: String)
  /// A net cannot be compiled because this node's standard deviation, or its inverse, is not
  /// positive and finite.
  case deviation(node: String, deviation: Double)
  /// A net cannot be compiled because this node has a weight, a bias or a mean that is not finite,
  /// or a weight or bias that is not finite after division by the standard deviation.
  case coefficients(node: String)
  /// An observed node has a child that is not observed, or all nodes or no nodes are observed.
  case observed(node: String, child: String)

  /// A description of the error and of how to correct it.
  public var description: String {
    switch self {
    case .noNodes: "the graph has no nodes; it needs at least one"
    case .repeatedName(let name): "two nodes are named \(name); names must differ"
    case .unknownParent(let node, let parent):
      "the node \(node) has the parent \(parent), which is not a node of the graph; add it, or "
        + "correct its name"
    case .repeatedParent(let node, let parent):
      "the node \(node) lists the parent \(parent) twice; list it once"
    case .dimension(let node, let dimension):
      "the node \(node) has \(dimension) variables; "
        + (dimension < 1 ? "it needs at least one" : "the total number of variables overflows")
    case .cycle(let names):
      "the edges form a cycle, \((names + names.prefix(1)).joined(separator: " → ")); "
        + "remove one of them"
    case .unknownNode(let name, let nodes):
      "the graph has no node named \(name); its nodes are \(nodes.joined(separator: ", "))"
    case .notARoot(let node, let parents):
      "the node \(node) has the parents \(parents.joined(separator: ", ")); only roots can be "
        + "conditioned on, but an intervention can set any node"
    case .notLinearGaussian(let node):
      "the node \(node) is not linear-Gaussian; only nets of LinearGaussian, StandardNormal and "
        + "other LinearGaussianConditional nodes have an exact Gaussian form"
    case .deviation(let node, let deviation):
      "the node \(node) has the standard deviation \(deviation); it and its inverse must be "
        + "positive and finite; if the node is a function of its parents, give it a small "
        + "deviation or put the function in place of the node"
    case .coefficients(let node):
      "the node \(node) has a weight, a bias or a mean that is not finite, or a weight or bias "
        + "that is too large for its deviation; check its parameters for NaN, or change its units"
    case .observed(let node, let child):
      "the node \(node) is observed and its child \(child) is not; an observed node may have only "
        + "observed children"
    case .value(let node, let dimension, let shape):
      "the node \(node) of \(dimension) variables got a value of shape \(shape); it "
        + "takes [\(dimension)] or [rows…, \(dimension)]"
    case .valueNotFinite(let node, let row, let column, let value):
      "the node \(node) got the value \(value) in row \(row), column \(column); give it a finite "
        + "value, or leave the node out to sample it"
    }
  }
}
