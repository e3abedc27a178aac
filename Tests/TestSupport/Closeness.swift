import Tensors
import Testing

/// The larger of two errors; infinite if the second is NaN, which `max` would drop.
package func largerError(_ largest: Double, _ error: Double) -> Double {
  error.isNaN ? .infinity : max(largest, error)
}

/// The largest absolute difference of elements; infinite if the counts differ or a value is NaN.
package func largestDifference(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  return zip(values, expected).reduce(0) { largerError($0, abs($1.0 - $1.1)) }
}

/// The largest absolute difference of elements; infinite if the counts differ or a value is NaN.
package func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double {
  largestDifference(a.scalars, b.scalars)
}

/// The largest absolute difference, divided by the largest absolute expected value or by 1,
/// whichever is larger. The result is NaN if the counts differ or a value is NaN.
package func relativeError(_ values: [Double], _ expected: [Double]) -> Double {
  let difference = largestDifference(values, expected)
  return difference.isFinite ? difference / max(1, expected.map(abs).max() ?? 0) : .nan
}

/// Expects that elements equal others within a relative error. A failure shows both.
package func expectClose<Scalar: TensorScalar>(
  _ values: Tensor<Scalar>, _ expected: [Double], within tolerance: Double = 1e-9,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let elements = values.scalars.map(Double.init)
  let error = relativeError(elements, expected)
  #expect(
    error <= tolerance,
    "\(comment()): \(elements.prefix(8)) for \(expected.prefix(8)), error \(error)",
    sourceLocation: sourceLocation)
}
