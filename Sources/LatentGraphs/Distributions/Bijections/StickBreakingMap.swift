import Foundation
import Tensors

/// From all vectors of `k − 1` elements to the simplex of `k` variables, by breaking a stick: the
/// fraction `σ(xᵢ − log(k − i))` of the rest is the `i`-th variable. Zero gives equal variables.
///
/// It is the transform of Stan and PyTorch (`StickBreakingTransform`). A variable that would be
/// rounded to 0 is the smallest normal number.
/// - Complexity: `O(k)` operations on `[…]`, for a vector of `k` variables.
public struct StickBreakingMap<Scalar: TensorScalar>: Bijection {
  /// The map to the simplex.
  public init() {}

  /// One more than that of the argument.
  public func dimension(for count: Int) -> Int { count + 1 }

  /// The simplex without vectors that have a 0.
  public var image: Support<Scalar> { .openSimplex }

  /// The parts of the stick and the rest.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (odds, columns) = Self.logOdds(x)
    var logRest = Tensor<Scalar>.zeros(x.shape.replacing(axis: -1, with: 1))
    var parts: [Tensor<Scalar>] = []
    for column in columns {
      let odd = odds.slice(column..<column + 1, axis: -1)
      parts.append((logRest - (-odd).softplus()).exp())
      logRest = logRest - odd.softplus()
    }
    return .concatenated(parts + [logRest.exp()], axis: -1)
      .kept(within: .leastNormalMagnitude...1)
  }

  /// The log-odds of each part in the rest of the stick.
  public func inverse(_ y: Tensor<Scalar>) -> Tensor<Scalar> {
    let k = y.shape[-1]
    if k == 1 { return .zeros(y.shape.replacing(axis: -1, with: 0)) }
    var rest = y.slice(k - 1..<k, axis: -1)
    var columns: [Tensor<Scalar>] = []
    // The rest is summed from the end, so that nothing cancels.
    for i in stride(from: k - 2, through: 0, by: -1) {
      let part = y.slice(i..<i + 1, axis: -1)
      columns.append(part.log() - rest.log() + Scalar(log(Double(k - 1 - i))))
      rest = rest + part
    }
    return .concatenated(columns.reversed(), axis: -1)
  }

  /// The logarithms of the parts, and of the fractions that remain.
  public func logDeterminant(at x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (odds, columns) = Self.logOdds(x)
    var logRest = Tensor<Scalar>.zeros(x.shape.dropLast())
    var sum = logRest
    for column in columns {
      let odd = odds.slice(at: column, axis: -1)
      // ∂yᵢ/∂xᵢ = rest·σ(odds)·σ(−odds)
      let remaining = logRest - odd.softplus()
      sum = sum + remaining - (-odd).softplus()
      logRest = remaining
    }
    return sum
  }

  /// `xᵢ − log(k − i)`, and the indices of the columns.
  private static func logOdds(_ x: Tensor<Scalar>) -> (Tensor<Scalar>, Range<Int>) {
    let count = x.shape[-1]
    let offsets = (0..<count).map { Scalar(log(Double(count - $0))) }
    return (x - Tensor(offsets), 0..<count)
  }
}
