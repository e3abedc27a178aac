import Tensors

/// Images of one size as tiles of a grid. It can be written as a PNG file or, with a title and row
/// labels, as an SVG file.
///
/// ```swift
/// let grid = ImageGrid(values: samples, height: 28, width: 28, columns: 10, scale: 2)
/// try grid.write(to: "figures/samples.png")
/// ```
public struct ImageGrid: Figure {
  /// The order of the samples of a tile.
  public enum Layout: Hashable, Sendable {
    /// `[height, width]`
    case grey
    /// `[height, width, 3]`
    case interleavedRGB
    /// `[3, height, width]`, as in CIFAR-10.
    case planarRGB

    var channels: Int { self == .grey ? 1 : 3 }
  }

  /// The title above the grid in an SVG file; empty for none.
  public let title: String
  /// The labels to the left of the rows in an SVG file, from the top; a PNG file has none.
  public let rowLabels: [String]
  /// The tiles before enlargement.
  private let tiles: Bitmap
  private let rows: Int
  private let scale: Int

  private static let padding = 2
  private static let gutter = Color(hex: 0x808080)
  private static let notANumber = Color(hex: 0xD50000)

  /// A grid of tiles whose samples are concatenated.
  ///
  /// `values` has the shape `[count, …layout]`, 0 for black and 1 for white; values outside are
  /// clamped. A pixel that is NaN is drawn in red.
  ///
  /// - Parameters:
  ///   - columns: The number of tiles in a row; the last row may be shorter.
  ///   - scale: The side of the square that represents a pixel.
  ///   - isInverted: Whether the grid is dark on light, as on paper.
  public init<Scalar: BinaryFloatingPoint>(
    title: String = "", values: [Scalar], height: Int, width: Int, layout: Layout = .grey,
    columns: Int = 10, scale: Int = 2, isInverted: Bool = false, rowLabels: [String] = []
  ) {
    self.init(
      title: title, count: values.count, tile: (height, width, layout), columns: columns,
      scale: scale, rowLabels: rowLabels
    ) { index in
      let value = Double(values[index])
      if value.isNaN { return nil }
      let clipped = min(max(value, 0), 1)
      return UInt8(((isInverted ? 1 - clipped : clipped) * 255).rounded())
    }
  }

  /// A grid of tiles of bytes, 0 for black and 255 for white; otherwise as for floating-point
  /// values.
  public init(
    title: String = "", bytes: [UInt8], height: Int, width: Int, layout: Layout = .grey,
    columns: Int = 10, scale: Int = 2, isInverted: Bool = false, rowLabels: [String] = []
  ) {
    self.init(
      title: title, count: bytes.count, tile: (height, width, layout), columns: columns,
      scale: scale, rowLabels: rowLabels
    ) { isInverted ? 255 - bytes[$0] : bytes[$0] }
  }

  private init(
    title: String, count: Int, tile: (height: Int, width: Int, layout: Layout), columns: Int,
    scale: Int, rowLabels: [String], sample: (Int) -> UInt8?
  ) {
    require(
      tile.height > 0 && tile.width > 0 && columns > 0 && scale > 0,
      "a grid of images needs positive sizes, not height \(tile.height), width \(tile.width),"
        + " columns \(columns), scale \(scale)")
    // A tile size that overflows is larger than any number of values.
    let tileSize = product(of: tile.height, tile.width, tile.layout.channels) ?? .max
    require(
      count > 0 && count % tileSize == 0,
      "\(count) values are not a positive number of images of \(tile.height) × \(tile.width)"
        + " × \(tile.layout.channels)")
    rows = (count / tileSize - 1) / columns + 1
    require(
      rowLabels.isEmpty || rowLabels.count == rows,
      "\(rowLabels.count) labels for \(rows) rows of images")
    let colors = ImageGrid.colors(count: count, tile: tile, sample: sample)
    tiles = ImageGrid.arrange(colors, height: tile.height, width: tile.width, columns: columns)
    require(
      product(of: tiles.width, tiles.height, tiles.channels, scale, scale).map { $0 <= 1 << 29 }
        ?? false,
      "a grid of \(tiles.width) × \(tiles.height) pixels cannot be enlarged by \(scale): 2²⁹ samples"
        + " are possible")
    self.title = title
    self.rowLabels = rowLabels
    self.scale = scale
  }

  // MARK: Pixels

  /// The colours of all tiles, `[count, height, width]`.
  private static func colors(
    count: Int, tile: (height: Int, width: Int, layout: Layout), sample: (Int) -> UInt8?
  ) -> [Color] {
    let area = tile.height * tile.width
    let channels = tile.layout.channels
    let (next, stride) =
      switch tile.layout {
      case .grey: (0, 1)
      case .interleavedRGB: (1, 3)
      case .planarRGB: (area, 1)
      }
    return (0..<count / channels).map { pixel in
      let (tile, position) = pixel.quotientAndRemainder(dividingBy: area)
      let first = tile * area * channels + position * stride
      guard let red = sample(first), let green = sample(first + next),
        let blue = sample(first + 2 * next)
      else { return notANumber }
      return Color(red: red, green: green, blue: blue)
    }
  }

  /// The tiles in their places, with grey gaps; a single channel if all colours are grey.
  private static func arrange(
    _ colors: [Color], height: Int, width: Int, columns: Int
  ) -> Bitmap {
    let count = colors.count / (height * width)
    let columns = min(columns, count)
    let rows = (count + columns - 1) / columns
    let fullWidth = columns * (width + padding) + padding
    let fullHeight = rows * (height + padding) + padding
    var pixels = [Color](repeating: gutter, count: fullWidth * fullHeight)
    for row in 0..<count * height {
      let tile = row / height
      let y = padding + tile / columns * (height + padding) + row % height
      let start = y * fullWidth + padding + tile % columns * (width + padding)
      pixels.replaceSubrange(
        start..<start + width, with: colors[row * width..<(row + 1) * width])
    }
    return Bitmap(width: fullWidth, height: fullHeight, pixels: pixels)
  }

  // MARK: The figure

  /// The grid at its full size, as in a PNG file.
  public var bitmap: Bitmap? { tiles.enlarged(by: scale) }

  /// The size of the SVG file, with title and labels.
  public var size: Size {
    let width = max(labelWidth + Double(tiles.width * scale) + 16, 120)
    return Size(
      width: width, height: titleHeight(width: width) + Double(tiles.height * scale) + 16)
  }

  /// Draws the title, the tiles and the row labels.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let body = canvas.title(title, in: frame)
    let (width, height) = (Double(tiles.width * scale), Double(tiles.height * scale))
    let left = body.x + max(0, (body.width - labelWidth - width) / 2) + labelWidth
    canvas.image(tiles, in: Rectangle(x: left, y: body.y, width: width, height: height))
    let style = TextStyle.axisLabel
    for (row, label) in rowLabels.enumerated() {
      let middle = body.y + (Double(row) + 0.5) * height / Double(rows)
      canvas.text(
        TextLine(label), at: Point(x: left - 8, y: middle + style.baselineShift), style: style,
        anchor: .end)
    }
  }

  private var labelWidth: Double {
    let widths = rowLabels.map { TextLine($0).width(size: TextStyle.axisLabel.size) }
    return widths.max().map { $0 + 10 } ?? 0
  }

  private func titleHeight(width: Double) -> Double {
    Canvas.titleHeight(title, width: width)
  }
}
