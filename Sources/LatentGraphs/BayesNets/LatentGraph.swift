import NeuralNetworks
import Tensors

/// A directed acyclic graph of named nodes, each a vector of variables: the structure of a `BayesNet`.
///
/// ```swift
/// let graph = try LatentGraph([
///   .init("style", dimension: 8),
///   .init("stroke", dimension: 16, parents: ["style"]),
///   .init("place", dimension: 4, parents: ["style", "stroke"]),
/// ])
/// ```
/// The nodes may be given in any order. Its edges are numbered child by child in the order of the
/// nodes, and for each child in the order of its parents; gates and probabilities of edges come in
/// this order.
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

  /// An edge, by the indices of its nodes.
  public struct Edge: Sendable, Hashable {
    /// Where the edge starts.
    public let parent: Int
    /// Where it ends.
    public let child: Int
  }

  /// The nodes in the order in which they were given.
  public let nodes: [Node]
  /// All edges, child by child.
  public let edges: [Edge]
  /// The indices of the nodes, each behind its parents: the order of ancestral sampling.
  public let order: [Int]
  /// The number of all variables.
  public let dimension: Int
  /// Of each node, the range of its incoming edges.
  let incoming: [Range<Int>]
  private let parents: [[Int]]

  /// A graph of these nodes.
  ///
  /// - Throws: `LatentGraphError`: no node, a name that is used twice, a parent that is no node or is
  ///   listed twice, a dimension below 1, or a cycle.
  /// - Complexity: linear in nodes and edges.
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
    // A sum that overflows is refused with the node that makes it too large.
    dimension = try nodes.reduce(0) { sum, node in
      let (next, overflow) = sum.addingReportingOverflow(node.dimension)
      if overflow {
        throw LatentGraphError.dimension(node: node.name, dimension: node.dimension)
      }
      return next
    }
    order = try topologicalOrder(nodes, edges, incoming)
  }

  /// The index of the node of this name; `nil` where there is none.
  ///
  /// - Complexity: linear in the nodes.
  public func index(of name: String) -> Int? { nodes.firstIndex { $0.name == name } }

  /// The indices of a node's parents, in their order.
  public func parents(of node: Int) -> [Int] {
    requireNode(node)
    return parents[node]
  }

  /// The number of variables of a node's parents.
  public func parentDimension(of node: Int) -> Int {
    parents(of: node).reduce(0) { $0 + nodes[$1].dimension }
  }

  /// Where a node's variables lie in a vector of all, node by node in the order of `nodes`.
  ///
  /// - Complexity: linear in the nodes.
  public func range(of node: Int) -> Range<Int> {
    requireNode(node)
    let start = nodes[..<node].reduce(0) { $0 + $1.dimension }
    return start..<start + nodes[node].dimension
  }

  private func requireNode(_ node: Int) {
    require(nodes.indices.contains(node), "node \(node) of a graph of \(nodes.count) nodes")
  }

  /// `parent → child` of each edge, by the names.
  public var edgeNames: [String] {
    edges.map { "\(nodes[$0.parent].name) → \(nodes[$0.child].name)" }
  }
}

extension LatentGraph: ArchitectureDescribing {
  /// The nodes with their dimensions and parents, in order, in the words of a checkpoint.
  public var architecture: String {
    let nodes = nodes.map { node in
      "\(node.name)[\(node.dimension)]"
        + (node.parents.isEmpty ? "" : " <- " + node.parents.joined(separator: " "))
    }
    return "graph(" + nodes.joined(separator: ", ") + ")"
  }
}
