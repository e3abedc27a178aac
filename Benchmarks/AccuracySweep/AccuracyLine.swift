import Foundation
import Serialization

/// A line that `benchmark-accuracy` prints: the largest errors for a function in units of ε, and the
/// arguments at which they occur.
public struct AccuracyLine: Codable, Sendable {
  private let function: String
  private let float, floatSlope, double, doubleSlope: Double
  private let floatAt, floatSlopeAt, doubleAt, doubleSlopeAt: [Double]

  /// The accuracy in `Float`.
  public var floatAccuracy: Accuracy {
    Accuracy(
      value: LargestError(error: float, place: floatAt),
      slope: LargestError(error: floatSlope, place: floatSlopeAt))
  }

  /// The accuracy in `Double`.
  public var doubleAccuracy: Accuracy {
    Accuracy(
      value: LargestError(error: double, place: doubleAt),
      slope: LargestError(error: doubleSlope, place: doubleSlopeAt))
  }

  /// The lines of a file, by the names of the functions.
  /// - Throws: `FileError` if the file cannot be read, and an error of `JSONDecoder` for another text.
  public static func read(_ path: String) throws -> [String: AccuracyLine] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(path: path, operation: "read", code: ENOENT)
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let lines = try data.split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(AccuracyLine.self, from: $0)
    }
    return Dictionary(lines.map { ($0.function, $0) }) { $1 }
  }
}
