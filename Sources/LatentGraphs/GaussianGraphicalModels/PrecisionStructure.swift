import Tensors

/// A positive definite precision matrix `P = L Lᵀ` of a known pattern, or a batch of them, given by
/// its lower triangular factor `L` with a positive diagonal.
///
/// A structure answers a few questions at the cost that its pattern allows; `GaussianGraphicalModel`
/// asks nothing else. Vectors have the shape `[draws…, batch…, k]`. All answers are differentiable
/// in the structure's parameters and in the vectors.
public protocol PrecisionStructure<Scalar>: Sendable {
  /// The type of its numbers.
  associatedtype Scalar: TensorScalar

  /// The number of variables, `k`.
  var dimension: Int { get }

  /// The shape of the batch, `[]` for a single matrix.
  var batchShape: Shape { get }

  /// Where `P` may differ from zero.
  var pattern: BandPattern { get }

  /// `log det L = Σ log Lᵢᵢ`, half of `log det P`: `[batch…]`.
  var logDeterminantOfFactor: Tensor<Scalar> { get }

  /// `Lᵀ r`: of a residual of this Gaussian it makes white noise.
  func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L⁻ᵀ ε`: of white noise it makes a residual of this Gaussian.
  func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L x`.
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// The bands of `L` by their offset `o`, the elements `(i + o, i)`: `[batch…, k − o]`, where they are
  /// few; `nil`, the default, where they are not.
  ///
  /// They let a KL divergence be had as a sum of squares, without cancellation.
  var factorBands: [Int: Tensor<Scalar>]? { get }

  /// The bands of `P` with these offsets, which are some of the pattern's.
  func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>]

  /// What of `Σ = P⁻¹` lies on a pattern, where the structure knows it at less than the cost of `k`
  /// solves; `nil` where it does not.
  ///
  /// Bands of the pattern that are not returned are zero.
  func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]?
}

/// The places of a symmetric `k×k` matrix at certain distances from the diagonal.
///
/// The band of offset `o` has the `k − o` elements `(i, i + o)`.
public struct BandPattern: Hashable, Sendable {
  /// The size of the matrix.
  public let dimension: Int
  /// The distances, increasing from 0; all of them for a dense matrix.
  public let offsets: [Int]

  /// The pattern of these offsets and the diagonal; those that do not fit the matrix are left out.
  public init(dimension: Int, offsets: [Int]) {
    self.dimension = dimension
    self.offsets = Set(offsets).union([0]).filter { (0..<max(dimension, 1)).contains($0) }.sorted()
  }

  /// Whether it has so few bands that walking along them is cheaper than a dense computation.
  public var isBanded: Bool { offsets.count <= 4 }

  /// The diagonal.
  public static func diagonal(_ dimension: Int) -> BandPattern {
    BandPattern(dimension: dimension, offsets: [0])
  }

  /// All places.
  public static func dense(_ dimension: Int) -> BandPattern {
    BandPattern(dimension: dimension, offsets: Array(0..<max(dimension, 1)))
  }
}

extension PrecisionStructure {
  /// `nil`: a structure whose factor has many bands.
  public var factorBands: [Int: Tensor<Scalar>]? { nil }

  /// `P x`.
  public func multiply(_ x: Tensor<Scalar>) -> Tensor<Scalar> { multiplyFactor(whiten(x)) }

  /// `log det P`: `[batch…]`.
  public var logDeterminant: Tensor<Scalar> { 2 * logDeterminantOfFactor }

  /// The variances, the diagonal of `Σ = P⁻¹`: `[batch…, k]`, exact.
  ///
  /// - Complexity: that of `covarianceBands(on:)`; where the structure has none, `k` solves.
  public var marginalVariances: Tensor<Scalar> {
    if let bands = covarianceBands(on: .diagonal(dimension)) { return bands[0]! }
    return covarianceFactor.squared().sum(axis: 0)
  }

  /// `tr Σ`, exact: `[batch…]`.
  public var covarianceTrace: Tensor<Scalar> { marginalVariances.sum(axis: -1) }

  /// The dense precision matrix, `[batch…, k, k]`. For small `k`: it takes `k` products.
  public var matrix: Tensor<Scalar> {
    multiply(unitVectors).permuted(Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
  }

  /// The dense covariance matrix, `[batch…, k, k]`. For small `k`: it takes `k` solves.
  public var covarianceMatrix: Tensor<Scalar> {
    // Row j of `covarianceFactor` is L⁻ᵀ eⱼ, and Σ = L⁻ᵀ L⁻¹ = Σⱼ (L⁻ᵀ eⱼ)(L⁻ᵀ eⱼ)ᵀ.
    let rows = covarianceFactor.permuted(
      Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
    return matrixProduct(rows, rows, transposingLeft: true)
  }

  /// `L⁻ᵀ eⱼ` for each unit vector: `[k, batch…, k]`.
  var covarianceFactor: Tensor<Scalar> { unwhiten(unitVectors) }

  /// The unit vectors as draws: `[k, batch…, k]`.
  var unitVectors: Tensor<Scalar> {
    let ones = [Int](repeating: 1, count: batchShape.rank)
    return Tensor<Scalar>.identity(dimension)
      .reshaped(to: Shape([dimension] + ones + [dimension]))
      .broadcast(to: [dimension] + batchShape + [dimension])
  }
}
