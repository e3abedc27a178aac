extension SafetensorsArray {
  /// The elements in row-major order, converted without rounding to another floating-point type:
  /// `F16` and `BF16` to `Float` or `Double`, `F32` to `Double`, and any type to itself.
  ///
  /// Every finite value, ±0 and ±∞ is converted exactly, and a NaN to a NaN. The result is `nil` if
  /// values could be rounded, as in `F64` to `Float`, or if the elements are not floating-point
  /// numbers.
  /// Complexity: O(elements).
  public func converted<Scalar: SafetensorsScalar & BinaryFloatingPoint>(
    to type: Scalar.Type = Scalar.self
  ) -> [Scalar]? {
    switch dtype {
    case type.dtype: values(as: type)
    case .f16: halves.map { Scalar(Self.single(half: $0)) }
    case .bf16: halves.map { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    case .f32 where type.dtype == .f64: values(as: Float.self)?.map { Scalar($0) }
    default: nil
    }
  }

  /// The bits of the elements, two bytes each.
  private var halves: [UInt16] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 2).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
    }
  }

  /// The value of a half-precision number: a sign bit, 5 exponent bits with bias 15, and 10
  /// fraction bits.
  private static func single(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1F)
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0:
      // A subnormal number has no implied leading one: it is a multiple of 2⁻²⁴.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
