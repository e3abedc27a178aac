import Tensors

/// What is wrong with a graph, or with what was asked of it.
public enum LatentGraphError: DescribedError, Equatable {
  /// The graph has no nodes.
  case noNodes
  /// Two nodes have this name.
  case repeatedName(String)
  /// A node lists a parent that is no node.
  case unknownParent(node: String, parent: String)
  /// A node lists a parent twice.
  case repeatedParent(node: String, parent: String)
  /// A node has fewer than one variable, or so many that they cannot be counted.
  case dimension(node: String, dimension: Int)
  /// The edges go around these nodes, in this direction.
  case cycle([String])
  /// No node has this name; the graph's nodes are others.
  case unknownNode(String, nodes: [String])
  /// A node that was to be conditioned on has parents.
  case notARoot(node: String, parents: [String])
  /// A value does not fit its node.
  case value(node: String, dimension: Int, shape: [Int])
  /// A net was to be compiled to a Gaussian graphical model, and this node is not linear-Gaussian.
  case notLinearGaussian(node: String)
  /// A net was to be compiled, and this node's deviation, or its inverse, is 0 or not finite.
  case deviation(node: String, deviation: Double)
  /// A net was to be compiled, and a weight or bias of this node, either by its deviation, or its mean is
  /// not finite.
  case coefficients(node: String)
  /// A node that is observed has a child that is not, or there is none of the two.
  case observed(node: String, child: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .noNodes: "the graph has no nodes; it needs at least one"
    case .repeatedName(let name): "two nodes are named \(name); names must differ"
    case .unknownParent(let node, let parent):
      "the node \(node) has the parent \(parent), which is no node of the graph; add it, or mend "
        + "its name"
    case .repeatedParent(let node, let parent):
      "the node \(node) lists the parent \(parent) twice; list it once"
    case .dimension(let node, let dimension):
      "the node \(node) has \(dimension) variables; "
        + (dimension < 1 ? "it needs at least one" : "with the others' they cannot be counted")
    case .cycle(let names):
      "the edges go in a circle, \((names + names.prefix(1)).joined(separator: " → ")); "
        + "leave one of them out"
    case .unknownNode(let name, let nodes):
      "the graph has no node named \(name); its nodes are \(nodes.joined(separator: ", "))"
    case .notARoot(let node, let parents):
      "the node \(node) has the parents \(parents.joined(separator: ", ")); only roots can be "
        + "conditioned on; an intervention fixes any node"
    case .notLinearGaussian(let node):
      "the node \(node) is not linear-Gaussian; only nets of LinearGaussian, StandardNormal and "
        + "one's own LinearGaussianConditional nodes have an exact Gaussian form"
    case .deviation(let node, let deviation):
      "the node \(node) has the deviation \(deviation), which, like its inverse, has to be positive "
        + "and finite; give a node that is a function of its parents a small deviation, or put the "
        + "function in place of the node"
    case .coefficients(let node):
      "the node \(node) has a weight, a bias or a mean that is not finite, or a weight or a bias that is "
        + "too large for its deviation; look for NaN in its parameters, or measure it in other units"
    case .observed(let node, let child):
      "the node \(node) is observed and its child \(child) is not; observed nodes may have observed "
        + "children alone"
    case .value(let node, let dimension, let shape):
      "the node \(node) of \(dimension) variables got a value of shape \(shape); it "
        + "takes [\(dimension)] or [rows…, \(dimension)]"
    }
  }
}
