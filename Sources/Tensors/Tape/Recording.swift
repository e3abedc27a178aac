extension Tensor {
  /// The same elements without the record of how they were computed: a constant.
  ///
  /// That of a parameter shares the parameter's memory and changes with it; `snapshot()` does not.
  public var detached: Tensor {
    Tensor(shape: shape, storage: storage, offset: offset, node: nil)
  }

  /// The same elements as a variable, with respect to which gradients can be asked for.
  ///
  /// That of a parameter is a copy, which keeps its elements when the parameter is assigned.
  public func tracked() -> Tensor {
    if isParameterMemory { return snapshot().tracked() }
    return Tensor(shape: shape, storage: storage, offset: offset, node: Node(leafOfShape: shape))
  }

  /// The same elements as a variable that is there already, of the same shape and elements, which are to
  /// lie in this memory from now on.
  package func tracked(as variable: Tensor) -> Tensor {
    Tensor(shape: shape, storage: storage, offset: offset, node: variable.node)
  }

  /// Whether gradients flow through this tensor.
  public var isTracked: Bool { node.map { !$0.isGradient } ?? false }

  /// The same elements as a result of differentiation. What is computed from it is one too, and keeps
  /// no record; it is refused where a gradient would have to flow through it.
  func asGradient() -> Tensor {
    Tensor(
      shape: shape, storage: storage, offset: offset,
      node: Node(leafOfShape: shape, isGradient: true))
  }

  /// This value as the result of an operation on `inputs`, with its adjoint: the way to define a
  /// differentiable operation of one's own.
  ///
  /// `self` is computed from the values of the inputs by any means. The adjoint gets the gradient of
  /// the loss with respect to the result, of the result's shape, and adds to each input's, of that
  /// input's shape. For `y = x³`:
  /// ```swift
  /// let x = input.detached
  /// return (x * x * x).recorded(from: [input]) { upstream, gradients in
  ///   gradients.add(to: 0, 3 * x * x * upstream)
  /// }
  /// ```
  /// Values that the adjoint refers to are best `detached`, so that it holds no more of the graph
  /// than it needs. Where no input is tracked nothing is recorded.
  ///
  /// - Parameters:
  ///   - inputs: the tensors that the result was computed from.
  ///   - operation: the name that messages give the operation; the calling function's by default.
  ///   - adjoint: adds to the gradient of each input.
  @specialized(where Scalar == Float)
  public func recorded(
    from inputs: [Tensor], operation: StaticString = #function,
    adjoint: @escaping (_ upstream: Tensor, _ gradients: Gradients<Scalar>) -> Void
  ) -> Tensor {
    var nodes = [Node<Scalar>?]()
    nodes.reserveCapacity(inputs.count)
    var isTracked = false
    var sharedMemory = [Storage<Scalar>]()
    var gradient: Node<Scalar>?
    for input in inputs {
      nodes.append(input.node)
      guard let node = input.node else {
        if input.isParameterMemory { sharedMemory.append(input.storage) }
        continue
      }
      if node.isGradient { gradient = node } else { isTracked = true }
    }
    guard isTracked || gradient != nil, RecordingSwitch.isOn else { return detached }
    let node =
      isTracked
      ? Node(
        operation, shape: shape, inputs: nodes, sharedMemory: sharedMemory, adjoint: adjoint)
      : gradient
    return Tensor(shape: shape, storage: storage, offset: offset, node: node)
  }

  /// A constant with these elements in memory of its own, which nothing changes later.
  public func snapshot() -> Tensor {
    withScalars { source in
      Tensor(shape) { $0.update(from: source.baseAddress!, count: source.count) }
    }
  }

  /// The first element's address, to be written to by who owns the memory.
  package var mutablePointer: UnsafeMutablePointer<Scalar> { storage.pointer + offset }

  /// Gives the elements memory of their own where others share it, so that writing to them in place
  /// changes this tensor alone.
  package mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { self = snapshot() }
  }

  /// Overwrites the elements in place; all tensors that share the memory change.
  package func overwrite(with other: Tensor) {
    require(
      other.shape == shape, "a tensor of shape \(shape) was assigned one of shape \(other.shape)")
    other.withScalars { mutablePointer.update(from: $0.baseAddress!, count: $0.count) }
  }

  /// Whether this is the same variable, or the same constant, as another tensor.
  package func isIdentical(to other: Tensor?) -> Bool {
    guard let other else { return false }
    return storage === other.storage && offset == other.offset && shape == other.shape
      && node === other.node
  }

  /// Whether the elements are a parameter's, which are overwritten in place.
  package var isParameterMemory: Bool { storage.overwriteCount > 0 }

  /// Notes that the elements are a parameter's, and that they have been overwritten.
  package func markOverwritten() { storage.markOverwritten() }
}

/// Whether operations of this task are recorded.
private enum RecordingSwitch {
  @TaskLocal static var isOn = true
}

/// Runs `body` without recording operations: results are constants, and intermediate values are
/// freed as soon as they are used. For evaluation.
public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
  try RecordingSwitch.$isOn.withValue(false, operation: body)
}
