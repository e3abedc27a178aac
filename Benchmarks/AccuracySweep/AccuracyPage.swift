import Foundation
import Programs
import Tensors

/// The page `Documentation/accuracy.md` and the bounds in its table.
public struct AccuracyPage: Sendable {
  /// The bounds for a function: the largest errors in units of ε, of the value and of the slopes,
  /// in `Float` and in `Double`.
  public struct Bounds: Sendable {
    /// The bounds in `Float`.
    public let float: (value: Double, slope: Double)
    /// The bounds in `Double`.
    public let double: (value: Double, slope: Double)
  }

  /// The bounds for each function.
  public let bounds: [SweptFunction: Bounds]

  /// Parses the bounds from a page's table.
  public init(parsing text: String) {
    var bounds: [SweptFunction: Bounds] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 8,
        let function = SweptFunction.allCases.first(where: { $0.title == cells[0] })
      else { continue }
      let numbers = [1, 2, 4, 5].map { Double(cells[$0]) ?? .nan }
      bounds[function] = Bounds(float: (numbers[0], numbers[1]), double: (numbers[2], numbers[3]))
    }
    self.bounds = bounds
  }

  /// A page with the measured errors, plus a quarter and 0.2 ε as a margin for other processors.
  public static func text(
    _ rows: [(function: SweptFunction, float: Accuracy, double: Accuracy)]
  ) -> String {
    let table = rows.map { function, float, double in
      let cells = [function.title] + cells(float) + cells(double) + [range(of: function)]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return """
      # Accuracy

      The table bounds the errors of values and slopes (a slope is a derivative with respect to an
      argument, computed by the adjoint). The unit is ε, the distance from 1 to the next larger number:
      1.2·10⁻⁷ in `Float` and 2.2·10⁻¹⁶ in `Double`. Errors are relative to the exact value or, below the
      normal range, to the least normal number. If a value is a sum of terms that cancel, such as a
      log-density, errors are relative to the sum of the terms' absolute values; the rounding of a difference
      of arguments, such as two log-variances, is included, multiplied by its factor. Errors of
      `LogitNormal.mean`, an integral, are absolute. NaN, infinities and overflow are exact.

      Values are compared with results of mpmath with 60 digits (`Tests/References/accuracy_reference.py`).
      Functions of one argument in `Float` are also compared with those in `Double` at half a million further
      arguments of all magnitudes. *Where* gives the arguments with the largest error of the value.
      `AccuracyTests` repeats the measurements and fails if an error exceeds this table.

      | function | `Float` | slope | where | `Double` | slope | where | arguments |
      |---|---:|---:|---|---:|---:|---|---|
      \(table.joined(separator: "\n"))

      Sums and means accumulate in double: the error of a sum of floats is half a unit in the last place of
      the sum of their absolute values, at any length. Log-densities of many variables are summed in blocks of
      128 or 256 in the scalar type, which are added in double, with a relative error below 2.4·10⁻⁷. The
      slopes of activations that a batch norm applies (`elu`, `tanh`) are computed from their values: their
      error is 1 ε of the slope at 0, not relative to a small slope.

      Written with the kernels for the processor and those for processors without AVX2 by

      ```sh
      swift run -c release --scratch-path .build-baseline -Xcc -DBASELINE_KERNELS \\
        benchmark-accuracy > .build-baseline/accuracy.jsonl
      swift run -c release benchmark-accuracy --also .build-baseline/accuracy.jsonl \\
        --markdown Documentation/accuracy.md
      ```

      """
  }

  /// The bounds of value and slope, and the arguments with the largest error of the value.
  private static func cells(_ accuracy: Accuracy) -> [String] {
    func bound(_ error: Double) -> String {
      error == 0 ? "0" : decimal(((error * 1.25 + 0.2) * 10).rounded(.up) / 10, places: 1)
    }
    let place = accuracy.value.place.map(short).joined(separator: ", ")
    return [
      bound(accuracy.value.error), bound(accuracy.slope.error),
      accuracy.value.error == 0 ? "" : place,
    ]
  }

  /// The range of each argument in the reference values.
  private static func range(of function: SweptFunction) -> String {
    let cases = ReferenceCase.all[function.rawValue] ?? []
    return (cases.first?.arguments ?? []).indices.map { i in
      let arguments = cases.map { $0.arguments[i] }.filter { !$0.isNaN }
      return "\(short(arguments.min() ?? 0)) … \(short(arguments.max() ?? 0))"
    }.joined(separator: "; ")
  }

  private static func short(_ x: Double) -> String {
    if x.isInfinite { return x < 0 ? "−∞" : "∞" }
    return String(format: "%.3g", x).replacingOccurrences(of: "-", with: "−")
  }
}
