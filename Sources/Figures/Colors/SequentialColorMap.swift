/// Colours for fractions and probabilities: white at zero, dark blue at one.
///
/// ColorBrewer's Blues with nine classes, the first of which is replaced by white, interpolated
/// linearly in sRGB. Its lightness decreases monotonically, so that it is readable in print and
/// with all kinds of colour blindness. C. Brewer, M. Harrower, The Pennsylvania State University,
/// https://colorbrewer2.org.
enum SequentialColorMap {
  private static let anchors: [Color] = [
    0xFFFFFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B,
  ].map(Color.init(hex:))

  /// The colour of a value in `0 ... 1`; values outside are clamped.
  static func color(at value: Double) -> Color {
    let position = min(max(value, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(position), anchors.count - 2)
    return anchors[index].mixed(with: anchors[index + 1], position - Double(index))
  }
}
