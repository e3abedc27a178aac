/// An opaque sRGB colour with eight bits for each channel.
public struct Color: Hashable, Sendable {
  /// Red, 0 ... 255.
  public var red: UInt8
  /// Green, 0 ... 255.
  public var green: UInt8
  /// Blue, 0 ... 255.
  public var blue: UInt8

  /// A colour from its channels.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour with a hexadecimal code such as `0x0072B2`; bits above the lowest 24 are ignored.
  public init(hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  /// The colour in SVG syntax, `#0072b2`.
  var svg: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The approximate lightness from 0 to 1: the weights of ITU-R BT.709 without its transfer curve.
  var lightness: Double {
    (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
  }

  /// The colour at `fraction` of the way from this one to `other`, in sRGB.
  func mixed(with other: Color, _ fraction: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      let (from, to) = (Double(a), Double(b))
      return UInt8((from + (to - from) * fraction).rounded())
    }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}

// MARK: - The palette

extension Color {
  /// The background of every figure.
  public static let white = Color(hex: 0xFFFFFF)
  /// The last colour of the palette.
  public static let black = Color(hex: 0x000000)
  /// Almost black: titles and labels.
  public static let ink = Color(hex: 0x222222)
  /// Ticks, their numbers, and reference lines.
  public static let grey = Color(hex: 0x666666)
  /// NaN and infinite values in matrices.
  public static let lightGrey = Color(hex: 0xBDBDBD)
  /// The lines of a grid.
  static let gridGrey = Color(hex: 0xE4E4E4)

  /// The first colour of the palette.
  public static let blue = Color(hex: 0x0072B2)
  /// The second colour of the palette.
  public static let vermilion = Color(hex: 0xD55E00)
  /// The third colour of the palette.
  public static let green = Color(hex: 0x009E73)
  /// The fourth colour of the palette.
  public static let purple = Color(hex: 0xCC79A7)
  /// The fifth colour of the palette.
  public static let orange = Color(hex: 0xE69F00)
  /// The sixth colour of the palette.
  public static let sky = Color(hex: 0x56B4E9)

  /// The colours of series in order, safe for all common kinds of colour blindness.
  ///
  /// Okabe and Ito's palette without its yellow, which is too pale for lines on white: B. Wong,
  /// "Points of view: color blindness", Nature Methods 8, 441 (2011).
  public static let palette: [Color] = [.blue, .vermilion, .green, .purple, .orange, .sky, .black]
}
