/// The vertices of a graph in an order of approximately minimum degree.
///
/// Vertices of degree 0 and 1 go first, again and again, so that of a forest nothing else is left.
/// - Complexity: `O(k)` for trees.
func minimumDegreeOrder(_ graph: Adjacency) -> [Int32] {
  var (order, isLeft) = peeled(graph)
  guard order.count < graph.count else { return order }
  // A vertex of a great many neighbours would be looked at for each of them; it goes last.
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

/// The vertices that can go one after another with at most one neighbour left, and which remain.
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

/// The graph of an elimination in progress (Amestoy, Davis and Duff, 1996).
///
/// An eliminated vertex becomes an element, which stands for the edges between all its neighbours.
/// Vertices with the same neighbours are one vertex of a larger weight. The list of a vertex holds
/// the elements that it borders on and then the vertices; the list of an element, its vertices.
private struct QuotientGraph {
  /// The lists; those of new elements are appended.
  private var pool: [Int32]
  private var start: [Int]
  private var length: [Int32]
  /// How many elements a vertex's list begins with.
  private var elementCount: [Int32]
  /// How many vertices one stands for: 0 once it is eliminated or part of another, and negative
  /// while it borders on the pivot.
  private var weight: [Int32]
  /// Of a vertex, at least the weight of its neighbours; of an element, that of its vertices.
  private var degree: [Int32]
  private var isElement: [Bool]
  /// The vertices that each one stands for, as a list of links, and the last of each.
  private var member: [Int32]
  private var lastMember: [Int32]
  /// Vertices of the same degree, as lists linked both ways.
  private var head: [Int32]
  private var next: [Int32]
  private var previous: [Int32]
  /// Marks: what an element has outside of the pivot's neighbours, above the tag.
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

  /// Makes a vertex an element, and gives how many vertices it and those that go with it stand for.
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
        // All that it borders on is the pivot: it goes with it.
        own -= weight[Int(i)]
        absorb(i, into: pivot)
      }
    }
    // Above all marks, which exceed the tag by at most all vertices.
    tag += weight.count + 1
    buckets.sort { ($0.hash, $0.vertex) < ($1.hash, $1.vertex) }
    joinEqual(buckets)
    finish(pivot, first, end, leaving: Int32(remaining) - own)
    return own
  }

  /// Appends the neighbours of the pivot to the pool, their weights negated.
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

  /// Marks each element that borders on these vertices with the tag and what of it lies elsewhere.
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

  /// The list of a neighbour of the pivot, whose element takes the place of what it absorbs; and a
  /// hash of the list, or `nil` where it holds nothing but the pivot.
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
    // There is room: the pivot, or an element that it absorbed, was in the list.
    pool[to] = pivot
    for (offset, j) in vertices.enumerated() { pool[to + 1 + offset] = j }
    elementCount[v] = Int32(elements + 1)
    length[v] = Int32(elements + 1 + vertices.count)
    degree[v] = Int32(min(Int(degree[v]), sum))
    return hash
  }

  /// Joins neighbours of the pivot whose lists are the same.
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

  /// Gives the pivot's neighbours their degrees, and drops those that went with it or were joined.
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
