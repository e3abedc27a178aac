/// What a tensor remembers of how it was computed: the operation's inputs and its adjoint.
///
/// Nodes form a directed acyclic graph that is owned by the tensors at its end; there is no global
/// tape. A leaf (a variable or a parameter) has no inputs.
package final class Node<Scalar: TensorScalar> {
  package typealias Adjoint = (_ upstream: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  let shape: Shape
  private(set) var inputs: [Node?]
  let adjoint: Adjoint?

  /// Where the gradient of this walk collects; `nil` until the first contribution.
  package var gradient: Tensor<Scalar>?
  /// Memory that the gradient of this walk goes to, such as a parameter's place in one flat buffer.
  var destination: Tensor<Scalar>?
  /// Whether this walk's gradient is asked for.
  var isKept = false
  /// The walk that last came here, so that no walk counts a node twice.
  var walk: UInt64 = 0

  package init(shape: Shape, inputs: [Node?] = [], adjoint: Adjoint? = nil) {
    self.shape = shape
    self.inputs = inputs
    self.adjoint = adjoint
  }

  deinit { releaseInputs() }

  /// Releases a long chain of nodes one after the other: left to the runtime, each would release
  /// the next from within its own release, and the stack would grow with the chain.
  @specialized(where Scalar == Float)
  private func releaseInputs() {
    guard !inputs.isEmpty else { return }
    var orphans = inputs
    inputs = []
    while var last = orphans.popLast() {
      guard last != nil, isKnownUniquelyReferenced(&last!) else { continue }
      orphans.append(contentsOf: last!.inputs)
      last!.inputs = []
    }
  }
}
