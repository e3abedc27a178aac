import NeuralNetworks
import Tensors

/// The structure of a `BayesNet`: a directed acyclic graph of named nodes. Each node is a vector of
/// variables.
///
/// ```swift
/// let graph = try LatentGraph([
///   .init("style", dimension: 8),
///   .init("stroke", dimension: 16, parents: ["style"]),
///   .init("place", dimension: 4, parents: ["style", "stroke"]),
/// ])
/// ```
/// The nodes can be given in any order. The edges are ordered by child, in the order of the nodes,
/// and for each child in the order of its parents. Gates and edge probabilities have this order.
public struct LatentGraph: Sendable, Hashable {
  /// A node: its name, the number of its variables, and the names of its parents.
  public struct Node: Sendable, Hashable {
    /// The name, unique in a graph.
    public let name: String
    /// The number of variables, at least 1.
    public let dimension: Int
    /// The names of the parents.
    public let parents: [String]

    /// A node of this many variables.
    public init(_ name: String, dimension: Int, parents: [String] = []) {
      self.name = name
      self.dimension = dimension
      self.parents = parents
    }
  }

  /// An edge, given by the indices of its nodes.
  public struct Edge: Sendable, Hashable {
    /// The index of the parent.
    public let parent: Int
    /// The index of the child.
    public let child: Int
  }

  /// The nodes in the order in which they were given.
  public let nodes: [Node]
  /// All edges, ordered by child.
  public let edges: [Edge]
  /// The indices of the nodes in topological order, each after its parents: the order of ancestral
  /// sampling.
  public let order: [Int]
  /// The total number of variables of all nodes.
  public let dimension: Int
  /// The range of incoming edges of each node.
  let incoming: [Range<Int>]
  private let parents: [[Int]]

  /// A graph with these nodes.
  ///
  /// - Throws: `LatentGraphError` if there is no node, a name occurs twice, a parent is not a node
  ///   or is listed twice, a dimension is less than 1, or the edges have a cycle.
  /// - Complexity: linear in the numbers of nodes and edges.
  public init(_ nodes: [Node]) throws {
    guard !nodes.isEmpty else { throw LatentGraphError.noNodes }
    var indices: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard node.dimension >= 1 else {
        throw LatentGraphError.dimension(node: node.name, dimension: node.dimension)
      }
      guard indices.updateValue(index, forKey: node.name) == nil else {
        throw LatentGraphError.repeatedName(node.name)
      }
    }
    var edges: [Edge] = []
    var incoming: [Range<Int>] = []
    for (child, node) in nodes.enumerated() {
      let first = edges.count
      var seen: Set<Int> = []
      for name in node.parents {
        guard let parent = indices[name] else {
          throw LatentGraphError.unknownParent(node: node.name, parent: name)
        }
        guard seen.insert(parent).inserted else {
          throw LatentGraphError.repeatedParent(node: node.name, parent: name)
        }
        edges.append(Edge(parent: parent, child: child))
      }
      incoming.append(first..<edges.count)
    }
    self.nodes = nodes
    self.edges = edges
    self.incoming = incoming
    parents = incoming.map { range in edges[range].map { $0.parent } }
    // If the sum overflows, the error names the node at which it does.
    dimension = try nodes.reduce(0) { sum, node in
      let (next, overflow) = sum.addingReportingOverflow(node.dimension)
      if overflow {
        throw LatentGraphError.dimension(node: node.name, dimension: node.dimension)
      }
      return next
    }
    order = try topologicalOrder(nodes, edges, incoming)
  }

  /// The index of the node with this name, or `nil` if there is none.
  ///
  /// - Complexity: linear in the number of nodes.
  public func index(of name: String) -> Int? { nodes.firstIndex { $0.name == name } }

  /// The indices of a node's parents, in the order in which the node lists them.
  public func parents(of node: Int) -> [Int] {
    requireNode(node)
    return parents[node]
  }

  /// The total number of variables of a node's parents.
  public func parentDimension(of node: Int) -> Int {
    parents(of: node).reduce(0) { $0 + nodes[$1].dimension }
  }

  /// The range of a node's variables in the vector of all variables, concatenated in the order of
  /// `nodes`.
  ///
  /// - Complexity: linear in the number of nodes.
  public func range(of node: Int) -> Range<Int> {
    requireNode(node)
    let start = nodes[..<node].reduce(0) { $0 + $1.dimension }
    return start..<start + nodes[node].dimension
  }

  private func requireNode(_ node: Int) {
    require(nodes.indices.contains(node), "no node \(node) in a graph of \(nodes.count) nodes")
  }

  /// The names of the edges, in the form `parent → child`.
  public var edgeNames: [String] {
    edges.map { "\(nodes[$0.parent].name) → \(nodes[$0.child].name)" }
  }
}

extension LatentGraph: ArchitectureDescribing {
  /// The description in a checkpoint: the nodes in order, with their dimensions and parents.
  public var architecture: String {
    let nodes = nodes.map { node in
      "\(node.name)[\(node.dimension)]"
        + (node.parents.isEmpty ? "" : " <- " + node.parents.joined(separator: " "))
    }
    return "graph(" + nodes.joined(separator: ", ") + ")"
  }
}
