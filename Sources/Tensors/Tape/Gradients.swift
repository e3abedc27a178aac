/// The gradients of an operation's inputs, to which its adjoint adds.
public struct Gradients<Scalar: TensorScalar> {
  let walk: Walk<Scalar>
  /// The place of the operation among the walk's nodes.
  let node: Int

  /// Whether an input's gradient is asked for; if not, what is added to it is not even computed.
  public func isNeeded(_ input: Int) -> Bool { place(input) != nil }

  private func place(_ input: Int) -> Int? {
    let count = walk.inputCount(of: node)
    require(
      (0..<count).contains(input),
      "an adjoint asked for input \(input) of an operation that was recorded from \(count)")
    return walk.place(ofInput: input, of: node)
  }

  /// Adds to the gradient of an input, which has that input's shape.
  ///
  /// The contribution is computed only where it is needed.
  @specialized(where Scalar == Float)
  public func add(to input: Int, _ contribution: @autoclosure () -> Tensor<Scalar>) {
    guard let place = place(input) else { return }
    walk.accumulate(contribution(), at: place)
  }

  /// Lets a kernel write a contribution where the gradient collects.
  ///
  /// `write` gets the memory and whether to add to what is there (`true`) or to overwrite it.
  @specialized(where Scalar == Float)
  package func update(
    _ input: Int, _ write: (_ memory: UnsafeMutablePointer<Scalar>, _ accumulate: Bool) -> Void
  ) {
    guard let place = place(input) else { return }
    walk.update(at: place, write)
  }

  /// Where an input's gradient collects, for an adjoint that writes it before it returns; `nil`
  /// where it is not needed. An input that is listed twice has the same memory, to be added to by the
  /// second.
  @specialized(where Scalar == Float)
  package func destination(_ input: Int) -> GradientMemory<Scalar>? {
    guard let place = place(input) else { return nil }
    var memory: GradientMemory<Scalar>?
    walk.update(at: place) { memory = GradientMemory(pointer: $0, accumulates: $1) }
    return memory
  }
}

extension Gradients {
  /// Where two inputs' gradients collect, for a kernel that adds to both at once; `nil` where one is
  /// not needed. What has no contribution yet is cleared. The two inputs may be the same: then `body`
  /// gets separate memory for the second.
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

/// The memory of a gradient, and whether to add to what is there.
package struct GradientMemory<Scalar: TensorScalar> {
  package let pointer: UnsafeMutablePointer<Scalar>
  package let accumulates: Bool

  package init(pointer: UnsafeMutablePointer<Scalar>, accumulates: Bool) {
    (self.pointer, self.accumulates) = (pointer, accumulates)
  }

  /// As the kernels take it.
  package var flag: Int32 { accumulates ? 1 : 0 }
}
