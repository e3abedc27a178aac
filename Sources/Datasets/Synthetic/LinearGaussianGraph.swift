import Tensors

/// A known latent graph: a directed acyclic graph of latent vectors, each linear in its parents with
/// Gaussian noise, and observations that are linear in all of them.
///
///     z_n = Σ_{p → n} W_np z_p + s_n ε_n      for each node n
///     x   = C z + diag(t) η                   z: the nodes' vectors, one after the other
///
/// with independent standard normal `ε` and `η`; all means are 0. So `x` is Gaussian, its covariance
/// is known exactly, and what a model has learned from draws can be compared with the truth. In the
/// words of its literature it is a linear structural equation model with a measurement model
/// (K. A. Bollen, *Structural Equations with Latent Variables*, 1989).
///
/// ## What can be identified
///
/// The density of `x` is all that data tell; graphs that give the same density cannot be told apart.
///
/// 1. *Which node is which.* With a loading `C` that mixes the nodes, `C z = (C A⁻¹)(A z)` for every
///    invertible `A`: no graph among the latents is identified, not even their number of nodes. So
///    each node needs indicators of its own: rows of `C` that are zero outside the node's columns,
///    and a model that is told which these are (a decoder by blocks).
/// 2. *The loading of a node* of dimension `d` and its noise `t` are identified, up to an invertible
///    `d×d` matrix, if after any one of its indicators is left out two disjoint sets of `d` remain,
///    each with independent rows: `2d + 1` indicators in general position (Anderson and Rubin, 1956,
///    theorem 5.1), three for a scalar node. The scale and the rotation of `z_n` stay free; hence so
///    do the sizes of `W` and `s`, and equal or different `s_n` say nothing about directions. For
///    sizes that compare, divide by the marginal deviations in `latentCovariance`.
/// 3. *The edges.* The free matrices act within nodes, so whether `z_n` depends on `z_p` given others
///    is identified. If the covariance has no independences but those of the graph (it is *faithful*,
///    as it is for almost all weights), the graph is identified up to Markov equivalence: which nodes
///    are neighbours, and the directions of `a → c ← b` with `a` and `b` no neighbours and of what
///    follows from them (Verma and Pearl, 1990). No other direction is.
/// 4. *With the order of the nodes given*, as where a parent must have the larger index, each
///    direction is, and with it every edge: the graph is the one with the fewest edges in this order
///    that fits. An order in which a true edge points backwards has another, mostly denser, such graph.
///
/// An edge too many, with a weight of 0, fits as well as none. The density does not prefer the sparse
/// graph: a prior on the edges, a penalty, or a comparison of the two does.
public struct LinearGaussianGraph: Sendable {
  /// A latent vector.
  public struct Node: Sendable, Hashable {
    /// The length `d` of the vector.
    public let dimension: Int
    /// The standard deviation `s` of its own noise, in each direction.
    public let deviation: Double

    /// A node of this dimension; `deviation` is positive and finite.
    public init(dimension: Int, deviation: Double = 1) {
      require(dimension > 0, "a node of dimension \(dimension)")
      require(
        deviation > 0 && deviation.isFinite, "a node whose noise has the deviation \(deviation)")
      self.dimension = dimension
      self.deviation = deviation
    }
  }

  /// A dependence of a node on another.
  public struct Edge: Sendable {
    /// The index of the node that the edge leaves.
    public let parent: Int
    /// The index of the node that the edge enters.
    public let child: Int
    /// `W`, `[child's dimension, parent's dimension]`.
    public let weight: Tensor<Double>

    /// An edge with this weight, finite.
    public init(from parent: Int, to child: Int, weight: Tensor<Double>) {
      self.parent = parent
      self.child = child
      self.weight = weight.detached
    }
  }

  /// The nodes; an edge names them by their index here.
  public let nodes: [Node]
  /// The true edges, at most one between two nodes.
  public let edges: [Edge]
  /// `C`, `[observed, latents]`.
  public let loading: Tensor<Double>
  /// `t`, the deviations of the noise of the observations, `[observed]`.
  public let observationDeviations: Tensor<Double>
  /// The nodes' indices, each after those of its parents.
  public let topologicalOrder: [Int]

  /// A graph of these nodes and edges.
  ///
  /// A cycle, an edge twice, a node that is not there, a shape that does not fit, or a deviation that
  /// is not positive is the caller's mistake.
  ///
  /// - Parameters:
  ///   - loading: `C`, `[observed, latents]`, the nodes' columns in the order of `nodes`.
  ///   - observationDeviations: `t`, `[observed]`, positive.
  public init(
    nodes: [Node], edges: [Edge], loading: Tensor<Double>, observationDeviations: Tensor<Double>
  ) {
    Self.requireFit(edges, nodes)
    let latents = nodes.reduce(0) { $0 + $1.dimension }
    require(
      loading.rank == 2 && loading.shape[1] == latents && loading.isFinite,
      "a loading of shape \(loading.shape) for \(latents) latents, or with elements not finite")
    require(
      observationDeviations.shape == [loading.shape[0]] && observationDeviations.isFinite
        && observationDeviations.firstIndexNotPositive == nil,
      "\(loading.shape[0]) observed variables with deviations \(observationDeviations)")
    self.nodes = nodes
    self.edges = edges
    self.loading = loading.detached
    self.observationDeviations = observationDeviations.detached
    topologicalOrder = Self.topologicalOrder(of: nodes.count, edges)
  }

  /// The length of `z`: the dimensions of all nodes together.
  public var latentDimension: Int { loading.shape[1] }

  /// The length of `x`.
  public var observedDimension: Int { loading.shape[0] }

  /// The elements of `z` that are this node's.
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
      require(pairs.insert([parent, child]).inserted, "the edge \(parent) → \(child) twice")
    }
  }

  /// The nodes with no parents, then those whose parents are all named, and so on, by index.
  private static func topologicalOrder(of count: Int, _ edges: [Edge]) -> [Int] {
    var order: [Int] = []
    var waiting = Array(0..<count)
    while !waiting.isEmpty {
      let held = Set(edges.filter { waiting.contains($0.parent) }.map(\.child))
      let free = waiting.filter { !held.contains($0) }
      require(!free.isEmpty, "a cycle among the nodes \(waiting), or before them")
      order += free
      waiting.removeAll { !held.contains($0) }
    }
    return order
  }
}
