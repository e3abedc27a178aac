import Tensors

/// The largest observed error, and the arguments at which it occurs.
public struct LargestError: Sendable {
  /// The error in units of ε.
  public private(set) var error = 0.0
  /// The arguments.
  public private(set) var place: [Double] = []

  mutating func meet(_ error: Double, at place: @autoclosure () -> [Double]) {
    if error > self.error || self.place.isEmpty { (self.error, self.place) = (error, place()) }
  }
}

/// The accuracy of a function in one scalar type.
public struct Accuracy: Sendable {
  /// The accuracy of the value.
  public private(set) var value = LargestError()
  /// The accuracy of the derivatives with respect to all arguments.
  public private(set) var slope = LargestError()

  /// Measures a function at those reference values whose arguments the type can represent.
  /// Elementwise functions of `Float` are also compared with `Double` on a fine grid.
  public init<Scalar: TensorScalar>(of function: SweptFunction, in _: Scalar.Type) {
    guard let references = ReferenceCase.all[function.rawValue] else {
      stop("no reference values of \(function.rawValue)")
    }
    let cases = references.filter { $0.arguments.allSatisfy { isExact($0, in: Scalar.self) } }
    let arguments = cases[0].arguments.indices.map { i in
      cases.map { Scalar($0.arguments[i]) }
    }
    meet(function.withSlopes(arguments), arguments) { cases[$1].outputs[$0] }
    if Scalar.self == Float.self, function.isElementwise {
      let grid = floatGrid(within: function)
      let doubles = function.withSlopes([grid.map(Double.init)])
      meet(function.withSlopes([grid.map { Scalar($0) }]), [grid.map { Scalar($0) }]) {
        ReferenceNumber(doubles[$0][$1])
      }
    }
  }

  init(value: LargestError, slope: LargestError) { (self.value, self.slope) = (value, slope) }

  /// The larger of the errors of this measurement and another one.
  public func including(_ other: Accuracy?) -> Accuracy {
    var result = self
    if let other {
      result.value.meet(other.value.error, at: other.value.place)
      result.slope.meet(other.slope.error, at: other.slope.place)
    }
    return result
  }

  private mutating func meet<Scalar: TensorScalar>(
    _ outputs: [[Scalar]], _ arguments: [[Scalar]],
    _ reference: (_ output: Int, _ index: Int) -> ReferenceNumber
  ) {
    for (output, values) in outputs.enumerated() {
      for (index, computed) in values.enumerated() {
        let error = reference(output, index).error(of: computed)
        if output == 0 {
          value.meet(error, at: arguments.map { Double($0[index]) })
        } else {
          slope.meet(error, at: arguments.map { Double($0[index]) })
        }
      }
    }
  }
}

private func isExact<Scalar: TensorScalar>(_ x: Double, in _: Scalar.Type) -> Bool {
  x.isNaN || Double(Scalar(x)) == x
}

/// A regular grid of the bit patterns of floats, so that every binade is covered, and a fine grid
/// of numbers of ordinary magnitude.
private func floatGrid(within function: SweptFunction) -> [Float] {
  let patterns = stride(from: UInt32(1), to: 0x7f80_0000, by: 9973).map(Float.init(bitPattern:))
  let ordinary = (1...60_000).map { Float($0) * 1.9e-3 }
  let sizes = patterns + ordinary
  let isOfPositive = [.power01, .power25].contains(function)
  return isOfPositive ? sizes : sizes + sizes.map { -$0 }
}
