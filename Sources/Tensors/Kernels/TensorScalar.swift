/// A type of number that a tensor can hold: `Float` or `Double`.
///
/// Other types cannot conform, because only this library can make their kernels.
public protocol TensorScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable,
  LosslessStringConvertible
{
  /// The table of kernels for this type, which has no public members.
  static var kernels: Kernels<Self> { get }
}

extension Float: TensorScalar {}

extension Double: TensorScalar {}
