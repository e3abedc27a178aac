import Tensors

/// A part of a network: a value or object whose stored properties hold parameters, statistics and
/// other modules.
///
/// Parameters are found by reflection, under the names of the properties that hold them, joined by
/// dots: `encoder.layers.0.weight`. Properties that are modules, arrays of modules and optionals of
/// either are followed. Nothing has to be written for a module of one's own but its properties.
public protocol Module<Scalar> {
  /// The type of its numbers.
  associatedtype Scalar: TensorScalar
}

/// A tensor that training changes.
///
/// Modules share a parameter by sharing the object. An optimizer rewrites its elements in place;
/// a copy that shall keep today's values is made by `snapshot()`.
public final class Parameter<Scalar: TensorScalar> {
  private var variable: Tensor<Scalar>

  /// The value, tracked: gradients flow to this parameter from all that is computed from it, but
  /// within `withConstantParameters`.
  public var value: Tensor<Scalar> {
    ParameterSwitch.areConstant ? variable.detached : variable
  }

  /// The address of the first element.
  package var pointer: UnsafePointer<Scalar> { variable.pointer }

  /// A parameter that starts with this value.
  public init(_ value: Tensor<Scalar>) { variable = value.snapshot().tracked() }

  /// Whether the elements lie in this tensor's memory.
  func isStored(in memory: Tensor<Scalar>) -> Bool { variable.storage === memory.storage }

  /// Moves the parameter's elements into memory given.
  func move(into memory: Tensor<Scalar>) {
    memory.overwrite(with: variable)
    variable = memory.tracked()
  }

  /// Overwrites the elements; the shapes must agree.
  public func assign(_ other: Tensor<Scalar>) { value.overwrite(with: other) }
}

/// Whether the parameters are constants for this task.
private enum ParameterSwitch {
  @TaskLocal static var areConstant = false
}

/// Runs `body` with all parameters as constants: what is computed is differentiable in its inputs
/// alone.
public func withConstantParameters<Result>(_ body: () throws -> Result) rethrows -> Result {
  try ParameterSwitch.$areConstant.withValue(true, operation: body)
}

/// A tensor that a module keeps without training it, such as the running mean of a batch norm.
public final class Statistic<Scalar: TensorScalar> {
  /// The value, through which no gradient flows. Training rewrites it in place; a copy that shall
  /// keep today's values is made by `snapshot()`.
  public private(set) var value: Tensor<Scalar>

  /// A statistic that starts with this value.
  public init(_ value: Tensor<Scalar>) { self.value = value.snapshot() }

  /// Replaces the value by one of the same shape.
  public func assign(_ other: Tensor<Scalar>) {
    require(
      other.shape == value.shape,
      "a statistic of shape \(value.shape) was assigned one of shape \(other.shape)")
    value = other.snapshot()
  }

  /// `value ← (1 − rate)·value + rate·factor·other`, in place.
  @specialized(where Scalar == Float)
  func move(towards other: UnsafePointer<Scalar>, times factor: Double = 1, by rate: Double) {
    let (affine, count) = (Scalar.kernels.elementwise.affine, value.count)
    affine(value.pointer, Scalar(1 - rate), 0, value.mutablePointer, count, 0)
    affine(other, Scalar(rate * factor), 0, value.mutablePointer, count, 1)
  }
}

extension Module {
  /// The parameters with their names, in the order of the properties; one that is shared is listed
  /// once, under its first name.
  public func namedParameters() -> [(name: String, parameter: Parameter<Scalar>)] {
    var seen = Set<ObjectIdentifier>()
    return members(Parameter<Scalar>.self).filter { seen.insert(ObjectIdentifier($0.1)).inserted }
      .map { (name: $0.0, parameter: $0.1) }
  }

  /// The statistics with their names, likewise.
  public func namedStatistics() -> [(name: String, statistic: Statistic<Scalar>)] {
    var seen = Set<ObjectIdentifier>()
    return members(Statistic<Scalar>.self).filter { seen.insert(ObjectIdentifier($0.1)).inserted }
      .map { (name: $0.0, statistic: $0.1) }
  }

  /// The number of trained numbers.
  public var parameterCount: Int { namedParameters().reduce(0) { $0 + $1.parameter.value.count } }

  private func members<Member>(_ type: Member.Type) -> [(String, Member)] {
    var found: [(String, Member)] = []
    // Objects may refer to each other in a circle; each is visited under its first name.
    var objects = Set<ObjectIdentifier>()
    func visit(_ value: Any, _ path: [String]) {
      if let member = value as? Member {
        found.append((path.joined(separator: "."), member))
        return
      }
      let mirror = Mirror(reflecting: value)
      let isContainer = mirror.displayStyle == .collection || mirror.displayStyle == .optional
      guard isContainer || value is any Module else { return }
      if mirror.displayStyle == .class,
        !objects.insert(ObjectIdentifier(value as AnyObject)).inserted
      {
        return
      }
      var ancestors: [Mirror] = []
      var next: Mirror? = mirror
      while let mirror = next {
        ancestors.append(mirror)
        next = mirror.superclassMirror
      }
      for mirror in ancestors.reversed() {
        for (index, child) in mirror.children.enumerated() {
          let name = mirror.displayStyle == .optional ? [] : [child.label ?? "\(index)"]
          visit(child.value, path + name)
        }
      }
    }
    visit(self, [])
    return found
  }
}

/// Whether a network is being trained or used.
public enum Mode: Sendable {
  /// Batch norms use the batch's statistics, and update the running ones.
  case training
  /// Batch norms use the running statistics.
  case evaluation
}

/// A module that maps a batch `[…, features]` to a batch.
public protocol Layer<Scalar>: Module {
  /// The layer's output for a batch of inputs.
  func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>
}
