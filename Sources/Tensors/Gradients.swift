/// The gradients of an operation's inputs, to which the operation's adjoint adds.
public struct Gradients<Scalar: TensorScalar> {
  let walk: BackwardPass<Scalar>
  /// The index of the operation among the walk's nodes.
  let node: Int

  /// Whether the gradient of an input is needed. If not, `add(to:_:)` does not compute its
  /// argument.
  public func isNeeded(_ input: Int) -> Bool { place(input) != nil }

  private func place(_ input: Int) -> Int? {
    let count = walk.inputCount(of: node)
    require(
      (0..<count).contains(input),
      "an adjoint asked for input \(input) of an operation with \(count) inputs")
    return walk.place(ofInput: input, of: node)
  }

  /// Adds to the gradient of an input; the contribution has that input's shape.
  ///
  /// The contribution is computed only if the gradient is needed.
  @specialized(where Scalar == Float)
  public func add(to input: Int, _ contribution: @autoclosure () -> Tensor<Scalar>) {
    guard let place = place(input) else { return }
    walk.accumulate(contribution(), at: place)
  }

  /// Lets a kernel write a contribution directly to the memory of the gradient.
  ///
  /// `write` gets the memory and a flag: whether to add to its contents (`true`) or to overwrite
  /// them.
  @specialized(where Scalar == Float)
  package func update(
    _ input: Int, _ write: (_ memory: UnsafeMutablePointer<Scalar>, _ accumulate: Bool) -> Void
  ) {
    guard let place = place(input) else { return }
    walk.update(at: place, write)
  }

  /// The memory of an input's gradient, for an adjoint that writes it before it returns; `nil` if
  /// it is not needed. An input that is listed twice has one memory, to which the second
  /// contribution must be added.
  @specialized(where Scalar == Float)
  package func destination(_ input: Int) -> GradientMemory<Scalar>? {
    guard let place = place(input) else { return nil }
    var memory: GradientMemory<Scalar>?
    walk.update(at: place) { memory = GradientMemory(pointer: $0, accumulates: $1) }
    return memory
  }
}

extension Gradients {
  /// Passes the memory of two inputs' gradients to a kernel that adds to both at once; `nil` for
  /// one that is not needed. Memory without a contribution yet is cleared. If both inputs are the
  /// same tensor, `body` gets separate memory for the second.
  @specialized(where Scalar == Float)
  package func add(
    to first: Int, and second: Int,
    _ body: (UnsafeMutablePointer<Scalar>?, UnsafeMutablePointer<Scalar>?) -> Void
  ) {
    func cleared(_ input: Int) -> UnsafeMutablePointer<Scalar>? {
      destination(input).map { memory in
        if !memory.accumulates {
          memory.pointer.update(repeating: 0, count: walk.nodes[place(input)!].shape.count)
        }
        return memory.pointer
      }
    }
    if let place = place(first), place == self.place(second) {
      let separate = Tensor<Scalar>.zeros(walk.nodes[place].shape)
      body(cleared(first), separate.mutablePointer)
      walk.accumulate(separate, at: place)
    } else {
      body(cleared(first), cleared(second))
    }
  }
}

/// The memory of a gradient, and whether to add to its contents or to overwrite them.
package struct GradientMemory<Scalar: TensorScalar> {
  package let pointer: UnsafeMutablePointer<Scalar>
  package let accumulates: Bool

  package init(pointer: UnsafeMutablePointer<Scalar>, accumulates: Bool) {
    (self.pointer, self.accumulates) = (pointer, accumulates)
  }

  /// `accumulates` as the kernels' integer argument.
}
