import Foundation
import Tensors
import Testing

func exponential(_ x: Double) -> Double { exp(x) }

extension Tensor where Scalar == Double {
  /// The vectors along the last axis, in row-major order.
  var vectors: [[Double]] {
    let (elements, length) = (scalars, shape[-1])
    return stride(from: 0, to: count, by: length).map { Array(elements[$0..<$0 + length]) }
  }
}

/// The largest absolute difference, divided by the largest absolute expected value or by 1,
/// whichever is larger. The result is NaN if the counts differ or a value is NaN.
func relativeError(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .nan }
  let scale = max(1, expected.map(abs).max() ?? 0)
  return zip(values, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1) / scale
    return error.isNaN || worst.isNaN ? .nan : max(worst, error)
  }
}

/// Expects that elements equal others within a relative error. A failure shows both.
func expectClose<Scalar: TensorScalar>(
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

/// Expects that the gradients of `loss` equal its derivatives by central differences.
///
/// An input of few elements is checked element by element. A larger one is checked along random
/// directions, in which a wrong gradient differs almost surely. The five-point formula with step
/// `h` has an error of the order `h⁴` and a rounding error of the loss divided by `h`.
func expectGradients(
  at inputs: [Tensor<Double>], step: Double = 2e-3, within tolerance: Double = 2e-8,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation,
  of loss: ([Tensor<Double>]) -> Tensor<Double>
) {
  let variables = inputs.map { $0.detached.tracked() }
  let value = loss(variables)
  #expect(value.count == 1, sourceLocation: sourceLocation)
  let found = gradients(of: value, withRespectTo: variables)
  let rounding = 1e-15 * abs(value.scalar) / step
  var generator = Philox(seed: 0x6772_6164)
  for (index, input) in inputs.enumerated() where input.count > 0 {
    let directions: [Tensor<Double>] =
      input.count <= 12
      ? (0..<input.count).map { place in
        Tensor((0..<input.count).map { $0 == place ? 1 : 0 }, shape: input.shape)
      }
      : (0..<4).map { _ in .uniform(input.shape, in: -1..<1, using: &generator) }
    for (number, direction) in directions.enumerated() {
      func at(_ multiple: Double) -> Double {
        var moved = inputs
        moved[index] = input.detached + (multiple * step) * direction
        return loss(moved).scalar
      }
      let difference = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
      let derivative = (found[index] * direction).sum().scalar
      let scale = max(1, abs(difference))
      #expect(
        abs(derivative - difference) <= tolerance * scale + 20 * rounding,
        """
        \(comment()): input \(index), direction \(number): gradient \(derivative), \
        difference \(difference)
        """, sourceLocation: sourceLocation)
    }
  }
}

/// `Σ wᵢ yᵢ` with fixed random weights, a loss to which every element of every output contributes.
func weightedSum(_ outputs: [Tensor<Double>], seed: UInt64 = 11) -> Tensor<Double> {
  var generator = Philox(seed: seed)
  return outputs.reduce(Tensor(0.0)) { sum, output in
    sum + (output * .uniform(output.shape, in: 0.5..<1.5, using: &generator)).sum()
  }
}

/// The number of standard deviations that the absolute value of a normal variable exceeds with the
/// probability `rate / comparisons`.
func deviations(rate: Double, comparisons: Int) -> Double {
  var (low, high) = (0.0, 40.0)
  for _ in 0..<80 {
    let middle = (low + high) / 2
    if erfc(middle / 2.0.squareRoot()) > rate / Double(comparisons) {
      low = middle
    } else {
      high = middle
    }
  }
  return high
}
