import Tensors

/// All parameters of a module in one flat buffer, and their gradients in another.
///
/// The parameters keep their shapes and names, and now lie side by side, so that an optimizer takes
/// one pass. Each starts at a multiple of 16 elements; the gaps are zeros and stay so.
public final class ParameterVector<Scalar: TensorScalar> {
  /// The parameters in their order, with their names.
  public let members: [(name: String, parameter: Parameter<Scalar>)]
  /// Where each parameter lies.
  package let ranges: [Range<Int>]
  package let values: Tensor<Scalar>
  package let gradients: Tensor<Scalar>
  /// Where the gradient of each parameter collects on its way.
  private var nodes: [Node<Scalar>] = []
  /// Each parameter's part of `gradients`, in its shape.
  private let gradientParts: [Tensor<Scalar>]

  /// Moves the parameters of a module into one buffer.
  ///
  /// A vector that took over one of them earlier can no longer differentiate.
  public init(_ module: some Module<Scalar>) {
    members = module.namedParameters()
    var end = 0
    ranges = members.map { member in
      let start = (end + 15) / 16 * 16
      end = start + member.parameter.value.count
      return start..<end
    }
    let (values, gradients) = (Tensor<Scalar>.zeros([end]), Tensor<Scalar>.zeros([end]))
    (self.values, self.gradients) = (values, gradients)
    gradientParts = zip(members, ranges).map { member, range in
      gradients.slice(range).reshaped(to: member.parameter.value.shape)
    }
    for (member, range) in zip(members, ranges) {
      let shape = member.parameter.value.shape
      member.parameter.move(into: values.slice(range).reshaped(to: shape))
    }
    nodes = members.map { $0.parameter.value.node! }
    values.markOverwritten()
  }

  /// What a buffer as long as this vector holds for each parameter; each part shares its memory.
  func parts(of buffer: Tensor<Scalar>) -> [(name: String, tensor: Tensor<Scalar>)] {
    zip(members, ranges).map { member, range in
      (member.name, buffer.slice(range).reshaped(to: member.parameter.value.shape))
    }
  }

  /// The number of elements, gaps included.
  var count: Int { values.count }

  /// Computes the gradient of a loss, of one element, in all parameters.
  @specialized(where Scalar == Float)
  public func differentiate(_ loss: Tensor<Scalar>) {
    // By index: a member has a name, which would be copied for each.
    for index in members.indices {
      require(
        members[index].parameter.isStored(in: values),
        "the parameter \(members[index].name) has been taken over by a later parameter vector")
    }
    let found = backpropagate(from: loss, keeping: nodes, in: gradientParts)
    // A parameter on which the loss does not depend keeps no gradient of an earlier one.
    for (gradient, part) in zip(found, gradientParts) where gradient == nil {
      Scalar.kernels.elementwise.fill(0, part.mutablePointer, part.count)
    }
  }

  /// Notes that all elements have been overwritten.
  func markAssigned() {
    values.markOverwritten()
    for node in nodes { node.markOverwritten() }
  }

  /// The gradient of each parameter after `differentiate`, in its shape; a copy.
  public func gradientsByName() -> [(name: String, gradient: Tensor<Scalar>)] {
    zip(members, gradientParts).map { ($0.name, $1.snapshot()) }
  }

  /// The Euclidean norm of the whole gradient; it overflows only where it exceeds the largest `Double`.
  public var gradientNorm: Double {
    let (unit, norm) = gradientNormInUnits()
    return unit * norm
  }

  /// A unit, and the norm of the gradient in that unit, which does not overflow where the gradient is
  /// finite.
  func gradientNormInUnits() -> (unit: Double, norm: Double) {
    func squares(_ x: Tensor<Scalar>) -> Double {
      Scalar.kernels.reductions.dot(x.pointer, x.pointer, count)
    }
    let sum = squares(gradients)
    if sum.isNormal || count == 0 { return (1, sum.squareRoot()) }
    // Squares of doubles overflow, or vanish: they are taken in units of the largest element.
    let largest = gradients.abs().max(axis: 0).scalar
    guard largest > 0, largest.isFinite else { return (1, Double(largest)) }
    return (Double(largest), squares(gradients / largest).squareRoot())
  }
}
