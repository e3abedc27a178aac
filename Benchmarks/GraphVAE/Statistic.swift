import Foundation
import Programs

/// The mean and the standard deviation over runs, for a table.
struct Statistic {
  let mean: Double
  /// The standard deviation with `n − 1` in the denominator; `nil` for a single run.
  let deviation: Double?

  /// The statistic of some values; `nil` if there are none.
  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    deviation =
      values.count == 1
      ? nil
      : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
        .squareRoot()
  }

  /// Text such as `−88.35 ± 0.14`.
  var text: String {
    minus(decimal(mean, places: 2)) + (deviation.map { " ± " + decimal($0, places: 2) } ?? "")
  }
}

/// A number with the minus sign of the published tables.
func minus(_ text: String) -> String { text.replacing("-", with: "−") }

/// The statistic as text, or a dash if there are no values.
func text(_ values: [Double]) -> String { Statistic(values)?.text ?? "–" }
