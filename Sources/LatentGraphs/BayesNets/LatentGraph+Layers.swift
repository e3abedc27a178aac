import Tensors

extension LatentGraph {
  /// The graph of the Graph VAE (He et al., 2019, section 3). Its nodes are `z1 … zN`, the node
  /// `zN` is the root, and the parents of `zn` are all nodes with a larger index. The root is the
  /// first element of `nodes`.
  public static func fullyConnected(nodes: Int, dimension: Int) -> LatentGraph {
    layered(nodes: nodes, dimension: dimension, edges: { $0 * ($0 - 1) / 2 }) { Array($0) }
  }

  /// The chain `zN → … → z1` of a Ladder VAE. The root is the first element of `nodes`.
  public static func chain(nodes: Int, dimension: Int) -> LatentGraph {
    layered(nodes: nodes, dimension: dimension, edges: { $0 - 1 }) { $0.suffix(1) }
  }

  /// A graph with one node, `z1`.
  public static func single(dimension: Int) -> LatentGraph {
    chain(nodes: 1, dimension: dimension)
  }

  private static func layered(
    nodes: Int, dimension: Int, edges: (Double) -> Double, parents: (ArraySlice<String>) -> [String]
  ) -> LatentGraph {
    require(
      nodes >= 1 && dimension >= 1 && product(of: nodes, dimension) != nil,
      "a graph of \(nodes) nodes of dimension \(dimension)")
    // A name takes 16 bytes, in the list of parents and in tables.
    let count = edges(Double(nodes))
    let bytes = Int(exactly: (64 * (Double(nodes) + count)).rounded()) ?? .max
    let available = SystemMemory.shortage(for: bytes)
    require(
      available == nil,
      "a graph of \(nodes) nodes and \(Int(exactly: count) ?? .max) edges takes more memory than the "
        + "\(SystemMemory.text(available ?? 0)) available; take fewer nodes")
    let names = (0..<nodes).map { "z\(nodes - $0)" }
    let list = names.indices.map {
      Node(names[$0], dimension: dimension, parents: parents(names[..<$0]))
    }
    guard let graph = try? LatentGraph(list) else { stop("the nodes \(names) do not make a graph") }
    return graph
  }
}
