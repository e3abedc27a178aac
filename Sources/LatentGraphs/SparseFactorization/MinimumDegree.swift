/// The vertices of a graph in an approximate minimum degree order.
///
/// Vertices of degree 0 and 1 are removed first, repeatedly. If the graph is a forest, no other
/// vertices remain.
/// - Complexity: `O(k)` for trees.
func minimumDegreeOrder(_ graph: Adjacency) -> [Int32] {
  var (order, isLeft) = peeled(graph)
  guard order.count < graph.count else { return order }
  // Vertices with very many neighbours are ordered last, because each elimination of a neighbour
  // would update them.
  let limit = max(16, Int(10 * Double(graph.count).squareRoot()))
  var dense: [Int32] = []
  for i in 0..<graph.count where isLeft[i] && graph.degree(i) > limit {
    dense.append(Int32(i))
    isLeft[i] = false
  }
  var quotient = QuotientGraph(graph, vertices: isLeft)
  quotient.eliminateAll { order.append($0) }
  dense.sort { (graph.degree(Int($0)), $0) < (graph.degree(Int($1)), $1) }
  return order + dense
}

/// The vertices that can be eliminated one after another with at most one remaining neighbour, and
/// whether each vertex remains.
private func peeled(_ graph: Adjacency) -> (order: [Int32], isLeft: [Bool]) {
  var degree = (0..<graph.count).map { Int32(graph.degree($0)) }
  var isLeft = [Bool](repeating: true, count: graph.count)
  var order: [Int32] = (0..<Int32(graph.count)).filter { degree[Int($0)] <= 1 }
  order.reserveCapacity(graph.count)
  for vertex in order { isLeft[Int(vertex)] = false }
  var next = 0
  while next < order.count {
    for neighbour in graph[Int(order[next])] where isLeft[Int(neighbour)] {
      degree[Int(neighbour)] -= 1
      if degree[Int(neighbour)] <= 1 {
        isLeft[Int(neighbour)] = false
        order.append(neighbour)
      }
    }
    next += 1
  }
  return (order, isLeft)
}

/// The quotient graph of an elimination in progress (Amestoy, Davis and Duff, 1996).
///
/// An eliminated vertex becomes an element, which represents the edges between all its neighbours.
/// Vertices with the same neighbours are merged into one vertex with a larger weight. The list of a
/// vertex contains its adjacent elements, then its adjacent vertices. The list of an element
/// contains its vertices.
private struct QuotientGraph {
  /// The lists of all vertices and elements. Lists of new elements are appended.
  private var pool: [Int32]
  private var start: [Int]
  private var length: [Int32]
  /// The number of elements at the start of a vertex's list.
  private var elementCount: [Int32]
  /// The number of vertices that a vertex represents: 0 if it is eliminated or merged into another,
  /// and negative while it is adjacent to the pivot.
  private var weight: [Int32]
  /// For a vertex, an upper bound of the weight of its neighbours; for an element, the weight of
  /// its vertices.
  private var degree: [Int32]
  private var isElement: [Bool]
  /// The vertices that each vertex represents, as linked lists, and the last vertex of each list.
  private var member: [Int32]
  private var lastMember: [Int32]
  /// The vertices of each degree, as doubly linked lists.
  private var head: [Int32]
  private var next: [Int32]
  private var previous: [Int32]
  /// The weight of an element's vertices that are not adjacent to the pivot, plus `tag`.
  private var mark: [Int]
  private var tag = 1
  private var remaining = 0
  private var least = 0

