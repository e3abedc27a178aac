/// Colours for shares and probabilities: white at zero, dark blue at one.
///
/// ColorBrewer's nine-class Blues, its first class made white, interpolated linearly in sRGB; its
/// lightness falls all the way, so that it reads in print and with every colour blindness.
/// C. Brewer, M. Harrower, The Pennsylvania State University, https://colorbrewer2.org.
enum SequentialColorMap {
  private static let anchors: [Color] = [
    0xFFFFFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B,
  ].map(Color.init(hex:))

  /// The colour of a value, `0 ... 1`; values beyond are drawn as the nearest end.
  static func color(at value: Double) -> Color {
    let position = min(max(value, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(position), anchors.count - 2)
    return anchors[index].mixed(with: anchors[index + 1], position - Double(index))
  }
}
