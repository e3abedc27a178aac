import Tensors

/// All parameters of a module in one flat buffer, and their gradients in another.
///
/// The parameters keep their shapes and names. They are contiguous, so that an optimizer updates
/// all of them in one pass. Each parameter starts at a multiple of 16 elements; the gaps are always
/// zero.
public final class ParameterVector<Scalar: TensorScalar> {
  /// The parameters in order, with their names.
  public let members: [(name: String, parameter: Parameter<Scalar>)]
  /// The range of each parameter in the buffer.
  package let ranges: [Range<Int>]
  package let values: Tensor<Scalar>
  package let gradients: Tensor<Scalar>
  /// The node of each parameter.
  private var nodes: [Node<Scalar>] = []
  /// The part of `gradients` for each parameter, in the parameter's shape.
  private let gradientParts: [Tensor<Scalar>]

  /// Moves the parameters of a module to one buffer.
  ///
  /// An earlier vector that contains one of them can no longer differentiate.
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

  /// The parts of a buffer of this vector's length, one for each parameter; each shares the
  /// buffer's memory.
  func parts(of buffer: Tensor<Scalar>) -> [(name: String, tensor: Tensor<Scalar>)] {
    zip(members, ranges).map { member, range in
      (member.name, buffer.slice(range).reshaped(to: member.parameter.value.shape))
    }
  }

  /// The number of elements, gaps included.
  var count: Int { values.count }

  /// Computes the gradient of a loss of one element with respect to all parameters.
  @specialized(where Scalar == Float)
  public func differentiate(_ loss: Tensor<Scalar>) {
    // Iterate over indices: copying a member would retain its name.
    for index in members.indices {
      require(
        members[index].parameter.isStored(in: values),
        "the parameter \(members[index].name) was moved to a later parameter vector; use that one")
    }
    let found = backpropagate(from: loss, keeping: nodes, in: gradientParts)
    // Clear the gradient of a parameter on which this loss does not depend.
    for (gradient, part) in zip(found, gradientParts) where gradient == nil {
      Scalar.kernels.elementwise.fill(0, part.mutablePointer, part.count)
    }
  }

  /// Marks all parameters as overwritten.
  func markAssigned() {
    values.markOverwritten()
    for node in nodes { node.markOverwritten() }
  }

  /// A copy of each parameter's gradient after `differentiate`, in the parameter's shape.
  public func gradientsByName() -> [(name: String, gradient: Tensor<Scalar>)] {
    zip(members, gradientParts).map { ($0.name, $1.snapshot()) }
  }

  /// The Euclidean norm of the whole gradient. It overflows only if it exceeds the largest
  /// `Double`.
  public var gradientNorm: Double {
    let (unit, norm) = gradientNormInUnits()
    return unit * norm
  }

  /// A unit, and the norm of the gradient in that unit; it does not overflow if the gradient is
  /// finite.
  func gradientNormInUnits() -> (unit: Double, norm: Double) {
    func squares(_ x: Tensor<Scalar>) -> Double {
      Scalar.kernels.reductions.dot(x.pointer, x.pointer, count)
    }
    let sum = squares(gradients)
    if sum.isNormal || count == 0 { return (1, sum.squareRoot()) }
    // Squares in double may overflow or underflow; divide by the largest element first.
    let largest = gradients.abs().max(axis: 0).scalar
    guard largest > 0, largest.isFinite else { return (1, Double(largest)) }
    return (Double(largest), squares(gradients / largest).squareRoot())
  }
}
