import Tensors

/// The sparsity pattern of `D^-½(I − B)` for a directed graph of nodes, in a topological order.
/// There is a row for each variable, with the variable's own element and those of its parents'
/// variables over open edges.
struct NetRows: Sendable {
  let pattern: RowPattern
  /// For each element of the rows except the first of each row, in order: its index among the
  /// weights of all nodes, `[parents, dimension]` each, one node after another; its edge; the
  /// variable of its row.
  let weights: [Int]
  let edges: [Int]
  let variables: [Int]
  /// The index from which each element is gathered. The diagonal elements, in the order of the
  /// variables, precede the weights.
  let places: [Int]
  /// The index of the first variable of each node, and the number of all variables.
  let starts: [Int]

  /// The rows for the edges that are open. The last patterns are stored.
  static func of(_ graph: LatentGraph, isOpen: [Bool]) -> NetRows {
    recent.value(for: Key(graph: graph, isOpen: isOpen)) { NetRows(graph, isOpen: isOpen) }
  }

  private struct Key: Equatable {
    let graph: LatentGraph
    let isOpen: [Bool]
  }

  /// A training run compiles the same net in every step, so that its graph is analysed once.
  private static let recent = Cache<Key, NetRows>(capacity: 8)

  private init(_ graph: LatentGraph, isOpen: [Bool]) {
    let k = graph.dimension
    var (starts, weightStarts) = ([0], [0])
    for (index, node) in graph.nodes.enumerated() {
      starts.append(starts[index] + node.dimension)
      weightStarts.append(weightStarts[index] + graph.parentDimension(of: index) * node.dimension)
    }
    var (rowStarts, columns, ids): ([Int], [Int32], [Int32]) = ([0], [], [])
    var (weights, edges, variables, places): ([Int], [Int], [Int], [Int]) = ([], [], [], [])
    for index in graph.order {
      let size = graph.nodes[index].dimension
      for own in 0..<size {
        let variable = starts[index] + own
        ids.append(Int32(variable))
        columns.append(Int32(variable))
        places.append(variable)
        var weight = weightStarts[index] + own
        for edge in graph.incoming[index] {
          let parent = graph.edges[edge].parent
          for other in starts[parent]..<starts[parent + 1] {
            if isOpen[edge] {
              columns.append(Int32(other))
              places.append(k + weights.count)
              weights.append(weight)
              edges.append(edge)
              variables.append(variable)
            }
            weight += size
          }
        }
        rowStarts.append(columns.count)
      }
    }
    pattern = RowPattern(
      dimension: k, starts: rowStarts, columns: columns, ids: ids, isTriangular: true)
    (self.weights, self.edges, self.variables, self.places) = (weights, edges, variables, places)
    self.starts = starts
  }

  /// The node to which a variable belongs.
  func node(of variable: Int) -> Int { starts.firstIndex { $0 > variable }! - 1 }
}
