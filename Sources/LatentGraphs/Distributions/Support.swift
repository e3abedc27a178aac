import Tensors

/// The set of the values of a distribution, for vectors of its variables.
public indirect enum Support<Scalar: TensorScalar>: Sendable {
  /// All finite numbers.
  case real
  /// Finite numbers above 0.
  case positive
  /// Finite numbers from 0.
  case nonnegative
  /// Numbers between 0 and 1, without these.
  case openUnitInterval
  /// Numbers from 0 to 1.
  case unitInterval
  /// Numbers from a lower to an upper bound, each `[batch…, event]`.
  case interval(Tensor<Scalar>, Tensor<Scalar>)
  /// 0 and 1.
  case bits
  /// 0, 1, 2, …
  case counts
  /// 0, 1, 2, … to a bound, `[batch…, event]`.
  case countsUpTo(Tensor<Scalar>)
  /// Vectors of one 1 and zeros.
  case oneHot
  /// Vectors of nonnegative numbers with the sum 1, up to rounding by 16 units in the last place for
  /// each variable, and at most 0.001.
  case simplex
  /// Vectors of the simplex without a 0.
  case openSimplex
  /// Vectors of finite numbers, each larger than the one before.
  case ordered
  /// Vectors whose first variables, of which the number is given, are in one set, and the others in
  /// another.
  case product(Support, Int, Support)
  /// Vectors that are in one of several sets.
  case union([Support])
  /// Vectors for which a function is 1: `[draws…, batch…, event]` to `[draws…, batch…]`.
  case satisfying(@Sendable (Tensor<Scalar>) -> Tensor<Scalar>)

  /// 1 where a vector is in the set, and 0 elsewhere: `[draws…, batch…, event]` to
  /// `[draws…, batch…]`. NaN is in no set.
  public func contains(_ value: Tensor<Scalar>) -> Tensor<Scalar> {
    let x = value.detached
    let count = x.shape[-1]
    // A count of all elements would be rounded in the scalar type.
    func every(_ mask: Tensor<Scalar>) -> Tensor<Scalar> {
      (1 - mask).sum(axis: -1) .== .zeros([])
    }
    func isFinite(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
      x.abs() .< Scalar.infinity
    }
    func isWhole(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
      Tensor(x.scalars.map { $0.isFinite && $0 == $0.rounded(.down) ? 1 : 0 }, shape: x.shape)
    }
    switch self {
    case .real: return every(isFinite(x))
    case .positive: return every((x .> 0) * isFinite(x))
    case .nonnegative: return every((x .>= 0) * isFinite(x))
    case .openUnitInterval: return every((x .> 0) * (x .< 1))
    case .unitInterval: return every((x .>= 0) * (x .<= 1))
    case .interval(let low, let high):
      return every((x .>= low) * (x .<= high))
    case .bits: return every((x .== .zeros([])) + (x .== .ones([])))
    case .counts: return every(isWhole(x) * (x .>= 0))
    case .countsUpTo(let bound):
      return every(isWhole(x) * (x .>= 0) * (x .<= bound))
    case .oneHot:
      return every((x .== .zeros([])) + (x .== .ones([])))
        * (x.sum(axis: -1) .== .ones([]))
    case .simplex:
      let error = (x.sum(axis: -1) - 1).abs()
      return every(x .>= 0)
        * (error .<= Self.simplexTolerance(count))
    case .openSimplex: return every(x .> 0) * Support.simplex.contains(x)
    case .ordered:
      let steps = x.slice(1..<max(count, 1), axis: -1) - x.slice(0..<max(count - 1, 0), axis: -1)
      return every(steps .> 0) * every(isFinite(x))
    case .product(let first, let length, let second):
      return first.contains(x.slice(0..<length, axis: -1))
        * second.contains(x.slice(length..<count, axis: -1))
    case .union(let sets):
      return sets.map { $0.contains(x) }.reduce(.zeros([])) { .maximum($0, $1) }
    case .satisfying(let condition): return condition(x)
    }
  }

  /// 1 where a vector is in this set and its image by a function is in another one.
  func contains(
    _ value: Tensor<Scalar>, whose function: (Tensor<Scalar>) -> Tensor<Scalar>,
    isIn other: Support
  ) -> Tensor<Scalar> {
    contains(value) * other.contains(function(value.detached))
  }

  /// The error of the sum of a simplex that is allowed for rounding.
  static func simplexTolerance(_ count: Int) -> Scalar { min(16 * Scalar(count) * .ulpOfOne, 1e-3) }

  /// Whether the values are known to be discrete.
  var isDiscrete: Bool {
    switch self {
    case .bits, .counts, .countsUpTo, .oneHot: true
    case .product(let first, _, let second): first.isDiscrete || second.isDiscrete
    case .union(let sets): sets.contains { $0.isDiscrete }
    default: false
    }
  }
}

extension Tensor {
  /// The log-density of vectors outside of the support: NaN for a vector with a NaN, and otherwise −∞.
  /// `[draws…, batch…, event]` to `[draws…, batch…]`.
  var scoreOutsideSupport: Tensor {
    let isNumber = (detached .== detached).min(axis: -1)
    return isNumber.select(Tensor(-.infinity), Tensor(.nan))
  }

  /// The log-densities `[draws…, batch…]` of vectors by a function that gives NaN for infinite
  /// elements, with −∞ for these vectors.
  func scoredWithInfinities(_ logDensity: (Tensor) -> Tensor) -> Tensor {
    let scores = logDensity(self)
    if scores.isFinite { return scores }
    let isInfinite = detached.abs() .== Tensor(.infinity)
    // NaN elements and parameters give NaN.
    let finite = logDensity(isInfinite.select(.zeros([]), self)).detached
    let unsupported = (finite .== finite).select(Tensor(-.infinity), Tensor(.nan))
    return isInfinite.max(axis: -1).select(unsupported, scores)
  }

  /// The sums of the other elements of each vector of nonnegative numbers with this sum, accurate for
  /// an element that is most of the sum, too: `[…, n]`.
  func sumOfOthers(of total: Tensor) -> Tensor {
    let isMost = detached .> 0.5 * total.detached
    let rest = isMost.select(.zeros([]), self).sum(axis: -1, keepingAxis: true)
    return isMost.select(rest, total - self)
  }
}
