import Foundation
import Tensors

/// The limits of the condition number up to which a scalar type leaves some correct digits.
enum ConditionLimit {
  /// The limit for precisions that are given by their elements, `0.05/ε`.
  ///
  /// The computed factor of the scaled matrix `H` is the exact factor of a matrix `H + E` near it.
  /// Consider a singular matrix, the Laplacian of a graph, whose null vector `v` is known. Then
  /// `λmin(H + E) ≤ vᵀEv`. The columns of the Laplacian's factor sum to zero, so that
  /// `|vᵀEv| ≤ 4ε`, apart from rounding errors of sums. A singular matrix of this kind whose
  /// factorization succeeds by accident therefore has `κ ≥ 0.25/ε` for any number of variables. Its
  /// last pivot, in contrast, can be `n ε` times its diagonal element or more. The decision is
  /// therefore based on the estimate of `κ` and not on the size of a pivot. A matrix that is
  /// refused has `κ > 0.01/ε`, since `E` changes every eigenvalue by less than `80 ε`.
  static func of<Scalar: TensorScalar>(_: Scalar.Type) -> Double {
    0.05 / Double(Scalar.ulpOfOne)
  }

  /// The limit for precisions that are given by a square root: the square of the other limit, since
  /// the condition number of the root decides.
  static func ofRoot<Scalar: TensorScalar>(_ type: Scalar.Type) -> Double {
    of(type) * of(type)
  }
}

extension NotPositiveDefinite {
  /// The error for a matrix whose condition number exceeds the limit. It names the row whose pivot
  /// is smallest relative to its diagonal element.
  init(
    nearlySingular matrix: Int, estimate: Double, limit: Double,
    pivots: [(value: Double, element: Double)], typeName: String
  ) {
    let smallest = pivots.indices.min {
      pivots[$0].value / pivots[$0].element < pivots[$1].value / pivots[$1].element
    }!
    self.init(
      pivot: smallest, matrix: matrix, value: pivots[smallest].value,
      condition: Condition(
        estimate: estimate, limit: limit, element: pivots[smallest].element, typeName: typeName))
  }
}

/// `H = D^-½ P D^-½` and its inverse, as linear maps of vectors `[batch…, k]`.
struct ScaledMatrix<Scalar: TensorScalar> {
  private let dimension: Int
  private let multiply, solve, unwhiten: Map
  /// `D^½`.
  private let root: Tensor<Scalar>
  private let noise: Tensor<Scalar>

  /// A linear map of vectors `[batch…, k]`.
  typealias Map = (Tensor<Scalar>) -> Tensor<Scalar>

  /// - Parameters:
  ///   - root: The square roots of the diagonal of `P`, `[batch…, k]`.
  ///   - multiply: `P x`.
  ///   - solve: `P⁻¹ x`.
  ///   - unwhiten: `L⁻ᵀ ε`, for any `L` with `L Lᵀ = P`.
  init(
    root: Tensor<Scalar>, multiply: @escaping Map, solve: @escaping Map, unwhiten: @escaping Map
  ) {
    dimension = root.shape[-1]
    (self.root, self.multiply, self.solve, self.unwhiten) = (root, multiply, solve, unwhiten)
    // A fixed random vector, which is almost surely not orthogonal to any eigenvector.
    var generator = Philox(seed: 0x636f_6e64)
    noise = Tensor.normal([dimension], using: &generator).broadcast(to: root.shape)
  }

  /// An estimate of `κ` for each matrix.
  func conditions(steps: Int) -> [Double] {
    zip(largestEigenvalues(steps: steps), largestOfInverse(steps: steps)).map { $0 * $1 }
  }

  /// A lower bound of `λmax(H)` for each matrix.
  func largestEigenvalues(steps: Int) -> [Double] {
    largest(of: { multiply($0 / root) / root }, from: noise, steps: steps)
  }

  /// A lower bound of `λmax(H⁻¹)` for each matrix.
  func largestOfInverse(steps: Int) -> [Double] {
    largest(of: inverse, from: inverseSample, steps: steps)
  }

