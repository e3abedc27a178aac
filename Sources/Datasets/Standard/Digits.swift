import CDigits
import Tensors

/// 1,797 handwritten digits of 8×8 pixels, embedded in the library.
///
/// The test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak
/// (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, as distributed with
/// scikit-learn; licensed under CC BY 4.0. The values are unchanged.
///
/// A pixel is the number of black points, 0 to 16, in a 4×4 block of the scan. `maximum` is
/// therefore 16, and `pixel / 16` is exact; a scale of 255 would require rounding.
public enum Digits {
  /// The images in the order of the file.
  ///
  /// - Complexity: O(file), 264 kB, at the first use; then cached.
  public static let all = parse(
    UnsafeBufferPointer(start: lg_digits_csv_bytes(), count: lg_digits_csv_size))

  /// The first 1,500 images for training and the last 297 for testing.
  ///
  /// The split is by position. The file is sorted by writer, with about 130 images each. The test
  /// images are thus by two writers who do not occur in training, except for a few images at the
  /// boundary; a shuffled split would have the same writers in both parts and would overestimate
  /// the model. Each digit occurs 27 to 33 times in the test part. Any other program can make the
  /// same split easily.
  public static func load() -> DatasetSplit {
    DatasetSplit(
      name: "digits", training: all[0..<trainingCount], test: all[trainingCount..<count])
  }

  private static let count = 1_797
  private static let trainingCount = 1_500
  private static let side = 8

  /// Parses lines of 64 pixels and a label. The file is part of the library, so that an error in it
  /// is an error of the library.
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
