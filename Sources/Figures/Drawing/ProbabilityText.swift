/// Probabilities as short texts.
enum ProbabilityText {
  /// A probability with two digits, never rounded to 0 or 1 unless it is exactly that: `0.53`,
  /// `<0.01`.
  static func twoDigits(_ probability: Double) -> String {
    let hundredths = Int((probability * 100).rounded())
    if probability > 0, hundredths == 0 { return "<0.01" }
    if probability < 1, hundredths == 100 { return ">0.99" }
    return DecimalNumber(digits: hundredths, exponent: -2).plain(decimals: 2)
  }
}