  init(_ graph: Adjacency, vertices isMember: [Bool]) {
    let count = graph.count
    pool = []
    pool.reserveCapacity(2 * graph.neighbours.count)
    start = [Int](repeating: 0, count: count)
    length = [Int32](repeating: 0, count: count)
    elementCount = length
    weight = length
    degree = length
    isElement = [Bool](repeating: false, count: count)
    member = [Int32](repeating: -1, count: count)
    lastMember = (0..<Int32(count)).map { $0 }
    head = [Int32](repeating: -1, count: count + 1)
    next = member
    previous = member
    mark = [Int](repeating: 0, count: count)
    for i in 0..<count where isMember[i] {
      start[i] = pool.count
      for j in graph[i] where isMember[Int(j)] { pool.append(j) }
      length[i] = Int32(pool.count - start[i])
      degree[i] = length[i]
      weight[i] = 1
      remaining += 1
    }
    for i in 0..<count where isMember[i] { insert(Int32(i)) }
  }

  mutating func eliminateAll(_ body: (Int32) -> Void) {
    while remaining > 0 {
      while head[least] < 0 { least += 1 }
      let pivot = head[least]
      remove(pivot)
      let own = eliminate(pivot)
      var vertex = pivot
      while vertex >= 0 {
        body(vertex)
        vertex = member[Int(vertex)]
      }
      remaining -= Int(own)
    }
  }

  // MARK: Lists by degree

  private mutating func insert(_ i: Int32) {
    let d = Int(degree[Int(i)])
    let old = head[d]
    (next[Int(i)], previous[Int(i)]) = (old, -1)
    if old >= 0 { previous[Int(old)] = i }
    head[d] = i
    least = min(least, d)
  }

  private mutating func remove(_ i: Int32) {
    let (before, after) = (previous[Int(i)], next[Int(i)])
    if after >= 0 { previous[Int(after)] = before }
    if before >= 0 { next[Int(before)] = after } else { head[Int(degree[Int(i)])] = after }
  }

  // MARK: An elimination

  /// Turns a vertex into an element, and returns the number of vertices that are eliminated: those
  /// that it represents, and those that can be eliminated with it.
  private mutating func eliminate(_ pivot: Int32) -> Int32 {
    let p = Int(pivot)
    var own = weight[p]
    let first = gather(pivot)
    let end = pool.count
    markOutsides(first..<end)
    var buckets: [(hash: Int, vertex: Int32)] = []
    buckets.reserveCapacity(end - first)
    for place in first..<end {
      let i = pool[place]
      let hash = update(i, pivot)
      if let hash {
        buckets.append((hash, i))
      } else {
        // The vertex is adjacent to the pivot only, and is eliminated with it.
        own -= weight[Int(i)]
        absorb(i, into: pivot)
      }
    }
    // The new tag exceeds all marks, which are at most the old tag plus the number of vertices.
    tag += weight.count + 1
    buckets.sort { ($0.hash, $0.vertex) < ($1.hash, $1.vertex) }
    joinEqual(buckets)
    finish(pivot, first, end, leaving: Int32(remaining) - own)
    return own
  }

  /// Appends the neighbours of the pivot to the pool and negates their weights.
  private mutating func gather(_ pivot: Int32) -> Int {
    let p = Int(pivot)
    let (from, elements, all) = (start[p], Int(elementCount[p]), Int(length[p]))
    weight[p] = 0
    let first = pool.count
    var size: Int32 = 0
    func take(_ range: Range<Int>, _ graph: inout QuotientGraph) {
      for place in range {
        let i = graph.pool[place]
        let w = graph.weight[Int(i)]
        guard w > 0 else { continue }
        size += w
        graph.weight[Int(i)] = -w
        graph.pool.append(i)
        graph.remove(i)
      }
    }
    for place in from..<from + elements {
      let e = Int(pool[place])
      guard isElement[e] else { continue }
      take(start[e]..<start[e] + Int(length[e]), &self)
      isElement[e] = false
    }
    take(from + elements..<from + all, &self)
    start[p] = first
    length[p] = Int32(pool.count - first)
    degree[p] = size
    isElement[p] = true
    return first
  }

