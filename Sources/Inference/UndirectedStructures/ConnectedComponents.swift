/// The sets of variables that edges join, directly or through others.
struct ConnectedComponents {
  /// The parent of each variable in a forest that has a tree for each component.
  private var parent: [Int]

  /// Without edges: each variable by itself.
  init(dimension: Int) { parent = Array(0..<dimension) }

  /// Adds an edge.
  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(of: a), root(of: b))
    // The root is the smallest variable of its component.
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

  /// The components, each in increasing order, by their smallest variable.
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
