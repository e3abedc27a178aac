import Tensors

/// A part of a network: a value or object whose stored properties contain parameters, statistics
/// and other modules.
///
/// Parameters are found by reflection. Their names are the names of the properties that contain
/// them, joined by dots: `encoder.layers.0.weight`. Reflection follows modules, other structs and
/// objects, arrays, dictionaries (by key, in the order of the keys' text), tuples, optionals and
/// enum cases. A set of modules and modules as keys, which have no order, and a member with another
/// scalar type stop the program with the name of the property. Your own module only declares its properties.
/// A type with its own `Mirror` (`CustomReflectable`) that is not a collection stops the program,
/// too, because the mirror may hide parameters.
///
/// Reflection does not see what a closure captures, what a pointer refers to, a lazy property
/// before its first use, and what your own collection with its own `Mirror` leaves out. Parameters
/// there are neither trained nor saved. Keep parameters in stored properties, and pass them to
/// closures as arguments.
public protocol Module<Scalar> {
  /// The scalar type of its parameters.
  associatedtype Scalar: TensorScalar
}

/// A tensor that is trained.
///
/// Modules share a parameter by sharing the object. An optimizer overwrites the elements in place;
/// use `snapshot()` for a copy that keeps the current values.
public final class Parameter<Scalar: TensorScalar> {
  private var variable: Tensor<Scalar>

  /// The value as a variable: gradients flow to this parameter from everything computed from it,
  /// except within `withConstantParameters`.
  public var value: Tensor<Scalar> {
    ParameterSwitch.areConstant ? variable.detached : variable
  }

  /// The address of the first element.
  package var pointer: UnsafePointer<Scalar> { variable.pointer }

  /// A parameter with this initial value.
  public init(_ value: Tensor<Scalar>) {
    variable = value.snapshot().tracked()
    variable.markOverwritten()
  }

  /// Whether the elements are stored in this tensor's memory.
  func isStored(in memory: Tensor<Scalar>) -> Bool { variable.storage === memory.storage }

  /// Moves the elements to the given memory. The parameter remains the same variable: tensors that
  /// were computed from it can still be differentiated.
  func move(into memory: Tensor<Scalar>) {
    memory.overwrite(with: variable)
    variable = memory.tracked(as: variable)
  }

  /// Overwrites the elements; the shapes must agree.
  ///
  /// Tensors that were computed from the old elements can no longer be differentiated.
  public func assign(_ other: Tensor<Scalar>) {
    variable.overwrite(with: other)
    variable.markOverwritten()
    variable.node!.markOverwritten()
  }
}

/// Whether parameters are constants for the current task.
private enum ParameterSwitch {
  @TaskLocal static var areConstant = false
}

/// Runs `body` with all parameters as constants, so that its results are differentiable only in its
/// inputs.
public func withConstantParameters<Result>(_ body: () throws -> Result) rethrows -> Result {
  try ParameterSwitch.$areConstant.withValue(true, operation: body)
}

/// A tensor that a module keeps but does not train, such as the running mean of a batch norm.
public final class Buffer<Scalar: TensorScalar> {
  /// The value, a constant: no gradient flows through it.
  public private(set) var value: Tensor<Scalar>

  /// The address of the first element.
  var pointer: UnsafePointer<Scalar> { value.pointer }

  /// A buffer with this initial value.
  public init(_ value: Tensor<Scalar>) { self.value = value.snapshot() }

  /// Replaces the value by one of the same shape.
  public func assign(_ other: Tensor<Scalar>) {
    require(
      other.shape == value.shape,
      "a buffer of shape \(value.shape) was assigned one of shape \(other.shape)")
    value = other.snapshot()
  }

  /// `value ← value + rate·(other − value)`, in place.
  ///
  /// Tensors that were computed from the old value are not affected.
  @specialized(where Scalar == Float)
  func move(towards other: UnsafePointer<Scalar>, by rate: Double) {
    value.makeUnique()
    moveTowards(other, value.mutablePointer, count: value.count, by: rate)
  }
}

/// A module that maps a batch `[…, features]` to a batch.
public protocol Layer<Scalar>: Module {
  /// The layer's output for a batch of inputs.
  func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>
}
