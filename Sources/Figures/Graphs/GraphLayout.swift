/// The positions of the nodes and edges of a graph.
///
/// Layouts are computed with layers from left to right, and reflected at the diagonal if children
/// are below their parents.
struct GraphLayout {
  /// The boxes of the nodes, in order.
  private(set) var boxes: [Rectangle]
  /// The routes of the edges, in order, from the border of one box to that of another.
  private(set) var routes: [CurvedPath]
  /// The boxes of edge labels; `nil` for an edge without one.
  private(set) var labels: [Rectangle?] = []
  /// The size of the whole layout.
  private(set) var size = Size(width: 0, height: 0)

  /// The distance between connected components.
  private static let partGap = 26.0
  /// Nodes without edges are placed in rows of at most this width, or the width of the rest of the
  /// graph.
  private static let singlesWidth = 420.0

  /// - Parameter texts: The label of each edge; `nil` for none.
  init(
    _ graph: IndexedGraph, nodes: [DirectedGraphPlot.Node], texts: [String?],
    direction: DirectedGraphPlot.Direction
  ) {
    let none = Rectangle(x: 0, y: 0, width: 0, height: 0)
    boxes = [Rectangle](repeating: none, count: graph.nodeCount)
    routes = [CurvedPath](
      repeating: CurvedPath(start: Point(x: 0, y: 0)), count: graph.edges.count)

    let box = GraphLayout.boxSize(of: nodes)
    let isTransposed = direction == .downward
    let metrics = GraphMetrics(
      box: isTransposed ? box.transposed : box, hasLabels: texts.contains { $0 != nil },
      isDownward: isTransposed)
    let components = graph.components
    for component in components where component.count > 1 {
      add(GraphLayout.part(component, of: graph, metrics: metrics))
    }
    addSingles(components.filter { $0.count == 1 }.joined(), box: metrics.box)
    if isTransposed {
      boxes = boxes.map(\.transposed)
      routes = routes.map { $0.map(\.transposed) }
      size = size.transposed
    }
    labels = EdgeLabels(texts, on: self).boxes
    makeRoomForLabels()
  }

  /// Enlarges the picture if the label of an outer edge extends beyond it.
  private mutating func makeRoomForLabels() {
    let boxes = labels.compactMap { $0 }
    let left = max(0, -(boxes.map(\.x).min() ?? 0))
    let right = max(size.width, boxes.map(\.maxX).max() ?? 0)
    size.width = left + right
    let offset = Point(x: left, y: 0)
    self.boxes = self.boxes.map { $0.moved(by: offset) }
    routes = routes.map { $0.map { $0.moved(by: offset) } }
    labels = labels.map { $0?.moved(by: offset) }
  }

  /// A common size for all nodes, wide enough for the longest text.
  private static func boxSize(of nodes: [DirectedGraphPlot.Node]) -> Size {
    let width = nodes.map { node in
      max(
        FontMetrics.width(of: node.name, size: TextStyle.nodeName.size, isBold: true),
        FontMetrics.width(of: node.detail, size: TextStyle.nodeDetail.size))
    }
    let height = nodes.contains { !$0.detail.isEmpty } ? 42.0 : 30
    return Size(width: min(max((width.max() ?? 0) + 18, 44), 170), height: height)
  }

  private static func part(
    _ component: [Int], of graph: IndexedGraph, metrics: GraphMetrics
  ) -> GraphPart {
    let isMember = Set(component)
    let edges = graph.edges.indices.filter { isMember.contains(graph.edges[$0].from) }
    let layerCount = Set(component.map { graph.layers[$0] }).count
    return layerCount == component.count
      ? ArcLayout(component, edges: edges, of: graph, metrics: metrics).part
      : LayeredLayout(component, edges: edges, of: graph, metrics: metrics).part
  }

  // MARK: Placing components

  /// Adds a component below the existing ones.
  private mutating func add(_ part: GraphPart) {
    let bounds = part.bounds
    let top = size.height == 0 ? 0 : size.height + GraphLayout.partGap
    let offset = Point(x: -bounds.x, y: top - bounds.y)
    for (node, box) in part.boxes { boxes[node] = box.moved(by: offset) }
    for (edge, route) in part.routes { routes[edge] = route.map { $0.moved(by: offset) } }
    size.width = max(size.width, bounds.width)
    size.height = top + bounds.height
  }

  /// Adds nodes without edges side by side, in as many rows as they need.
  private mutating func addSingles(_ nodes: some Collection<Int>, box: Size) {
    let gap = 16.0
    let capacity = max(
      1, Int((max(size.width, GraphLayout.singlesWidth) + gap) / (box.width + gap)))
    var part = GraphPart()
    for (index, node) in nodes.enumerated() {
      part.boxes[node] = Rectangle(
        x: Double(index % capacity) * (box.width + gap),
        y: Double(index / capacity) * (box.height + gap), width: box.width, height: box.height)
    }
    if !nodes.isEmpty { add(part) }
  }
}

/// The dimensions of a layout, in points.
struct GraphMetrics {
  /// The size of a node without edges; many edges on one side enlarge it.
  let box: Size
  /// Whether edges have labels, which need space.
  let hasLabels: Bool
  /// Whether the final layout has layers below each other.
  let isDownward: Bool

  /// The minimum distance between two layers: space for an arrow or, with labels, for a label and
  /// some of the line on both sides of it.
  var layerGap: Double { hasLabels ? (isDownward ? 54 : 68) : 42 }

  /// The distance between the ends of two edges on the side of a box.
  static let portDistance = 9.0

  /// The positions of the ends of `count` edges along a side, relative to its middle.
  static func ports(_ count: Int, side: Double) -> [Double] {
    guard count > 1 else { return [Double](repeating: 0, count: count) }
    let distance = min(14, (side - 14) / Double(count - 1))
    return (0..<count).map { (Double($0) - Double(count - 1) / 2) * distance }
  }

  /// The length of a side at which `count` edges end.
  static func side(_ length: Double, ports count: Int) -> Double {
    max(length, Double(count - 1) * portDistance + 14)
  }
}

/// A laid-out component: boxes and routes by the indices of nodes and edges.
struct GraphPart {
  var boxes: [Int: Rectangle] = [:]
  var routes: [Int: CurvedPath] = [:]

  /// The bounding box of all boxes and curves, including the line width.
  var bounds: Rectangle {
    let corners = boxes.values.flatMap {
      [Point(x: $0.x, y: $0.y), Point(x: $0.maxX, y: $0.maxY)]
    }
    let curves = routes.values.flatMap { route in route.samples().map { ($0.x, $0.y) } }
    let xs = corners.map(\.x) + curves.map { $0.0 }
    let ys = corners.map(\.y) + curves.map { $0.1 }
    let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
    return Rectangle(
      x: left, y: top, width: (xs.max() ?? 0) - left, height: (ys.max() ?? 0) - top
    ).grown(by: 4)
  }
}

extension Rectangle {
  var transposed: Rectangle { Rectangle(x: y, y: x, width: height, height: width) }

  func moved(by offset: Point) -> Rectangle {
    Rectangle(x: x + offset.x, y: y + offset.y, width: width, height: height)
  }

  func intersects(_ other: Rectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}

extension Size {
  var transposed: Size { Size(width: height, height: width) }
}

extension TextStyle {
  static let nodeName = TextStyle(size: 13, isBold: true)
  static let nodeDetail = TextStyle(size: 10.5, color: .grey)
  static let edgeLabel = TextStyle(size: 10)
}
