import Tensors

/// Labelled images whose pixels are stored as bytes.
///
/// The 60,000 images of MNIST take 47 MB as bytes and 188 MB as `Float`; only one batch at a time
/// needs to be a tensor.
public struct ImageDataset: Sendable, Equatable {
  /// All pixels, `[count, channels, height, width]` in row-major order: an image has one plane for
  /// each channel, as in CIFAR-10's files.
  public let pixels: [UInt8]
  /// The class of each image, `[count]`, in `0..<classCount`.
  public let labels: [Int]
  /// The number of rows of an image.
  public let height: Int
  /// The number of columns of an image.
  public let width: Int
  /// The number of planes of an image: 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The byte of full intensity: the intensity in `0...1` is `pixel / maximum`.
  public let maximum: UInt8
  /// The number of classes, including those that do not occur.
  public let classCount: Int

  /// A data set with these pixels and labels.
  ///
  /// It must have at least one image; no pixel may exceed `maximum`; each label must be in
  /// `0..<classCount`. Otherwise the program stops.
  ///
  /// - Complexity: O(pixels), to check them.
  public init(
    pixels: [UInt8], labels: [Int], height: Int, width: Int, channels: Int = 1,
    maximum: UInt8 = 255, classCount: Int
  ) {
    require(
      height > 0 && width > 0 && channels > 0,
      "images of \(height)×\(width) pixels and \(channels) channels")
    require(!labels.isEmpty, "a data set without images")
    require(classCount > 0, "a data set of \(classCount) classes")
    require(
      product(of: labels.count, height, width, channels) == pixels.count,
      "\(pixels.count) pixels for \(labels.count) images of \(height)×\(width)×\(channels)")
    require(maximum > 0, "a maximum of 0, by which no pixel can be divided")
    require(
      maximum == .max || pixels.allSatisfy { $0 <= maximum },
      "a pixel of \(pixels.max() ?? 0) above the maximum, \(maximum)")
    require(
      labels.allSatisfy { (0..<classCount).contains($0) }, "a label outside 0..<\(classCount)")
    self.pixels = pixels
    self.labels = labels
    self.height = height
    self.width = width
    self.channels = channels
    self.maximum = maximum
    self.classCount = classCount
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of bytes of an image: `channels · height · width`.
  public var pixelsPerImage: Int { height * width * channels }

  /// The pixels of one image, `[channels, height, width]`; they share the data set's memory.
  ///
  /// - Complexity: O(1).
  public func image(_ index: Int) -> ArraySlice<UInt8> {
    require(labels.indices.contains(index), "image \(index) of \(count)")
    return pixels[index * pixelsPerImage..<(index + 1) * pixelsPerImage]
  }

  /// The mean of each pixel over the images, as an intensity from 0 to 1: `[pixelsPerImage]`.
  ///
  /// - Complexity: O(pixels).
  public var pixelMeans: [Double] {
    var sums = [Int](repeating: 0, count: pixelsPerImage)
    pixels.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: sums.count) {
        for j in sums.indices { sums[j] += Int(pixels[start + j]) }
      }
    }
    let scale = 1 / (Double(count) * Double(maximum))
    return sums.map { Double($0) * scale }
  }

  /// A copy of the images in a range.
  ///
  /// - Complexity: O(pixels copied).
  public subscript(range: Range<Int>) -> ImageDataset {
    require(
      !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= count,
      "images \(range) of \(count)")
    return ImageDataset(
      pixels: Array(
        pixels[range.lowerBound * pixelsPerImage..<range.upperBound * pixelsPerImage]),
      labels: Array(labels[range]), height: height, width: width, channels: channels,
      maximum: maximum, classCount: classCount)
  }
}
