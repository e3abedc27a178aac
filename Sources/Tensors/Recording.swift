extension Tensor {
  /// The same elements without the record of how they were computed: a constant.
  ///
  /// The constant shares the memory of the original. If the original is a parameter, the constant
  /// changes when the parameter is assigned; `snapshot()` makes an independent copy.
  public var detached: Tensor {
    Tensor(shape: shape, storage: storage, offset: offset, node: nil)
  }

  /// The same elements as a new variable, with respect to which gradients can be computed.
  ///
  /// The elements of a parameter are copied, so that the variable does not change when the
  /// parameter is assigned.
  public func tracked() -> Tensor {
    if isParameterMemory { return snapshot().tracked() }
    return Tensor(shape: shape, storage: storage, offset: offset, node: Node(leafOfShape: shape))
  }

  /// The same elements as an existing variable of equal shape and elements, stored in this tensor's
  /// memory from now on.
  package func tracked(as variable: Tensor) -> Tensor {
    Tensor(shape: shape, storage: storage, offset: offset, node: variable.node)
  }

  /// Whether gradients flow through this tensor.
  public var isTracked: Bool { node.map { !$0.isGradient } ?? false }

  /// The same elements, marked as a result of differentiation. Tensors computed from it are marked
  /// too and are not recorded. Differentiating through a marked tensor is refused.
  func asGradient() -> Tensor {
    Tensor(
      shape: shape, storage: storage, offset: offset,
      node: Node(leafOfShape: shape, isGradient: true))
  }

  /// Records this value as the result of an operation on `inputs` with the given adjoint. This is
  /// the way to define a differentiable operation of your own.
  ///
  /// `self` may be computed from the values of the inputs in any way. The adjoint gets the gradient
  /// of the loss with respect to the result, in the result's shape, and adds the gradient of each
  /// input, in that input's shape. For `y = x³`:
  /// ```swift
  /// let x = input.detached
  /// return (x * x * x).recorded(from: [input]) { upstream, gradients in
  ///   gradients.add(to: 0, 3 * x * x * upstream)
  /// }
  /// ```
  /// Capture `detached` values in the adjoint, so that it does not retain more of the graph than it
  /// needs. If no input is tracked, nothing is recorded.
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

  /// A constant copy of the elements in separate memory, which is never overwritten.
  public func snapshot() -> Tensor {
    withScalars { source in
      Tensor(shape) { $0.update(from: source.baseAddress!, count: source.count) }
    }
  }

  /// The address of the first element, for the owner of the memory to write to.
  package var mutablePointer: UnsafeMutablePointer<Scalar> { storage.pointer + offset }

  /// Copies the elements to separate memory if other tensors share it, so that writing in place
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

  /// Whether the memory belongs to a parameter, whose elements are overwritten in place.
  package var isParameterMemory: Bool { storage.overwriteCount > 0 }

  /// Marks the memory as a parameter's and records that its elements were overwritten.
  package func markOverwritten() { storage.markOverwritten() }
}

/// Whether operations of the current task are recorded.
package enum RecordingSwitch {
  @TaskLocal package static var isOn = true
}

/// Runs `body` without recording operations, for example to evaluate a model. Results are
/// constants, and intermediate values are freed as soon as they have been used.
public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
  try RecordingSwitch.$isOn.withValue(false, operation: body)
}
