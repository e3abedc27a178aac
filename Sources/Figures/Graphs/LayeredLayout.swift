/// The layout of a component in layers from left to right.
struct LayeredLayout {
  private let edges: [Int]
  private let items: LayeredItems
  private let metrics: GraphMetrics
  /// The length of each item across the layers, and the position of its middle.
  private let extents: [Double]
  private let middles: [Double]

  init(_ nodes: [Int], edges: [Int], of graph: IndexedGraph, metrics: GraphMetrics) {
    self.edges = edges
    self.metrics = metrics
    let items = LayeredItems(nodes, edges: edges, of: graph)
    let extents = items.nodes.indices.map { item in
      items.nodes[item] == nil
        ? 0
        : GraphMetrics.side(
          metrics.box.height, ports: max(items.above[item].count, items.below[item].count))
    }
    middles = LayeredPositions.positions(of: items, extents: extents) { a, b in
      switch (items.nodes[a], items.nodes[b]) {
      case (nil, nil): 16
      case (nil, _), (_, nil): 18
      default: 24
      }
    }
    self.items = items
    self.extents = extents
  }

  var part: GraphPart {
    var part = GraphPart()
    let starts = layerStarts
    for (item, node) in items.nodes.enumerated() {
      guard let node else { continue }
      part.boxes[node] = Rectangle(
        x: starts[items.layerOf[item]], y: middles[item] - extents[item] / 2,
        width: metrics.box.width, height: extents[item])
    }
    let ports = self.ports
    for (index, edge) in edges.enumerated() {
      part.routes[edge] = route(
        items.chains[index], from: ports[index].start, to: ports[index].end, starts)
    }
    return part
  }

  /// The start of each layer: layers are further apart if edges between them are steep.
  private var layerStarts: [Double] {
    var starts = [0.0]
    for layer in items.layers.dropLast() {
      let climbs = layer.flatMap { item in
        items.below[item].map { abs(middles[$0] - middles[item]) }
      }
      let least = metrics.layerGap
      let gap = min(max(least, 0.45 * (climbs.max() ?? 0)), 2.2 * least)
      starts.append(starts[starts.count - 1] + metrics.box.width + gap)
    }
    return starts
  }

  /// The positions at which each edge leaves its parent and reaches its child, ordered along the
  /// side of a box by the positions where the edges continue.
  private var ports: [(start: Double, end: Double)] {
    var ports = items.chains.map { chain in
      (start: middles[chain[0]], end: middles[chain[chain.count - 1]])
    }
    for (item, node) in items.nodes.enumerated() where node != nil {
      let leaving = items.chains.indices.filter { items.chains[$0].first == item }
        .sorted { (middles[items.chains[$0][1]], $0) < (middles[items.chains[$1][1]], $1) }
      let arriving = items.chains.indices.filter { items.chains[$0].last == item }
        .sorted { a, b in
          (middles[items.chains[a][items.chains[a].count - 2]], a)
            < (middles[items.chains[b][items.chains[b].count - 2]], b)
        }
      for (index, place) in zip(
        leaving, GraphMetrics.ports(leaving.count, side: extents[item]))
      { ports[index].start += place }
      for (index, place) in zip(
        arriving, GraphMetrics.ports(arriving.count, side: extents[item]))
      { ports[index].end += place }
    }
    return ports
  }

  /// A curve that is straight and almost level in each skipped layer, where its place is reserved,
  /// and bends only between layers, where there are no boxes.
  private func route(
    _ chain: [Int], from start: Double, to end: Double, _ starts: [Double]
  ) -> CurvedPath {
    let width = metrics.box.width
    let heights = [start] + chain.dropFirst().dropLast().map { middles[$0] } + [end]
    let xs = chain.map { starts[items.layerOf[$0]] + width / 2 }
    var path = CurvedPath(start: Point(x: xs[0] + width / 2, y: start))
    var slope = 0.0
    for index in chain.indices.dropFirst() {
      let isLast = index == chain.count - 1
      let next = isLast ? 0 : self.slope(at: index, heights, xs)
      let rise = next * width / 2
      let (from, target) = (path.end, Point(x: xs[index] - width / 2, y: heights[index] - rise))
      let reach = (target.x - from.x) / 2
      path.addCurve(
        Point(x: from.x + reach, y: from.y + slope * reach),
        Point(x: target.x - reach, y: target.y - next * reach), to: target)
      if !isLast { path.addLine(to: Point(x: target.x + width, y: heights[index] + rise)) }
      slope = next
    }
    return path
  }

  /// The slope of an edge in a layer: the smaller of the slopes before and after it, zero at a
  /// turn, and bounded so that the edge stays within its place between the boxes.
  private func slope(at index: Int, _ heights: [Double], _ xs: [Double]) -> Double {
    let before = (heights[index] - heights[index - 1]) / (xs[index] - xs[index - 1])
    let after = (heights[index + 1] - heights[index]) / (xs[index + 1] - xs[index])
    guard before * after > 0 else { return 0 }
    let largest = 2 * LayeredLayout.freeReach / metrics.box.width
    return min(max(abs(before) < abs(after) ? before : after, -largest), largest)
  }

  /// The largest distance of an edge from the middle of its place within a layer.
  private static let freeReach = 7.0
}
