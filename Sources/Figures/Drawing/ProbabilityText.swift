/// Probabilities in words of a few letters.
enum ProbabilityText {
  /// A probability to two digits, never rounded to a certainty that it is not: `0.53`, `<0.01`.
  static func twoDigits(_ probability: Double) -> String {
    let hundredths = Int((probability * 100).rounded())
    if probability > 0, hundredths == 0 { return "<0.01" }
    if probability < 1, hundredths == 100 { return ">0.99" }
    return DecimalNumber(digits: hundredths, exponent: -2).plain(decimals: 2)
  }
}
