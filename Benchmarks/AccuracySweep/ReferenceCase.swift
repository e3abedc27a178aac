import Tensors

/// A number of 60 digits, rounded to the sum of two doubles, and the sum of the absolute values of
/// its terms if it is a sum.
struct ReferenceNumber {
  let high: Double
  let low: Double
  let size: Double?

  /// Parses `hi` or `hi~lo`, optionally followed by `@size`.
  init(_ text: Substring) {
    let parts = text.split(separator: "@")
    let numbers = parts[0].split(separator: "~")
    high = Self.number(numbers[0])
    low = numbers.count > 1 ? Self.number(numbers[1]) : 0
    size = parts.count > 1 ? Self.number(parts[1]) : nil
  }

  /// A number computed in `Double`, taken as exact.
  init(_ value: Double) { (high, low, size) = (value, 0, nil) }

  static func number(_ text: Substring) -> Double {
    guard let number = Double(text) else {
      stop("\(text) in the reference values cannot be parsed as a number")
    }
    return number
  }

  /// The distance of a value from this number, in units of ε times the magnitude of the number; ε
  /// is the distance from 1 to the next number. Below the normal range, in units of the least
  /// number.
  func error<Scalar: TensorScalar>(of value: Scalar) -> Double {
    let rounded = Scalar(high)
    if high.isNaN || value.isNaN { return high.isNaN && value.isNaN ? 0 : .infinity }
    if rounded.isInfinite || value.isInfinite { return value == rounded ? 0 : .infinity }
    let scale = max(size ?? high.magnitude, Double(Scalar.leastNormalMagnitude))
    // Two divisions, so that the denominator does not underflow.
    return ((Double(value) - high) - low).magnitude / scale / Double(Scalar.ulpOfOne)
  }
}

/// A point at which the values of a function and its derivatives are known.
struct ReferenceCase {
  let arguments: [Double]
  /// The value, followed by the derivative with respect to each argument.
  let outputs: [ReferenceNumber]

  /// The cases of all functions by name.
  static let all: [String: [ReferenceCase]] = {
    var cases: [String: [ReferenceCase]] = [:]
    for line in (functionReferences + "\n" + densityReferences).split(separator: "\n") {
      let cells = line.split(separator: " ")
      // A name, k arguments, a value and k slopes.
      let count = (cells.count - 2) / 2
      cases[String(cells[0]), default: []].append(
        ReferenceCase(
          arguments: cells[1...count].map(ReferenceNumber.number),
          outputs: cells[(count + 1)...].map(ReferenceNumber.init)))
    }
    return cases
  }()
}
