import Foundation
import Tensors

extension Option where Value == Int {
  /// An integer within `bounds`.
  public init(
    _ name: String, default value: Int, in bounds: Bounds<Int> = .unlimited, help: String
  ) {
    require(bounds.contains(value), "the default of --\(name) must be \(bounds.text), not \(value)")
    self.init(
      name: name, placeholder: "N", help: help, defaultValue: value, defaultText: "\(value)",
      parse: { try wholeNumber($0, in: bounds) })
  }
}

extension Option where Value == Int? {
  /// An integer within `bounds`, or `nil` if the option is not given.
  public static func optional(
    _ name: String, in bounds: Bounds<Int> = .unlimited, help: String
  ) -> Self {
    Self(
      name: name, placeholder: "N", help: help, defaultValue: nil, defaultText: nil,
      parse: { try wholeNumber($0, in: bounds) })
  }
}

extension Option where Value == Double {
  /// A finite number within `bounds`.
  public init(
    _ name: String, default value: Double, in bounds: Bounds<Double> = .unlimited, help: String
  ) {
    require(bounds.contains(value), "the default of --\(name) must be \(bounds.text), not \(value)")
    self.init(
      name: name, placeholder: "X", help: help, defaultValue: value, defaultText: "\(value)",
      parse: { try number($0, in: bounds) })
  }
}

extension Option where Value == Double? {
  /// A finite number within `bounds`, or `nil` if the option is not given.
  public static func optional(
    _ name: String, in bounds: Bounds<Double> = .unlimited, help: String
  ) -> Self {
    Self(
      name: name, placeholder: "X", help: help, defaultValue: nil, defaultText: nil,
      parse: { try number($0, in: bounds) })
  }
}

private func wholeNumber(_ text: String, in bounds: Bounds<Int>) throws -> Int {
  guard let value = Int(text), bounds.contains(value) else {
    throw Mismatch(expected: "a whole number" + bounds.suffix)
  }
  return value
}

private func number(_ text: String, in bounds: Bounds<Double>) throws -> Double {
  guard let value = Double(text), value.isFinite, bounds.contains(value) else {
    throw Mismatch(expected: "a number" + bounds.suffix)
  }
  return value
}
