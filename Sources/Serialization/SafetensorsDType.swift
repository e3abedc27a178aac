/// The element type of an array in a safetensors file. The raw value is its name in the header.
///
/// Types without a corresponding Swift type are kept as bytes, so that a file that contains them
/// can be read and written unchanged. `SafetensorsArray.converted(to:)` converts half-precision
/// numbers.
public enum SafetensorsDType: String, CaseIterable, Sendable {
  /// A byte that is 0 or 1.
  case bool = "BOOL"
  /// A float of 4 bits, two per byte (OCP Microscaling E2M1); kept as bytes.
  case f4 = "F4"
  /// A float of 6 bits (OCP Microscaling E2M3), four per three bytes; kept as bytes.
  case f6E2M3 = "F6_E2M3"
  /// A float of 6 bits (OCP Microscaling E3M2), four per three bytes; kept as bytes.
  case f6E3M2 = "F6_E3M2"
  /// An unsigned integer of 8 bits.
  case u8 = "U8"
  /// A signed integer of 8 bits.
  case i8 = "I8"
  /// A float of 8 bits with 5 exponent bits; kept as bytes.
  case f8E5M2 = "F8_E5M2"
  /// A float of 8 bits with 4 exponent bits; kept as bytes.
  case f8E4M3 = "F8_E4M3"
  /// A power of two in 8 bits, the scale of a block; kept as bytes.
  case f8E8M0 = "F8_E8M0"
  /// `F8_E4M3` without infinities and with a single zero; kept as bytes.
  case f8E4M3FNUZ = "F8_E4M3FNUZ"
  /// `F8_E5M2` without infinities and with a single zero; kept as bytes.
  case f8E5M2FNUZ = "F8_E5M2FNUZ"
  /// An unsigned integer of 16 bits.
  case u16 = "U16"
  /// A signed integer of 16 bits.
  case i16 = "I16"
  /// IEEE 754 half precision; kept as bytes.
  case f16 = "F16"
  /// The upper half of an IEEE 754 single (bfloat16); kept as bytes.
  case bf16 = "BF16"
  /// An unsigned integer of 32 bits.
  case u32 = "U32"
  /// A signed integer of 32 bits.
  case i32 = "I32"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// A complex number of two singles; kept as bytes.
  case c64 = "C64"
  /// An unsigned integer of 64 bits.
  case u64 = "U64"
  /// A signed integer of 64 bits.
  case i64 = "I64"
  /// IEEE 754 double precision.
  case f64 = "F64"

  /// The type with this name, compared bytewise; `nil` if there is none.
  init?(named name: String) {
    guard let type = Self.allCases.first(where: { $0.rawValue.hasBytes(of: name) }) else {
      return nil
    }
    self = type
  }

  /// The size of one element in bits.
  public var bitWidth: Int {
    switch self {
    case .f4: 4
    case .f6E2M3, .f6E3M2: 6
    case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: 8
    case .u16, .i16, .f16, .bf16: 16
    case .u32, .i32, .f32: 32
    case .c64, .u64, .i64, .f64: 64
    }
  }

  /// The size of one element in bytes; 1 for elements of fewer than 8 bits.
  public var elementSize: Int { max(bitWidth / 8, 1) }

  /// The size in bytes of an array of this shape. It is `nil` if a size is negative, the product
  /// overflows `Int`, or the elements do not fill whole bytes.
  func byteCount(of shape: [Int]) -> Int? {
    let isPacked = bitWidth < 8
    var count = isPacked ? bitWidth : elementSize
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      count = product
    }
    if !isPacked { return count }
    return count % 8 == 0 ? count / 8 : nil
  }
}

/// A number type that a safetensors file stores in the same format as memory.
///
/// `Bool` does not conform, because not every byte is a valid `Bool`: see
/// `SafetensorsArray.booleans`.
public protocol SafetensorsScalar: BitwiseCopyable, Sendable {
  /// The element type of this number type.
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
