import Tensors

/// A part of a network: a value or object whose stored properties hold parameters, statistics and
/// other modules.
///
/// Parameters are found by reflection, under the names of the properties that hold them, joined by
/// dots: `encoder.layers.0.weight`. Whatever a property holds is followed: modules, other structs and
/// objects, arrays, dictionaries (by their keys, in the order of their text), tuples, optionals and the
/// cases of enums. A set of modules, which has no order, and a member with another type of numbers
/// stop the program with the name of the property. Nothing has to be written for a module of one's own
/// but its properties.
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
  public init(_ value: Tensor<Scalar>) {
    variable = value.snapshot().tracked()
    variable.markOverwritten()
  }

  /// Whether the elements lie in this tensor's memory.
  func isStored(in memory: Tensor<Scalar>) -> Bool { variable.storage === memory.storage }

  /// Moves the parameter's elements into memory given. It stays the same variable: what has been
  /// computed from it can still be differentiated.
  func move(into memory: Tensor<Scalar>) {
    memory.overwrite(with: variable)
    variable = memory.tracked(as: variable)
  }

  /// Overwrites the elements; the shapes must agree.
  ///
  /// What was computed from the old elements can no longer be differentiated.
  public func assign(_ other: Tensor<Scalar>) {
    variable.overwrite(with: other)
    variable.markOverwritten()
    variable.node!.markOverwritten()
  }
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
  /// The value, through which no gradient flows.
  public private(set) var value: Tensor<Scalar>

  /// The address of the first element.
  var pointer: UnsafePointer<Scalar> { value.pointer }

  /// A statistic that starts with this value.
  public init(_ value: Tensor<Scalar>) { self.value = value.snapshot() }

  /// Replaces the value by one of the same shape.
  public func assign(_ other: Tensor<Scalar>) {
    require(
      other.shape == value.shape,
      "a statistic of shape \(value.shape) was assigned one of shape \(other.shape)")
    value = other.snapshot()
  }

  /// `value ← value + rate·(factor·other − value)`, in place.
  ///
  /// Tensors that were computed from the old value keep it.
  @specialized(where Scalar == Float)
  func move(towards other: UnsafePointer<Scalar>, times factor: Double = 1, by rate: Double) {
    value.makeUnique()
    let count = value.count
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(count, 1)) { memory in
      let target = memory.baseAddress!
      Scalar.kernels.elementwise.affine(other, Scalar(factor), 0, target, count, 0)
      moveTowards(target, value.mutablePointer, count: count, by: rate)
    }
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
