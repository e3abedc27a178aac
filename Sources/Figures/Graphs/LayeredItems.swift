/// The layers of a component, ordered to reduce edge crossings.
///
/// An edge that skips layers reserves a place in each of them, like a node, so that no edge passes
/// through a box. A link joins two items of neighbouring layers.
struct LayeredItems {
  /// The node of each item; `nil` for the place of an edge.
  private(set) var nodes: [Int?] = []
  /// The layer of each item.
  private(set) var layerOf: [Int] = []
  /// The items of each layer, in order.
  private(set) var layers: [[Int]]
  /// The items of the neighbouring layers to which each item is linked, before and after.
  private(set) var above: [[Int]] = []
  private(set) var below: [[Int]] = []
  /// The items of each edge, from its parent to its child, in the order of `edges`.
  private(set) var chains: [[Int]] = []

  init(_ members: [Int], edges: [Int], of graph: IndexedGraph) {
    let count = (members.map { graph.layers[$0] }.max() ?? 0) + 1
    layers = [[Int]](repeating: [], count: count)
    var items: [Int: Int] = [:]
    for node in members { items[node] = add(node, layer: graph.layers[node]) }
    for edge in edges {
      let (from, to) = (graph.edges[edge].from, graph.edges[edge].to)
      var chain = [items[from] ?? 0]
      for layer in (graph.layers[from] + 1)..<graph.layers[to] {
        chain.append(add(nil, layer: layer))
      }
      chain.append(items[to] ?? 0)
      for (a, b) in zip(chain, chain.dropFirst()) {
        below[a].append(b)
        above[b].append(a)
      }
      chains.append(chain)
    }
    reduceCrossings()
  }

  private mutating func add(_ node: Int?, layer: Int) -> Int {
    nodes.append(node)
    layerOf.append(layer)
    above.append([])
    below.append([])
    layers[layer].append(nodes.count - 1)
    return nodes.count - 1
  }

  // MARK: Order

  /// The index of each item in its layer.
  var places: [Int] {
    var places = [Int](repeating: 0, count: nodes.count)
    for layer in layers { for (place, item) in layer.enumerated() { places[item] = place } }
    return places
  }

  /// Sweeps down and up; moves each item to the mean place of its linked items, swaps neighbours if
  /// that reduces crossings, and keeps the best order found.
  private mutating func reduceCrossings() {
    var (best, fewest) = (layers, crossingCount)
    for sweep in 0..<16 where fewest > 0 {
      let isDownward = sweep % 2 == 0
      let order = isDownward ? Array(layers.indices) : layers.indices.reversed()
      for layer in order { sort(layer, by: isDownward ? above : below) }
      swapNeighbours()
      let count = crossingCount
      if count < fewest { (best, fewest) = (layers, count) }
    }
    layers = best
  }

  private mutating func sort(_ layer: Int, by links: [[Int]]) {
    let places = places
    let centers = layers[layer].map { item in
      let linked = links[item]
      return linked.isEmpty
        ? Double(places[item])
        : Double(linked.reduce(0) { $0 + places[$1] }) / Double(linked.count)
    }
    layers[layer] = layers[layer].indices.sorted { (centers[$0], $0) < (centers[$1], $1) }
      .map { layers[layer][$0] }
  }

  private mutating func swapNeighbours() {
    var places = places
    for _ in 0..<4 {
      var isChanged = false
      for layer in layers.indices {
        for place in layers[layer].indices.dropLast() {
          let (a, b) = (layers[layer][place], layers[layer][place + 1])
          let now = crossings(a, b, places)
          guard now > 0, crossings(b, a, places) < now else { continue }
          layers[layer].swapAt(place, place + 1)
          (places[a], places[b]) = (place + 1, place)
          isChanged = true
        }
      }
      if !isChanged { return }
    }
  }

  /// The number of crossings between the links of two neighbours if `a` comes before `b`.
  private func crossings(_ a: Int, _ b: Int, _ places: [Int]) -> Int {
    var count = 0
    for links in [above, below] {
      for end in links[a] { count += links[b].count { places[$0] < places[end] } }
    }
    return count
  }

  /// The total number of crossings, by counting inversions.
  var crossingCount: Int {
    let places = places
    return layers.reduce(0) { sum, layer in
      var ends: [Int] = []
      var count = 0
      for item in layer {
        let linked = below[item].map { places[$0] }.sorted()
        // Links of one item do not cross: count all of them before adding any.
        for end in linked { count += ends.count { $0 > end } }
        ends += linked
      }
      return sum + count
    }
  }
}