  /// Computes the mark of each element that is adjacent to these vertices.
  private mutating func markOutsides(_ range: Range<Int>) {
    for place in range {
      let i = Int(pool[place])
      let own = -Int(weight[i])
      for at in start[i]..<start[i] + Int(elementCount[i]) {
        let e = Int(pool[at])
        guard isElement[e] else { continue }
        mark[e] = (mark[e] >= tag ? mark[e] : Int(degree[e]) + tag) - own
      }
    }
  }

  /// Updates the list of a neighbour of the pivot: the pivot replaces the elements that it absorbs.
  /// Returns a hash of the list, or `nil` if it contains only the pivot.
  private mutating func update(_ i: Int32, _ pivot: Int32) -> Int? {
    let v = Int(i)
    let from = start[v]
    var to = from
    var (hash, sum) = (Int(pivot), 0)
    for at in from..<from + Int(elementCount[v]) {
      let e = Int(pool[at])
      guard isElement[e] else { continue }
      let outside = mark[e] - tag
      if outside > 0 {
        sum += outside
        hash &+= e
        pool[to] = Int32(e)
        to += 1
      } else {
        isElement[e] = false
      }
    }
    let elements = to - from
    var vertices: [Int32] = []
    for at in from + Int(elementCount[v])..<from + Int(length[v]) {
      let j = pool[at]
      guard weight[Int(j)] > 0 else { continue }
      sum += Int(weight[Int(j)])
      hash &+= Int(j)
      vertices.append(j)
    }
    if elements == 0, vertices.isEmpty { return nil }
    // There is room, because the pivot or an element that it absorbed was in the list.
    pool[to] = pivot
    for (offset, j) in vertices.enumerated() { pool[to + 1 + offset] = j }
    elementCount[v] = Int32(elements + 1)
    length[v] = Int32(elements + 1 + vertices.count)
    degree[v] = Int32(min(Int(degree[v]), sum))
    return hash
  }

  /// Merges neighbours of the pivot whose lists are equal.
  private mutating func joinEqual(_ buckets: [(hash: Int, vertex: Int32)]) {
    for first in buckets.indices {
      let i = buckets[first].vertex
      guard weight[Int(i)] != 0 else { continue }
      var second = first + 1
      var isMarked = false
      while second < buckets.count, buckets[second].hash == buckets[first].hash {
        let j = buckets[second].vertex
        second += 1
        guard weight[Int(j)] != 0, length[Int(j)] == length[Int(i)],
          elementCount[Int(j)] == elementCount[Int(i)]
        else { continue }
        if !isMarked {
          for at in list(of: i) { mark[Int(pool[at])] = tag }
          isMarked = true
        }
        if list(of: j).allSatisfy({ mark[Int(pool[$0])] == tag }) {
          weight[Int(i)] += weight[Int(j)]
          absorb(j, into: i)
        }
      }
      if isMarked { tag += 1 }
    }
  }

  private func list(of i: Int32) -> Range<Int> {
    start[Int(i)]..<start[Int(i)] + Int(length[Int(i)])
  }

  private mutating func absorb(_ j: Int32, into i: Int32) {
    weight[Int(j)] = 0
    member[Int(lastMember[Int(i)])] = j
    lastMember[Int(i)] = lastMember[Int(j)]
  }

  /// Updates the degrees of the pivot's neighbours, and removes those that were eliminated with it
  /// or merged.
  private mutating func finish(_ pivot: Int32, _ first: Int, _ end: Int, leaving rest: Int32) {
    let p = Int(pivot)
    var (to, size) = (first, Int32(0))
    for place in first..<end { size -= weight[Int(pool[place])] }
    for place in first..<end {
      let i = pool[place]
      let own = -weight[Int(i)]
      guard own > 0 else { continue }
      weight[Int(i)] = own
      degree[Int(i)] = min(degree[Int(i)] + size - own, rest - own)
      insert(i)
      pool[to] = i
      to += 1
    }
    pool.removeLast(end - to)
    length[p] = Int32(to - first)
    degree[p] = size
    if to == first { isElement[p] = false }
  }
}
