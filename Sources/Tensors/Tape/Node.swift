import Synchronization

/// What a tensor remembers of how it was computed: the operation's inputs and its adjoint.
///
/// Nodes form a directed acyclic graph that is owned by the tensors at its end; there is no global
/// tape. A leaf (a variable or a parameter) has no inputs. A node does not change once it is made,
/// but for the version of a leaf, which is atomic: any number of tasks may use it at the same time.
package final class Node<Scalar: TensorScalar>: @unchecked Sendable {
  package typealias Adjoint = (_ upstream: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  /// Its place in the order in which all nodes of the program are made.
  let number = nodeCount.add(1, ordering: .relaxed).newValue
  /// The operation's name, for messages.
  let operation: StaticString
  let shape: Shape
  private(set) var inputs: [Node?]
  private(set) var adjoint: Adjoint?
  /// Whether the tensor is a result of differentiation, which is not differentiable itself.
  let isGradient: Bool
  /// How often the elements of a leaf have been overwritten.
  private let version = Atomic(0)
  /// The memory of constant inputs that share it with a parameter.
  private let sharedMemory: [Storage<Scalar>]
  /// The sum of the versions of the inputs and of that memory when the operation was recorded.
  private let inputVersions: Int

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

  /// Notes that the elements of this leaf have been overwritten.
  package func markOverwritten() { version.add(1, ordering: .relaxed) }

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
    for case let input? in inputs { sum &+= input.version.load(ordering: .relaxed) }
    for storage in memory { sum &+= storage.overwriteCount }
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

private let nodeCount = Atomic<UInt64>(0)
