import Foundation
import Tensors

/// Independent uniform variables: the density is `1/(high − low)` from `low` to `high`.
///
/// The parameters are those of PyTorch; scipy's `uniform` takes `loc = low`, `scale = high − low`.
public struct Uniform<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence {
  // MARK: Parameters

  /// The lower bounds, `[batch…, event]`.
  public let low: Tensor<Scalar>
  /// The upper bounds, `[batch…, event]`.
  public let high: Tensor<Scalar>

  /// The distribution between these finite bounds, whose shapes broadcast; `low < high`.
  public init(low: Tensor<Scalar>, high: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "uniform", [("lower bound", low, .finite), ("upper bound", high, .finite)])
    (self.low, self.high) = (parameters[0], parameters[1])
    let reversed = (self.low .>= self.high).scalars.firstIndex { $0 == 1 }
    if let place = reversed {
      stop(
        "a uniform distribution got bounds from \(self.low.scalars[place]) to "
          + "\(self.high.scalars[place]) at element \(place); the upper one must be larger")
    }
  }

  /// The shape of the batch.
  public var batchShape: Shape { low.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { low.shape[-1] }

  // MARK: Support

  /// The numbers from `low` to `high`.
  public var support: Support<Scalar> { .interval(low, high) }

  // MARK: Moments

  /// `(low + high)/2`.
  public var mean: Tensor<Scalar> { 0.5 * low + 0.5 * high }

  /// `(high − low)²/12`.
  public var variance: Tensor<Scalar> { (high - low) / 12 * (high - low) }

  // MARK: Log-density

  /// `−Σ log(high − low)`, in nats; −∞ if an element is outside of the bounds.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: low.shape, of: "uniform distribution")
    return elementwise(
      value, low, high,
      value: { x, low, high in
        if anyNaN(x, low, high) { return .nan }
        return x < low || x > high ? -.infinity : -Interval(low, high).logWidth
      },
      slopes: { x, low, high in
        if x < low || x > high { return (0, 0, 0) }
        let slope = Interval(low, high).inverseWidth
        return (0, slope, -slope)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `(x − low)/(high − low)`, between 0 and 1.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: low.shape, of: "uniform distribution")
    return elementwise(
      value, low, high,
      value: { x, low, high in
        if anyNaN(x, low, high) { return .nan }
        return x <= low ? 0 : x >= high ? 1 : Interval(low, high).share(below: x)
      },
      slopes: { x, low, high in
        if x <= low || x >= high { return (0, 0, 0) }
        let interval = Interval(low, high)
        let inverse = interval.inverseWidth
        return (inverse, -interval.share(above: x) * inverse, -interval.share(below: x) * inverse)
      })
  }

  /// `low + p·(high − low)`.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: low.shape, of: "uniform distribution")
    return elementwise(
      probability, low, high,
      value: { p, low, high in p >= 0 && p <= 1 ? (1 - p) * low + p * high : .nan },
      slopes: { p, low, high in (high - low, 1 - p, p) })
  }

  // MARK: Sampling

  /// `(1 − u)·low + u·high` for a uniform number `u`. Gradients flow to both bounds.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, low, high, using: &generator) { low, high, generator in
      let u = generator.unit()
      return (1 - u) * low + u * high
    }.implicitFunction(of: low, high) { x, low, high in
      let interval = Interval(low, high)
      return (interval.share(above: x), interval.share(below: x))
    }
  }

  // MARK: Entropy and divergence

  /// `Σ log(high − low)`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    elementwise(
      low, high, value: { Interval($0, $1).logWidth },
      slopes: { low, high in
        let slope = Interval(low, high).inverseWidth
        return (-slope, slope)
      }
    ).sum(axis: -1)
  }

  /// `Σ log(width of other/width)`, in nats; ∞ where this interval is not within the other one. It is
  /// accurate for nearly equal distributions.
  public func klDivergence(from other: Uniform) -> Tensor<Scalar> {
    requireSameVariables(low.shape, other.low.shape, of: "uniform distribution")
    return elementwise(
      low, high, other.low, other.high,
      value: { a, b, c, d in
        if a < c || b > d { return .infinity }
        let growth = ((a - c) + (d - b)) / (b - a)
        return growth < .infinity
          ? log1p(growth) : Interval(c, d).logWidth - Interval(a, b).logWidth
      },
      slopes: { a, b, c, d in
        if a < c || b > d { return (0, 0, 0, 0) }
        let (own, others) = (Interval(a, b).inverseWidth, Interval(c, d).inverseWidth)
        return (own, -own, -others, others)
      }
    ).sum(axis: -1)
  }
}

extension Uniform: ReparameterizedDistribution {}

/// An interval whose width may overflow. It is then computed in units of 2.
private struct Interval {
  private let low: Double
  private let high: Double
  private let unit: Double

  init(_ low: Double, _ high: Double) {
    unit = (high - low).isInfinite ? 2 : 1
    (self.low, self.high) = (low / unit, high / unit)
  }

  var logWidth: Double { log(high - low) + log(unit) }

  var inverseWidth: Double { 1 / (high - low) / unit }

  /// `(x − low)/(high − low)`.
  func share(below x: Double) -> Double { (x / unit - low) / (high - low) }

  /// `(high − x)/(high − low)`.
  func share(above x: Double) -> Double { (high - x / unit) / (high - low) }
}
