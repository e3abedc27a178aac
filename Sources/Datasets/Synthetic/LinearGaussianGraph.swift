import Tensors

/// A known latent graph: a directed acyclic graph of latent vectors, each linear in its parents
/// with Gaussian noise, and observations that are linear in all of them.
///
///     z_n = Σ_{p → n} W_np z_p + s_n ε_n      for each node n
///     x   = C z + diag(t) η                   z: the nodes' vectors, one after the other
///
/// with independent standard normal `ε` and `η`; all means are 0. Then `x` is Gaussian with a known
/// covariance, and a model that was learned from samples can be compared with the truth. In the
/// literature this is a linear structural equation model with a measurement model (K. A. Bollen,
/// *Structural Equations with Latent Variables*, 1989).
///
/// ## What can be identified
///
/// Data only determine the density of `x`; graphs with the same density cannot be distinguished.
///
/// 1. *Which node is which.* If the loading `C` mixes the nodes, then `C z = (C A⁻¹)(A z)` for
///    every invertible `A`: no graph among the latents is identified, not even the number of nodes.
///    Each node therefore needs its own indicators (rows of `C` that are zero outside of the node's
///    columns), and a model that knows them (a decoder by blocks).
/// 2. *The loading of a node* of dimension `d` and its noise `t` are identified, up to an
///    invertible `d×d` matrix, if after removing any one of its indicators two disjoint sets of `d`
///    remain, each with independent rows: `2d + 1` indicators in general position (Anderson and
///    Rubin, 1956, theorem 5.1), three for a scalar node. The scale and the rotation of `z_n` are
///    free, and therefore also the sizes of `W` and `s`: whether the `s_n` are equal says nothing
///    about directions. To compare sizes, divide by the marginal standard deviations from
///    `latentCovariance`.
/// 3. *The edges.* The free matrices act within nodes, so that it is identified whether `z_n`
///    depends on `z_p` given other nodes. If the covariance has no independences except those of
///    the graph (it is *faithful*, which holds for almost all weights), the graph is identified up
///    to Markov equivalence: the pairs of neighbours, the directions of `a → c ← b` where `a` and
///    `b` are not neighbours, and the directions that follow from these (Verma and Pearl, 1990). No
///    other direction is identified.
/// 4. *With a known order of the nodes*, for example if a parent must have the larger index, all
///    directions are identified, and therefore every edge: the true graph is the one with the
///    fewest edges in this order that fits. If the order contradicts a true edge, another graph,
///    usually a denser one, has the fewest edges.
///
/// A superfluous edge with weight 0 fits as well as no edge. The density does not prefer the sparse
/// graph; a prior on the edges, a penalty, or a comparison of the two graphs does.
public struct LinearGaussianGraph: Sendable {
  /// A latent vector.
  public struct Node: Sendable, Hashable {
    /// The length `d` of the vector.
    public let dimension: Int
    /// The standard deviation `s` of its noise, the same in each direction.
    public let standardDeviation: Double

    /// A node of this dimension; `deviation` is positive and finite.
    public init(dimension: Int, standardDeviation: Double = 1) {
      require(dimension > 0, "a node of dimension \(dimension); it must be positive")
      require(
        standardDeviation > 0 && standardDeviation.isFinite,
        "a node's noise has the standard deviation \(standardDeviation); it must be positive and finite"
      )
      self.dimension = dimension
      self.standardDeviation = standardDeviation
    }
  }

  /// A dependence of one node on another.
  public struct Edge: Sendable {
    /// The index of the node that the edge leaves.
    public let parent: Int
    /// The index of the node that the edge enters.
    public let child: Int
    /// `W`, `[child's dimension, parent's dimension]`.
    public let weight: Tensor<Double>

    /// An edge with this weight, whose elements must be finite.
    public init(from parent: Int, to child: Int, weight: Tensor<Double>) {
      self.parent = parent
      self.child = child
      self.weight = weight.detached
    }
  }

