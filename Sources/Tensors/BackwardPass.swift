/// One backward pass from an output: the nodes on which the output depends, and their gradients.
///
/// Nodes hold no state of a walk, so that several tasks can differentiate graphs that share nodes,
/// such as the parameters of a model, at the same time.
final class BackwardPass<Scalar: TensorScalar> {
  /// The nodes in topological order: each after its inputs.
  private(set) var nodes: [Node<Scalar>] = []
  /// The index of each node in `nodes`.
  private var places = NodeTable()
  /// The indices of the inputs of all nodes, one node after another; `constant` for a constant.
  private var inputPlaces: [Int32] = []
  private var inputStarts: [Int] = [0]
  /// The gradient of each node accumulated so far; `nil` before the first contribution.
  private var gradients: [Tensor<Scalar>?]
  /// Memory in which a node's gradient accumulates, such as a parameter's part of one flat buffer.
  private var destinations: [Tensor<Scalar>?]
  /// Whether the gradient of a node was requested.
  private var isKept: [Bool]

  private static var constant: Int32 { -1 }

  /// Sorts the nodes on which `end` depends topologically.
  @specialized(where Scalar == Float)
  init(from end: Node<Scalar>) {
    (gradients, destinations, isKept) = ([], [], [])
    order(endingAt: end)
    gradients = Array(repeating: nil, count: nodes.count)
    destinations = gradients
    isKept = Array(repeating: false, count: nodes.count)
  }

  @specialized(where Scalar == Float)
  private func order(endingAt end: Node<Scalar>) {
    refuseGradient(end)
    var path: [(node: Node<Scalar>, next: Int)] = [(end, 0)]
    _ = places.insert(end.number)
    while let (node, next) = path.last {
      if next == node.inputs.count {
        for input in node.inputs {
          inputPlaces.append(input.map { places[$0.number] } ?? Self.constant)
        }
        inputStarts.append(inputPlaces.count)
        places[node.number] = Int32(nodes.count)
        nodes.append(node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      if let input = node.inputs[next], places.insert(input.number) {
        refuseGradient(input)
        path.append((input, 0))
      }
    }
  }

  /// Propagates gradients back to the leaves. Returns the gradients of the nodes in `kept`; `nil`
  /// stands for zero. If `destinations` are given, one for each node, the gradients are accumulated
  /// in them.
  @specialized(where Scalar == Float)
  func gradients(
    keeping kept: [Node<Scalar>], in destinations: [Tensor<Scalar>]
  ) -> [Tensor<Scalar>?] {
    let keptPlaces = kept.map { places.find($0.number) }
    for (index, place) in keptPlaces.enumerated() {
      guard let place else { continue }
      isKept[Int(place)] = true
      if !destinations.isEmpty { self.destinations[Int(place)] = destinations[index] }
    }
    let last = nodes.count - 1
    accumulate(.full(1, nodes[last].shape), at: last)
    for place in nodes.indices.reversed() {
      guard let upstream = gradients[place] else { continue }
      nodes[place].checkInputs()
      nodes[place].adjoint?(upstream, Gradients(walk: self, node: place))
      if !isKept[place] { gradients[place] = nil }
    }
    return keptPlaces.map { $0.flatMap { gradients[Int($0)] } }
  }

  /// The number of inputs of the node at index `place`.
  func inputCount(of place: Int) -> Int { inputStarts[place + 1] - inputStarts[place] }

  /// The index of an input of the node at index `place`; `nil` for a constant.
  func place(ofInput input: Int, of place: Int) -> Int? {
    let found = inputPlaces[inputStarts[place] + input]
    return found == Self.constant ? nil : Int(found)
  }

  @specialized(where Scalar == Float)
  func accumulate(_ contribution: Tensor<Scalar>, at place: Int) {
    let shape = nodes[place].shape
    require(
      contribution.shape == shape,
      "a gradient of shape \(contribution.shape) was added to one of shape \(shape)")
    if gradients[place] == nil, destinations[place] == nil {
      gradients[place] = contribution.detached
      return
    }
    update(at: place) { memory, accumulate in
      Scalar.kernels.elementwise.affine(
        contribution.pointer, 1, 0, memory, shape.count, accumulate)
    }
  }

  /// Calls `write` with the memory of a node's gradient, and whether to add to its contents.
  @specialized(where Scalar == Float)
  func update(at place: Int, _ write: (UnsafeMutablePointer<Scalar>, Bool) -> Void) {
    let isFirst = gradients[place] == nil
    if isFirst {
      gradients[place] = destinations[place] ?? Tensor(nodes[place].shape) { _ in }
    } else if destinations[place] == nil {
      // The tensor may be an upstream gradient that was passed on to several inputs.
      gradients[place]!.makeUnique()
    }
    write(gradients[place]!.mutablePointer, !isFirst)
  }
}

private func refuseGradient<Scalar>(_ node: Node<Scalar>) {
  require(
    !node.isGradient,
    "the output depends on a result of differentiation; there are no second derivatives "
      + "(to use the result as a constant, take its .detached)")
}

/// The index of each node of a walk by the node's number: a hash table with linear probing. The
/// nodes of a graph are usually created one after another, so that the low bits of their numbers
/// rarely collide.
private struct NodeTable {
  private var numbers = [UInt64](repeating: 0, count: 256)
  private var places = [Int32](repeating: 0, count: 256)
  private var count = 0

  /// Inserts a number; returns `false` if it is in the table already.
  mutating func insert(_ number: UInt64) -> Bool {
    if 2 * count >= numbers.count { grow() }
    let slot = slot(of: number)
    if numbers[slot] == number { return false }
    numbers[slot] = number
    count += 1
    return true
  }

  /// The index stored for a number, which must be in the table.
  subscript(number: UInt64) -> Int32 {
    get { places[slot(of: number)] }
    set { places[slot(of: number)] = newValue }
  }

  /// The index stored for a number; `nil` if the number is not in the table.
  func find(_ number: UInt64) -> Int32? {
    let slot = slot(of: number)
    return numbers[slot] == number ? places[slot] : nil
  }

  /// The slot of a number, or the empty slot where it would be inserted. No node has the number 0.
  private func slot(of number: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: number) & (numbers.count - 1)
    while numbers[slot] != number && numbers[slot] != 0 { slot = (slot + 1) & (numbers.count - 1) }
    return slot
  }

  private mutating func grow() {
    let (oldNumbers, oldPlaces) = (numbers, places)
    numbers = Array(repeating: 0, count: 2 * oldNumbers.count)
    places = Array(repeating: 0, count: numbers.count)
    for (number, place) in zip(oldNumbers, oldPlaces) where number != 0 {
      let slot = slot(of: number)
      (numbers[slot], places[slot]) = (number, place)
    }
  }
}
