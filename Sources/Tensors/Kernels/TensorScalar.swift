/// A type of number that a tensor can hold: `Float` or `Double`.
public protocol TensorScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable,
  LosslessStringConvertible
{
  /// The name of the type in a safetensors file: `F32` or `F64`.
  static var typeName: String { get }

  /// The table of kernels for this type.
  static var kernels: Kernels<Self> { get }
}

extension Float: TensorScalar {
  /// `F32`.
  public static var typeName: String { "F32" }
}

extension Double: TensorScalar {
  /// `F64`.
  public static var typeName: String { "F64" }
}
