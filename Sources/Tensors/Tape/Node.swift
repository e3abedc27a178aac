/// What a tensor remembers of how it was computed: the operation's inputs and its adjoint.
///
/// Nodes form a directed acyclic graph that is owned by the tensors at its end; there is no global
/// tape. A leaf (a variable or a parameter) has no inputs.
package final class Node<Scalar: TensorScalar> {
  package typealias Adjoint = (_ upstream: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  /// The operation's name, for messages.
  let operation: StaticString
  let shape: Shape
  private(set) var inputs: [Node?]
  private(set) var adjoint: Adjoint?
  /// Whether the tensor is a result of differentiation, which is not differentiable itself.
  let isGradient: Bool
  /// How often the elements of a leaf have been overwritten.
  package var version = 0
  /// The memory of constant inputs that share it with a parameter.
  private let sharedMemory: [Storage<Scalar>]
  /// The sum of the versions of the inputs and of that memory when the operation was recorded.
  private let inputVersions: Int

  /// Where the gradient of this walk collects; `nil` until the first contribution.
  package var gradient: Tensor<Scalar>?
  /// Memory that the gradient of this walk goes to, such as a parameter's place in one flat buffer.
  var destination: Tensor<Scalar>?
  /// Whether this walk's gradient is asked for.
  var isKept = false
  /// The walk that last came here, so that no walk counts a node twice.
  var walk: UInt64 = 0

  /// The record of an operation.
  init(
    _ operation: StaticString, shape: Shape, inputs: [Node?], sharedMemory: [Storage<Scalar>],
    adjoint: @escaping Adjoint
  ) {
    self.operation = operation
    self.shape = shape
    self.inputs = inputs
    self.sharedMemory = sharedMemory
    inputVersions = Self.versions(inputs, sharedMemory)
    self.adjoint = adjoint
    isGradient = false
  }

  /// A leaf: a variable, or what differentiation gave.
  init(leafOfShape shape: Shape, isGradient: Bool = false) {
    operation = "leaf"
    self.shape = shape
    self.isGradient = isGradient
    (inputs, sharedMemory, inputVersions, adjoint) = ([], [], 0, nil)
  }

  /// Stops where an input has been overwritten since the operation was recorded: the adjoint would
  /// take the new elements for the old ones.
  @specialized(where Scalar == Float)
  func checkInputs() {
    require(
      Self.versions(inputs, sharedMemory) == inputVersions,
      "an input of the operation \(operation) was assigned after it had been computed, so that its "
        + "gradient is lost; compute the loss again, or assign after the gradient")
  }

  @specialized(where Scalar == Float)
  private static func versions(_ inputs: [Node?], _ memory: [Storage<Scalar>]) -> Int {
    var sum = 0
    for case let input? in inputs { sum &+= input.version }
    for storage in memory { sum &+= storage.version ?? 0 }
    return sum
  }

  deinit {
    guard adjoint != nil else { return }
    Releases.nested((inputs, adjoint)) {
      releaseInputs()
      adjoint = nil
    }
  }

  /// Releases a long chain of nodes one after the other: left to the runtime, each would release
  /// the next from within its own release, and the stack would grow with the chain.
  @specialized(where Scalar == Float)
  private func releaseInputs() {
    var orphans = inputs
    inputs = []
    while var last = orphans.popLast() {
      guard last != nil, isKnownUniquelyReferenced(&last!) else { continue }
      orphans.append(contentsOf: last!.inputs)
      last!.inputs = []
    }
  }
}
