/// An exact decimal number, `digits × 10^exponent`, so that `0.3` is never `0.30000000000000004`.
struct DecimalNumber: Hashable {
  var digits: Int
  var exponent: Int

  /// The nearest `Double`. Powers of ten up to 10²² are exact, so that the result is rounded once.
  var value: Double {
    exponent >= 0
      ? Double(digits) * DecimalNumber.power(exponent)
      : Double(digits) / DecimalNumber.power(-exponent)
  }

  /// The number with trailing zeros moved to the exponent.
  private var shortened: DecimalNumber {
    guard digits != 0 else { return DecimalNumber(digits: 0, exponent: 0) }
    var result = self
    while result.digits % 10 == 0 {
      result.digits /= 10
      result.exponent += 1
    }
    return result
  }

  /// The number in positional notation with `decimals` decimal places: `−1,250.50`.
  func plain(decimals: Int) -> String {
    let zeros = String(repeating: "0", count: max(0, decimals + exponent))
    var text = String(digits.magnitude) + zeros
    if digits == 0 { text = String(repeating: "0", count: decimals + 1) }
    if text.count <= decimals {
      text = String(repeating: "0", count: decimals + 1 - text.count) + text
    }
    let whole = DecimalNumber.grouped(String(text.dropLast(decimals)))
    return (digits < 0 ? "−" : "") + whole + (decimals > 0 ? "." + text.suffix(decimals) : "")
  }

  /// The number in scientific notation: `2.5×10⁶`, `10⁻³`, `0`.
  var scientific: TextLine {
    let short = shortened
    guard short.digits != 0 else { return "0" }
    let decimals = String(short.digits.magnitude).count - 1
    let mantissa = DecimalNumber(digits: short.digits, exponent: -decimals).plain(
      decimals: decimals)
    let power = short.exponent + decimals
    let exponent = power < 0 ? "−\(-power)" : "\(power)"
    return switch mantissa {
    case "1": TextLine("10", exponent: exponent)
    case "−1": TextLine("−10", exponent: exponent)
    default: TextLine("\(mantissa)×10", exponent: exponent)
    }
  }

  /// Digits with a thousands separator: `12,500`.
  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// `10^exponent` for nonnegative exponents, by multiplication: the same on every platform.
  private static func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}
