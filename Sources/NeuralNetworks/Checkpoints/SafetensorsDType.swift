/// The type of an array's elements in a safetensors file; the raw value is its name in the header.
public enum SafetensorsDType: String, CaseIterable, Sendable {
  /// A byte that is 0 or 1.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case u8 = "U8"
  /// A signed integer of 8 bits.
  case i8 = "I8"
  /// An unsigned integer of 16 bits.
  case u16 = "U16"
  /// A signed integer of 16 bits.
  case i16 = "I16"
  /// IEEE 754 half precision; carried as bytes.
  case f16 = "F16"
  /// The upper half of an IEEE 754 single (bfloat16); carried as bytes.
  case bf16 = "BF16"
  /// An unsigned integer of 32 bits.
  case u32 = "U32"
  /// A signed integer of 32 bits.
  case i32 = "I32"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// An unsigned integer of 64 bits.
  case u64 = "U64"
  /// A signed integer of 64 bits.
  case i64 = "I64"
  /// IEEE 754 double precision.
  case f64 = "F64"

  /// The size of one element in bytes.
  public var elementSize: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }

  /// The size in bytes of an array of `shape`, or `nil` where it is negative or overflows `Int`.
  func byteCount(of shape: [Int]) -> Int? {
    var count = elementSize
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      count = product
    }
    return count
  }
}

/// A number that a safetensors file stores as it lies in memory.
///
/// `Bool` is not among them, since not every byte is one: see `SafetensorsArray.booleans`.
public protocol SafetensorsScalar: BitwiseCopyable, Sendable {
  /// The name of this type in the file.
  static var dtype: SafetensorsDType { get }
}

#if _endian(big)
  #error("Safetensors files are little-endian; reading and writing them here needs byte swaps.")
#endif

extension UInt8: SafetensorsScalar {
  /// `U8`.
  public static var dtype: SafetensorsDType { .u8 }
}

extension Int8: SafetensorsScalar {
  /// `I8`.
  public static var dtype: SafetensorsDType { .i8 }
}

extension UInt16: SafetensorsScalar {
  /// `U16`.
  public static var dtype: SafetensorsDType { .u16 }
}

extension Int16: SafetensorsScalar {
  /// `I16`.
  public static var dtype: SafetensorsDType { .i16 }
}

extension UInt32: SafetensorsScalar {
  /// `U32`.
  public static var dtype: SafetensorsDType { .u32 }
}

extension Int32: SafetensorsScalar {
  /// `I32`.
  public static var dtype: SafetensorsDType { .i32 }
}

extension Float: SafetensorsScalar {
  /// `F32`.
  public static var dtype: SafetensorsDType { .f32 }
}

extension UInt64: SafetensorsScalar {
  /// `U64`.
  public static var dtype: SafetensorsDType { .u64 }
}

extension Int64: SafetensorsScalar {
  /// `I64`.
  public static var dtype: SafetensorsDType { .i64 }
}

extension Double: SafetensorsScalar {
  /// `F64`.
  public static var dtype: SafetensorsDType { .f64 }
}
