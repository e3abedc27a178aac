/// The connected components of a graph: sets of variables that are joined directly or through
/// others.
struct ConnectedComponents {
  /// The parent of each variable in a forest with one tree for each component.
  private var parent: [Int]

  /// A graph without edges, in which each variable is a component.
  init(dimension: Int) { parent = Array(0..<dimension) }

  /// Adds an edge.
  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(of: a), root(of: b))
    // The root of a component is its smallest variable.
    parent[max(first, second)] = min(first, second)
  }

  private mutating func root(of variable: Int) -> Int {
    var variable = variable
    while parent[variable] != variable {
      parent[variable] = parent[parent[variable]]
      variable = parent[variable]
    }
    return variable
  }

  /// The components in the order of their smallest variables, each in increasing order.
  mutating func sets() -> [[Int]] {
    var place = [Int](repeating: -1, count: parent.count)
    var sets: [[Int]] = []
    for variable in parent.indices {
      let root = root(of: variable)
      if root == variable {
        place[root] = sets.count
        sets.append([])
      }
      sets[place[root]].append(variable)
    }
    return sets
  }
}
