import Foundation
import Tensors

/// The condition numbers that a type of number leaves some digits of.
enum ConditionLimit {
  /// `0.05/ε`.
  ///
  /// A factorization is that of a matrix `H + E` near the scaled `H`. Of a graph's Laplacian, whose
  /// null vector `v` is known, `λmin(H + E) ≤ vᵀEv`, and the columns of its factor sum to zero, so that
  /// `|vᵀEv| ≤ 4ε` but for the rounding of sums: however many variables there are, a singular matrix
  /// that is factored by accident has `κ ≥ 0.25/ε`, while its last pivot may be `n ε` times its
  /// element or more. So the estimate of `κ` decides, and not the size of a pivot. What is refused by
  /// it has `κ > 0.01/ε`, since `E` moves no eigenvalue by 80 ε.
  static func of<Scalar: TensorScalar>(_: Scalar.Type) -> Double {
    0.05 / Double(Scalar.ulpOfOne)
  }

  /// The square of that: of a precision that is given by a square root, the condition of the root decides.
  static func ofRoot<Scalar: TensorScalar>(_ type: Scalar.Type) -> Double {
    of(type) * of(type)
  }
}

extension NotPositiveDefinite {
  /// The error of a matrix whose condition number is beyond the limit: it names the row whose pivot is the
  /// smallest beside its element of the diagonal.
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

/// `H = D^-½ P D^-½` with its inverse, as maps of vectors `[batch…, k]`.
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
    // Any numbers that are not orthogonal to an eigenvector; the same ones each time.
    var generator = Philox(seed: 0x636f_6e64)
    noise = Tensor.normal([dimension], using: &generator).broadcast(to: root.shape)
  }

  /// An estimate of `κ` for each matrix.
  func conditions(steps: Int) -> [Double] {
    zip(largestEigenvalues(steps: steps), largestOfInverse(steps: steps)).map { $0 * $1 }
  }

  /// `λmax(H)` for each matrix, from below.
  func largestEigenvalues(steps: Int) -> [Double] {
    largest(of: { multiply($0 / root) / root }, from: noise, steps: steps)
  }

  /// `λmax(H⁻¹)` for each matrix, from below.
  func largestOfInverse(steps: Int) -> [Double] {
    largest(of: inverse, from: halfStep, steps: steps)
  }

  /// An estimate of `κ` for each matrix that has it beyond the limit, infinite where a number of the
  /// computation is; `nil` for the others.
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
      // The part of the noise along an eigenvector, taken to be above 1/(100 √k), has grown at least
      // as the first eigenvalue's powers have.
      let unseen = pow(100 * Double(dimension).squareRoot(), 1 / (Double(step) + 0.5))
      if estimates.allSatisfy({ $0 >= limit || 2 * unseen * $0 < limit }) { break }
    }
    return estimates.map { $0 < limit ? nil : $0 }
  }

  /// Whether some draws of `N(0, H⁻¹)` are too short for a `κ` beyond the limit.
  ///
  /// The square of one is above `λmax(H⁻¹)·χ²`, for a `χ²` of one degree of freedom. It is below the root
  /// of the limit, where `λmax(H⁻¹)` is at the limit, with a probability of `0.8·limit^-¼`: of all draws
  /// of `Double`, `4·10⁻⁸`, and of `Float`, `10⁻⁶`. The mean of the squares is `tr H⁻¹ ≥ k`.
  private func areDrawsShort(_ limit: Double) -> Bool {
    if Double(dimension) >= limit.squareRoot() { return false }
    let draws = limit > 1e10 ? 2 : 4
    var generator = Philox(seed: 0x6472_6177)
    let ones = [Int](repeating: 1, count: root.rank - 1)
    let noise = Tensor<Scalar>.normal([draws, dimension], using: &generator)
      .reshaped(to: Shape([draws] + ones + [dimension]))
      .broadcast(to: [draws] + root.shape)
    let squares = (root * unwhiten(noise)).squared().sum(axis: -1)
    // NaN and infinities are not short.
    return squares.scalars.allSatisfy { Double($0) < limit.squareRoot() }
  }

  /// `D^½ L⁻ᵀ ε`, a draw of `N(0, H⁻¹)`.
  private var halfStep: Tensor<Scalar> { root * unwhiten(noise) }

  private func inverse(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    root * solve(root * x)
  }

  /// The power method with a positive definite map, until nothing changes by a hundredth.
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

  /// Vectors of norm 1, and the norms that they had.
  private func normalized(_ x: Tensor<Scalar>) -> (Tensor<Scalar>, [Double]) {
    let largest = x.abs().max(axis: -1, keepingAxis: true)
    let scaled = x / largest
    let norm = scaled.squared().sum(axis: -1, keepingAxis: true).squareRoot()
    return (scaled / norm, zip(largest.scalars, norm.scalars).map { Double($0) * Double($1) })
  }
}
