import Tensors

/// Draws of a distribution, `[draws…, batch…, event]`, with their coordinate where they have one.
///
/// A value near an end of its support loses digits: a number close to 1, or one that underflows. The
/// coordinate is the unconstrained variable from which the value was computed. It has all digits, so
/// that ratios of densities are computed at the coordinate.
struct Draw<Scalar: TensorScalar>: Sendable {
  /// The unconstrained variable of a value.
  indirect enum Coordinate: Sendable {
    /// `log(x/(1 − x))` of each element.
    case logOdds(Tensor<Scalar>)
    /// `log x` of each element.
    case logarithm(Tensor<Scalar>)
    /// `log x` of each element of a simplex.
    case simplexLogarithm(Tensor<Scalar>)
    /// The draw of which the value is the image.
    case image(Draw, any Bijection<Scalar>)
    /// The draws of the first variables and of the others.
    case parts(Draw, Draw)
  }

  /// The values.
  let value: Tensor<Scalar>
  /// The coordinate; `nil` if the value has all digits.
  let coordinate: Coordinate?

  init(_ value: Tensor<Scalar>, at coordinate: Coordinate? = nil) {
    (self.value, self.coordinate) = (value, coordinate)
  }

  /// The draws with a function applied to all tensors.
  func map(_ f: (Tensor<Scalar>) -> Tensor<Scalar>) -> Draw {
    let coordinate: Coordinate? =
      switch coordinate {
      case nil: nil
      case .logOdds(let x): .logOdds(f(x))
      case .logarithm(let x): .logarithm(f(x))
      case .simplexLogarithm(let x): .simplexLogarithm(f(x))
      case .image(let draw, let map): .image(draw.map(f), map)
      case .parts(let first, let second): .parts(first.map(f), second.map(f))
      }
    return Draw(f(value), at: coordinate)
  }

  /// These draws where a mask `[draws…, batch…, 1]` is not 0, and other draws of the same type of
  /// distribution elsewhere.
  func selected(by mask: Tensor<Scalar>, or other: Draw) -> Draw {
    let coordinate: Coordinate?
    switch (self.coordinate, other.coordinate) {
    case (.logOdds(let x), .logOdds(let y)): coordinate = .logOdds(mask.select(x, y))
    case (.logarithm(let x), .logarithm(let y)): coordinate = .logarithm(mask.select(x, y))
    case (.simplexLogarithm(let x), .simplexLogarithm(let y)):
      coordinate = .simplexLogarithm(mask.select(x, y))
    case (.image(let x, let map), .image(let y, let otherMap)) where map.isSame(as: otherMap):
      coordinate = .image(x.selected(by: mask, or: y), map)
    case (.parts(let x, let z), .parts(let y, let w)):
      coordinate = .parts(x.selected(by: mask, or: y), z.selected(by: mask, or: w))
    default: coordinate = nil
    }
    return Draw(mask.select(value, other.value), at: coordinate)
  }

  /// 1 where the value determines the coordinate up to 0.1, and 0 where it has lost more:
  /// `[draws…, batch…]`.
  var isKept: Tensor<Scalar> {
    switch coordinate {
    case nil: .ones(value.shape.dropLast())
    case .logOdds(let x): areClose(SigmoidMap().inverse(value), x)
    case .logarithm(let x), .simplexLogarithm(let x): areClose(value.log(), x)
    case .image(let draw, let map): areClose(map.inverse(value), draw.value) * draw.isKept
    case .parts(let first, let second): first.isKept * second.isKept
    }
  }
}

/// 1 where all elements of two vectors are equal up to 0.1 or to rounding: `[…, n]` to `[…]`.
private func areClose<Scalar>(_ x: Tensor<Scalar>, _ y: Tensor<Scalar>) -> Tensor<Scalar> {
  let (x, y) = (x.detached, y.detached)
  let bound = Tensor.maximum(64 * Scalar.ulpOfOne * y.abs(), Tensor(0.1))
  return (1 - ((x - y).abs() .<= bound)).sum(axis: -1) .== .zeros([])
}

extension Tensor {
  /// The elements, moved to the nearest number within bounds. The gradient is that of the elements,
  /// which is not 0 at moved ones.
  func kept(within bounds: ClosedRange<Scalar>) -> Tensor {
    detached.clamped(to: bounds).recorded(from: [self]) { g, gradients in gradients.add(to: 0, g) }
  }

  /// The elements, moved inside `(0, 1)`: at least the smallest normal number, and at most the largest
  /// number below 1.
  func keptInUnitInterval() -> Tensor {
    kept(within: .leastNormalMagnitude...Scalar(1).nextDown)
  }

  /// The elements, moved inside `(0, ∞)`: at least the smallest normal number, and finite.
  func keptPositive() -> Tensor { kept(within: .leastNormalMagnitude ... .greatestFiniteMagnitude) }
}
