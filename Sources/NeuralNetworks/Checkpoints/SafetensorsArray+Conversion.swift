extension SafetensorsArray {
  /// The elements in row-major order as numbers of a type that has all of theirs: those of `F16` and
  /// `BF16` as `Float` or `Double`, those of `F32` also as `Double`, and those of the type itself.
  ///
  /// Every number, ±0 and ±∞ is converted exactly; a NaN stays one. `nil` where numbers would be
  /// rounded, as those of `F64` as `Float`, or where they are no floating-point numbers.
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

  /// The elements of two bytes as they are.
  private var halves: [UInt16] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 2).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
    }
  }

  /// The number of a half precision: a sign, 5 bits of exponent with a bias of 15, and 10 of fraction.
  private static func single(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1F)
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0:
      // Without the implied one: a multiple of 2⁻²⁴.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
