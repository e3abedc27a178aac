import Foundation
import Programs

/// Mean and standard deviation over runs, as a table shows them.
struct Statistic {
  let mean: Double
  /// With `n − 1` in the denominator; `nil` for a single run.
  let deviation: Double?

  /// The statistic of some values; `nil` where there are none.
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

  /// `−88.35 ± 0.14`.
  var text: String {
    minus(decimal(mean, places: 2)) + (deviation.map { " ± " + decimal($0, places: 2) } ?? "")
  }
}

/// A number's text with the sign that the published ones have.
func minus(_ text: String) -> String { text.replacing("-", with: "−") }

/// The statistic's text, or a dash where there is none.
func text(_ values: [Double]) -> String { Statistic(values)?.text ?? "–" }
