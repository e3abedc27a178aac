import CDigits
import Tensors

/// 1,797 handwritten digits of 8×8 pixels, embedded in the library.
///
/// "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998), UCI Machine
/// Learning Repository, https://doi.org/10.24432/C50P49, its test part, as scikit-learn distributes
/// it; licensed under CC BY 4.0. The values are unchanged.
///
/// A pixel counts the black points, 0 to 16, of a block of 4×4 of the scan, so `maximum` is 16:
/// `pixel / 16` is exact, where a scale of 255 would have to round.
public enum Digits {
  /// The images in the order of the file.
  ///
  /// - Complexity: O(file), 264 kB, at the first use; then kept.
  public static let all = parse(
    UnsafeBufferPointer(start: lg_digits_csv_bytes(), count: lg_digits_csv_size))

  /// The first 1,500 images to train on and the last 297 to test.
  ///
  /// The split is by position. The file goes from writer to writer, about 130 images each, so the
  /// test images are of two writers whom the training has not seen, but for a few at the boundary; a
  /// shuffled split would put the same hands on both sides and flatter the model. Each digit occurs
  /// 27 to 33 times in the test part. And any other program makes the same split in one line.
  public static func load() -> DatasetSplit {
    DatasetSplit(
      name: "digits", training: all[0..<trainingCount], test: all[trainingCount..<count])
  }

  private static let count = 1_797
  private static let trainingCount = 1_500
  private static let side = 8

  /// Reads lines of 64 pixels and a label. The file is the library's own: it is right or the
  /// library is broken.
  private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> ImageDataset {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    pixels.reserveCapacity(count * side * side)
    labels.reserveCapacity(count)
    var value = 0
    for character in text {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = 10 * value + Int(character - UInt8(ascii: "0"))
      case UInt8(ascii: ","):
        pixels.append(UInt8(value))
        value = 0
      case UInt8(ascii: "\n"):
        labels.append(value)
        value = 0
      default:
        stop("the embedded digits hold the byte \(character)")
      }
    }
    require(labels.count == count, "the embedded digits have \(labels.count) lines")
    return ImageDataset(
      pixels: pixels, labels: labels, height: side, width: side, maximum: 16, classCount: 10)
  }
}
