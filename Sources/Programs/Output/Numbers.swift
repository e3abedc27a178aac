import Foundation

/// A number with this many decimal places: `decimal(-96.974, places: 2)` is `-96.97`.
public func decimal(_ value: Double, places: Int) -> String {
  String(format: "%.\(places)f", value)
}

/// A time in milliseconds, with its unit.
public func milliseconds(_ time: Duration) -> String {
  let value = time / .milliseconds(1)
  return decimal(value, places: value < 10 ? 2 : 0) + " ms"
}