  /// The nodes; an edge refers to them by index.
  public let nodes: [Node]
  /// The true edges, at most one between two nodes.
  public let edges: [Edge]
  /// `C`, `[observed, latents]`.
  public let loading: Tensor<Double>
  /// `t`, the standard deviations of the observation noise, `[observed]`.
  public let observationStandardDeviations: Tensor<Double>
  /// The indices of the nodes, each after those of its parents.
  public let topologicalOrder: [Int]

  /// A graph with these nodes and edges.
  ///
  /// A cycle, a duplicate edge, an unknown node, a wrong shape, or a standard deviation that is not
  /// positive stops the program.
  ///
  /// - Parameters:
  ///   - loading: `C`, `[observed, latents]`, with the columns of the nodes in the order of
  ///     `nodes`.
  ///   - observationStandardDeviations: `t`, `[observed]`, positive.
  public init(
    nodes: [Node], edges: [Edge], loading: Tensor<Double>,
    observationStandardDeviations: Tensor<Double>
  ) {
    Self.requireFit(edges, nodes)
    let latents = nodes.reduce(0) { sum, node in
      let (latents, isTooLarge) = sum.addingReportingOverflow(node.dimension)
      require(!isTooLarge, "nodes of dimensions \(nodes.map(\.dimension)) cannot be counted")
      return latents
    }
    require(
      loading.rank == 2 && loading.shape[1] == latents && loading.isFinite,
      "a loading of shape \(loading.shape) for \(latents) latents, or with elements not finite")
    require(
      observationStandardDeviations.shape == [loading.shape[0]]
        && observationStandardDeviations.isFinite
        && observationStandardDeviations.firstIndexNotPositive == nil,
      "\(loading.shape[0]) observed variables with deviations \(observationStandardDeviations)")
    self.nodes = nodes
    self.edges = edges
    self.loading = loading.detached
    self.observationStandardDeviations = observationStandardDeviations.detached
    topologicalOrder = Self.topologicalOrder(of: nodes.count, edges)
  }

  /// The length of `z`: the sum of the nodes' dimensions.
  public var latentDimension: Int { loading.shape[1] }

  /// The length of `x`.
  public var observedDimension: Int { loading.shape[0] }

  /// The elements of `z` that belong to this node.
  public func latentRange(of node: Int) -> Range<Int> {
    require(nodes.indices.contains(node), "node \(node) of \(nodes.count)")
    let start = nodes[..<node].reduce(0) { $0 + $1.dimension }
    return start..<start + nodes[node].dimension
  }

  /// Whether there is an edge from one node to the other, in this direction.
  public func hasEdge(from parent: Int, to child: Int) -> Bool {
    edges.contains { $0.parent == parent && $0.child == child }
  }
}

// MARK: - Checking

extension LinearGaussianGraph {
  private static func requireFit(_ edges: [Edge], _ nodes: [Node]) {
    require(!nodes.isEmpty, "a graph without nodes")
    var pairs = Set<[Int]>()
    for edge in edges {
      let (parent, child) = (edge.parent, edge.child)
      require(
        nodes.indices.contains(parent) && nodes.indices.contains(child),
        "an edge \(parent) → \(child) in a graph of \(nodes.count) nodes")
      require(
        edge.weight.shape == [nodes[child].dimension, nodes[parent].dimension]
          && edge.weight.isFinite,
        "an edge \(parent) → \(child), of dimensions \(nodes[parent].dimension) and "
          + "\(nodes[child].dimension), with the weight \(edge.weight)")
      require(
        pairs.insert([parent, child]).inserted, "the edge \(parent) → \(child) is given twice")
    }
  }

  /// The nodes without parents, then those whose parents precede them, and so on; ties by index.
  private static func topologicalOrder(of count: Int, _ edges: [Edge]) -> [Int] {
    var order: [Int] = []
    var waiting = Array(0..<count)
    while !waiting.isEmpty {
      let held = Set(edges.filter { waiting.contains($0.parent) }.map(\.child))
      let free = waiting.filter { !held.contains($0) }
      require(!free.isEmpty, "a cycle among the nodes \(waiting) or their ancestors")
      order += free
      waiting.removeAll { !held.contains($0) }
    }
    return order
  }
}
