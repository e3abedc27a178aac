import Foundation
import Tensors

extension PrecisionStructure {
  /// An estimate of the condition number of `P` after scaling to a unit diagonal,
  /// `κ = λmax(H)/λmin(H)`, where `H = D^-½ P D^-½` and `D` is the diagonal of `P`. `[batch…]`, not
  /// differentiable.
  ///
  /// Apart from rounding errors, the estimate is at most the condition number of the scaled matrix
  /// `L Lᵀ`, and rarely less than half of it. Rescaling the variables does not change `κ`.
  ///
  /// A relative error of `ε` in the elements of `P` causes relative errors of up to `κ ε` in the
  /// variances, so that no digit is left if `κ` is near `1/ε`. A precision that is given by its
  /// elements is refused in this case. A precision that is given by its factor is not refused: if
  /// its structure computes covariances from the factor, they are as accurate as the factor for any
  /// `κ`.
  ///
  /// The estimate is infinite if it, or an intermediate result, overflows. It is 1 for independent
  /// variables and for zero variables.
  ///
  /// The estimate is computed by the power method with `H` and `H⁻¹`; a step with `H⁻¹` is a solve.
  /// J. Kuczyński and H. Woźniakowski, Estimating the largest eigenvalue by the power and Lanczos
  /// algorithms with a random start, SIAM J. Matrix Anal. Appl. 13 (1992).
  /// - Complexity: up to 16 solves and 16 products.
  public var conditionEstimate: Tensor<Scalar> {
    guard dimension > 0 else { return .ones(batchShape) }
    return withoutRecording {
      let estimates = ScaledMatrix(self, diagonal: diagonal).conditions(steps: 16)
      return Tensor(estimates.map { Scalar($0) }, shape: batchShape)
    }
  }
}

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

/// Refuses factored precisions that are so nearly singular that no digit of the variances would be
/// correct.
/// - Parameters:
///   - diagonal: The diagonal of the given `P`, `[batch…, k]`.
///   - factorDiagonal: The diagonal of `L`, in the order of the variables, `[batch…, k]`.
/// - Throws: `NotPositiveDefinite`, with the variable whose pivot is smallest relative to its
///   diagonal element.
/// - Complexity: that of a few samples if `P` is far from singular; otherwise up to 16 solves and a
///   few products.
func checkCondition<Scalar>(
  of precision: any PrecisionStructure<Scalar>, diagonal: Tensor<Scalar>,
  factorDiagonal: () -> Tensor<Scalar>
) throws {
  try withoutRecording {
    let limit = ConditionLimit.of(Scalar.self)
    let estimates = ScaledMatrix(precision, diagonal: diagonal).conditionsBeyond(limit)
    guard let matrix = estimates.firstIndex(where: { $0 != nil }), let estimate = estimates[matrix]
    else { return }
    let (k, roots, elements) = (precision.dimension, factorDiagonal().scalars, diagonal.scalars)
    throw NotPositiveDefinite(
      nearlySingular: matrix, estimate: estimate, limit: limit,
      pivots: (matrix * k..<(matrix + 1) * k).map {
        (value: Double(roots[$0]) * Double(roots[$0]), element: Double(elements[$0]))
      }, typeName: "\(Scalar.self)")
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
  private let precision: any PrecisionStructure<Scalar>
  /// `D^½`.
  private let root: Tensor<Scalar>
  private let noise: Tensor<Scalar>

  /// - Parameter diagonal: The diagonal of `P`, `[batch…, k]`.
  init(_ precision: any PrecisionStructure<Scalar>, diagonal: Tensor<Scalar>) {
    self.init(precision, root: diagonal.detached.squareRoot())
  }

  /// - Parameter root: The square roots of the diagonal of `P`, `[batch…, k]`.
  init(_ precision: any PrecisionStructure<Scalar>, root: Tensor<Scalar>) {
    self.precision = precision
    self.root = root
    // A fixed random vector, which is almost surely not orthogonal to any eigenvector.
    var generator = Philox(seed: 0x636f_6e64)
    noise = Tensor.normal([precision.dimension], using: &generator).broadcast(to: root.shape)
  }

  /// An estimate of `κ` for each matrix.
  func conditions(steps: Int) -> [Double] {
    zip(largestEigenvalues(steps: steps), largestOfInverse(steps: steps)).map { $0 * $1 }
  }

  /// A lower bound of `λmax(H)` for each matrix.
  func largestEigenvalues(steps: Int) -> [Double] {
    largest(of: { precision.multiply($0 / root) / root }, from: noise, steps: steps)
  }

  /// A lower bound of `λmax(H⁻¹)` for each matrix.
  func largestOfInverse(steps: Int) -> [Double] {
    largest(of: inverse, from: halfStep, steps: steps)
  }

  /// An estimate of `κ` for each matrix whose `κ` exceeds the limit, infinite if the computation
  /// overflows; `nil` for the other matrices.
  func conditionsBeyond(_ limit: Double) -> [Double?] {
    if areDrawsShort(limit) {
      return [Double?](repeating: nil, count: root.shape.droppingLast().count)
    }
    var (x, sizes) = normalized(halfStep)
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
      let unseen = pow(100 * Double(precision.dimension).squareRoot(), 1 / (Double(step) + 0.5))
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
    if Double(precision.dimension) >= limit.squareRoot() { return false }
    let draws = limit > 1e10 ? 2 : 4
    var generator = Philox(seed: 0x6472_6177)
    let ones = [Int](repeating: 1, count: root.rank - 1)
    let noise = Tensor<Scalar>.normal([draws, precision.dimension], using: &generator)
      .reshaped(to: Shape([draws] + ones + [precision.dimension]))
      .broadcast(to: [draws] + root.shape)
    let squares = (root * precision.unwhiten(noise)).squared().sum(axis: -1)
    // NaN and infinity do not count as short.
    return squares.scalars.allSatisfy { Double($0) < limit.squareRoot() }
  }

  /// `D^½ L⁻ᵀ ε`, a sample of `N(0, H⁻¹)`.
  private var halfStep: Tensor<Scalar> { root * precision.unwhiten(noise) }

  private func inverse(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    root * precision.solve(root * x)
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
