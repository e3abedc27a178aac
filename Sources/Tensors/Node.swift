import Synchronization

/// The record of the operation that computed a tensor: its inputs and its adjoint.
///
/// Nodes form a directed acyclic graph, which is kept alive by the tensors computed last; there is
/// no global tape. A leaf (a variable or a parameter) has no inputs. A node is immutable, except
/// for the version of a leaf, which is atomic: any number of tasks may use a node at the same time.
package final class Node<Scalar: TensorScalar>: @unchecked Sendable {
  package typealias Adjoint = (_ upstream: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  /// The node's number in the order in which the program creates nodes.
  let number = nodeCount.add(1, ordering: .relaxed).newValue
  /// The operation's name, for messages.
  let operation: StaticString
  let shape: Shape
  private(set) var inputs: [Node?]
  private(set) var adjoint: Adjoint?
  /// Whether the tensor was computed by differentiation and is therefore not differentiable itself.
  let isGradient: Bool
  /// The number of times the elements of a leaf were overwritten.
  private let version = Atomic(0)
  /// The memory of constant inputs that is shared with a parameter.
  private let sharedMemory: [Storage<Scalar>]
  /// The sum of the versions of the inputs and of `sharedMemory` when the operation was recorded.
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

  /// A leaf: a variable, or a tensor computed by differentiation.
  init(leafOfShape shape: Shape, isGradient: Bool = false) {
    operation = "leaf"
    self.shape = shape
    self.isGradient = isGradient
    (inputs, sharedMemory, inputVersions, adjoint) = ([], [], 0, nil)
  }

  /// Records that the elements of this leaf were overwritten.
  package func markOverwritten() { version.add(1, ordering: .relaxed) }

  /// Stops if an input was overwritten after the operation was recorded: the adjoint would use the
  /// new elements in place of the old ones.
  @specialized(where Scalar == Float)
  func checkInputs() {
    require(
      Self.versions(inputs, sharedMemory) == inputVersions,
      "an input of the operation \(operation) was assigned after the operation was computed, so its "
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

  /// Releases a long chain of nodes one after the other. If this were left to the runtime, each
  /// node would release the next from within its own release, and the stack would grow with the
  /// length of the chain.
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