  /// An estimate of `κ` for each matrix whose `κ` exceeds the limit, infinite if the computation
  /// overflows; `nil` for the other matrices.
  func conditionsBeyond(_ limit: Double) -> [Double?] {
    if areDrawsShort(limit) {
      return [Double?](repeating: nil, count: root.shape.dropLast().count)
    }
    var (x, sizes) = normalized(inverseSample)
    let largest = largestEigenvalues(steps: 4)
    var estimates = [Double](repeating: 0, count: sizes.count)
    for step in 1...16 {
      (x, sizes) = normalized(inverse(x))
      for (matrix, size) in sizes.enumerated() {
        let bound = size * largest[matrix]
        estimates[matrix] = bound.isNaN ? .infinity : max(estimates[matrix], bound)
      }
      // The component of the normalized noise along the dominant eigenvector is assumed to exceed
      // 1/(100 √k). Then the estimate is too small by at most the factor `unseen`.
      let unseen = pow(100 * Double(dimension).squareRoot(), 1 / (Double(step) + 0.5))
      if estimates.allSatisfy({ $0 >= limit || 2 * unseen * $0 < limit }) { break }
    }
    return estimates.map { $0 < limit ? nil : $0 }
  }

  /// Whether several samples of `N(0, H⁻¹)` are so short that `κ` is below the limit with a high
  /// probability.
  ///
  /// The squared norm of a sample is at least `λmax(H⁻¹)·χ²`, where `χ²` has one degree of freedom.
  /// If `λmax(H⁻¹)` is at the limit, the squared norm is below the square root of the limit with a
  /// probability of at most `0.8·limit^-¼`. All samples are that short with a probability of
  /// `4·10⁻⁸` for `Double` and `10⁻⁶` for `Float`. The expected squared norm is `tr H⁻¹ ≥ k`, so
  /// that the test cannot succeed for a large `k`.
  private func areDrawsShort(_ limit: Double) -> Bool {
    if Double(dimension) >= limit.squareRoot() { return false }
    let draws = limit > 1e10 ? 2 : 4
    var generator = Philox(seed: 0x6472_6177)
    let ones = [Int](repeating: 1, count: root.rank - 1)
    let noise = Tensor<Scalar>.normal([draws, dimension], using: &generator)
      .reshaped(to: Shape([draws] + ones + [dimension]))
      .broadcast(to: [draws] + root.shape)
    let squares = (root * unwhiten(noise)).squared().sum(axis: -1)
    // NaN and infinity do not count as short.
    return squares.scalars.allSatisfy { Double($0) < limit.squareRoot() }
  }

  /// `D^½ L⁻ᵀ ε`, a sample of `N(0, H⁻¹)`.
  private var inverseSample: Tensor<Scalar> { root * unwhiten(noise) }

  private func inverse(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    root * solve(root * x)
  }

  /// The largest eigenvalue of a positive definite map, by the power method. It stops early when no
  /// estimate grows by more than one percent.
  private func largest(
    of map: (Tensor<Scalar>) -> Tensor<Scalar>, from start: Tensor<Scalar>, steps: Int
  ) -> [Double] {
    var (x, sizes) = normalized(start)
    var estimates = [Double](repeating: 0, count: sizes.count)
    for step in 1...steps {
      (x, sizes) = normalized(map(x))
      let isSettled = zip(sizes, estimates).allSatisfy { $0 <= 1.01 * $1 }
      estimates = zip(sizes, estimates).map { $0.isNaN ? .infinity : max($0, $1) }
      if isSettled && step > 3 { break }
    }
    return estimates
  }

  /// The vectors scaled to norm 1, and their norms before scaling.
  private func normalized(_ x: Tensor<Scalar>) -> (Tensor<Scalar>, [Double]) {
    let largest = x.abs().max(axis: -1, keepingAxis: true)
    let scaled = x / largest
    let norm = scaled.squared().sum(axis: -1, keepingAxis: true).squareRoot()
    return (scaled / norm, zip(largest.scalars, norm.scalars).map { Double($0) * Double($1) })
  }
}
