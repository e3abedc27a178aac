/// Colours for signed values: blue below zero, white at zero, red above.
///
/// ColorBrewer's RdBu with eleven classes, reversed and interpolated linearly in sRGB; safe for
/// colour-blind readers. C. Brewer, M. Harrower, The Pennsylvania State University,
/// https://colorbrewer2.org.
enum DivergingColorMap {
  private static let anchors: [Color] = [
    0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xFFFFFF,
    0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F,
  ].map(Color.init(hex:))

  /// The colour of a value in `-1 ... 1`; values outside are clamped.
  static func color(at value: Double) -> Color {
    let position = (min(max(value, -1), 1) + 1) / 2 * Double(anchors.count - 1)
    let index = min(Int(position), anchors.count - 2)
    return anchors[index].mixed(with: anchors[index + 1], position - Double(index))
  }
}
