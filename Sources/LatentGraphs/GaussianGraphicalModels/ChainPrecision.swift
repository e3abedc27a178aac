import CKernels
import Tensors

/// A chain: `P` is tridiagonal and `L` is lower bidiagonal (figure 1 of the poster *Gaussian
/// Graphical Models for Variational Autoencoders*).
///
///         ⎡ σ₁  λ₁         ⎤             ⎡ l₁             ⎤
///     P = ⎢ λ₁  σ₂  λ₂     ⎥ = L Lᵀ, L = ⎢ m₁  l₂         ⎥
///         ⎢     λ₂  σ₃  λ₃ ⎥             ⎢     m₂  l₃     ⎥
///         ⎣         λ₃  σ₄ ⎦             ⎣         m₃  l₄ ⎦
///
/// The factorization is `l₁ = √σ₁`, `mᵢ = λᵢ/lᵢ`, `lᵢ₊₁ = √(σᵢ₊₁ − mᵢ²)`.
/// ```swift
/// let precision = try ChainPrecision<Double>(
///   diagonal: Tensor([2, 2, 2]), offDiagonal: Tensor([-1, -1]))
/// let variances = precision.marginalVariances  // [0.75, 1, 0.75]
/// ```
/// - Complexity: `O(k)` for the factorization, samples, densities, variances and the covariances of
///   neighbours.
public struct ChainPrecision<Scalar: TensorScalar>: BandedPrecision {
  /// The diagonal of `L`, positive: `[batch…, k]`.
  public let factorDiagonal: Tensor<Scalar>
  /// The elements of `L` below the diagonal, `L[i+1, i]`: `[batch…, k − 1]`.
  public let factorOffDiagonal: Tensor<Scalar>
  private let operations: FactorOperations<Scalar>

  /// The precision `L Lᵀ`, given the positive diagonal of `L`, `[batch…, k]`, and the elements
  /// below it, `[batch…, k − 1]`.
  public init(factorDiagonal l: Tensor<Scalar>, factorOffDiagonal m: Tensor<Scalar>) {
    self.init(exponentials: l, factorOffDiagonal: m)
    requireFactor(diagonal: l, m, name: "a chain")
  }

  /// The same for a diagonal computed by `exp`, which is not checked. If a diverging network makes
  /// it NaN, zero or infinite, these values propagate to the loss.
  init(exponentials l: Tensor<Scalar>, factorOffDiagonal m: Tensor<Scalar>) {
    requireChain(l, m)
    factorDiagonal = l
    factorOffDiagonal = m
    operations = chainOperations(l, m)
  }

  /// The precision with this diagonal, `[batch…, k]`, and these off-diagonal elements,
  /// `[batch…, k − 1]`, each of which is used for both of its places in `P`.
  /// - Throws: `NotPositiveDefinite`, with the pivot, also if the precision is so nearly singular
  ///   that no digit of the variances would be correct (`conditionEstimate`).
  /// - Complexity: `O(k)`.
  public init(diagonal: Tensor<Scalar>, offDiagonal: Tensor<Scalar>) throws {
    requireChain(diagonal, offDiagonal)
    let (l, m, isDominant) = try chainFactor(diagonal: diagonal, offDiagonal: offDiagonal)
    factorDiagonal = l
    factorOffDiagonal = m
    operations = chainOperations(l, m)
    if !isDominant { try checkCondition(of: self, diagonal: diagonal) { l } }
  }

  /// The number of variables.
  public var dimension: Int { factorDiagonal.shape[-1] }

  /// The shape of the batch.
  public var batchShape: Shape { factorDiagonal.shape.dropLast() }

  /// The graph in which each variable is joined with the next.
  public var graph: UndirectedGraph { .chain(dimension) }

  /// The diagonal and the band of offset 1.
  public var pattern: BandPattern { BandPattern(dimension: dimension, offsets: [0, 1]) }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { operations.logDeterminantOfFactor }

  /// `Lᵀ r`, `O(k)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { operations.whiten(residual) }

  /// `L⁻ᵀ ε`, `O(k)`: `u_k = ε_k/l_k`, `uᵢ = (εᵢ − mᵢ uᵢ₊₁)/lᵢ`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { operations.unwhiten(noise) }

  /// `L x`, `O(k)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    operations.multiplyFactor(x)
  }

  /// `L⁻¹ x`, `O(k)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.solveFactor(x) }

  /// The diagonal of `L` and the band below it.
  public var factorBands: [Int: Tensor<Scalar>] {
    dimension == 1 ? [0: factorDiagonal] : [0: factorDiagonal, 1: factorOffDiagonal]
  }

  /// `Pᵢᵢ = lᵢ² + mᵢ₋₁²`, `Pᵢ,ᵢ₊₁ = lᵢ mᵢ`.
  public func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    let (l, m) = (factorDiagonal, factorOffDiagonal)
    return offsets.map { offset in
      switch offset {
      case 0: l.squared() + m.squared().padded(before: 1)
      case 1: l.slice(0..<dimension - 1, axis: -1) * m
      default: stop("a chain's precision has no band \(offset)")
      }
    }
  }

  /// The covariances on a pattern of up to four bands with offsets of up to 64, and `nil` for
  /// others. Variances and the covariances of neighbours are computed by a recursion in `O(k)`.
  /// Covariances at a larger distance are products along the chain, `O(k)` for each unit of
  /// distance.
  public func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    // The products cost O(k) for each unit of distance. For distant pairs a factorization is
    // cheaper.
    guard pattern.isBanded, pattern.offsets.last! <= 64 else { return nil }
    return bands(at: pattern.offsets)
  }

  /// `Σᵢ,ᵢ₊ₒ = Πⱼ (−mⱼ/lⱼ) vᵢ₊ₒ`, with the variances `v` and `j` from `i` to `i + o − 1`.
  private func bands(at offsets: [Int]) -> [Int: Tensor<Scalar>] {
    let (variance, neighbours) = chainCovariance(
      factorDiagonal, factorOffDiagonal, withNeighbours: offsets.contains(1))
    var result = [0: variance]
    result[1] = neighbours
    guard let furthest = offsets.last, furthest > 1 else { return result }
    let k = dimension
    let step = -factorOffDiagonal / factorDiagonal.slice(0..<k - 1, axis: -1)
    var product = step
    for distance in 2...furthest {
      product =
        product.slice(0..<k - distance, axis: -1) * step.slice(distance - 1..<k - 1, axis: -1)
      if offsets.contains(distance) {
        result[distance] = product * variance.slice(distance..<k, axis: -1)
      }
    }
    return result
  }
}

private func requireChain<Scalar>(_ diagonal: Tensor<Scalar>, _ offDiagonal: Tensor<Scalar>) {
  require(
    diagonal.rank >= 1 && diagonal.shape[-1] >= 1
      && offDiagonal.shape == diagonal.shape.replacing(axis: -1, with: diagonal.shape[-1] - 1),
    "a chain got a diagonal of shape \(diagonal.shape) and off-diagonal elements of shape "
      + "\(offDiagonal.shape); it takes [batch…, k] and [batch…, k − 1]")
}

private func chainOperations<Scalar>(
  _ l: Tensor<Scalar>, _ m: Tensor<Scalar>
) -> FactorOperations<Scalar> {
  gridOperations(
    name: "chain", height: 1, width: l.shape[-1], bands: [l, m], Scalar.kernels.bidiagonal.vectors)
}

/// The Cholesky factor of a tridiagonal matrix, as a recorded operation. `isDominant` is true if the
/// matrix is diagonally dominant, so that it is far from singular.
private func chainFactor<Scalar>(
  diagonal: Tensor<Scalar>, offDiagonal: Tensor<Scalar>
) throws -> (Tensor<Scalar>, Tensor<Scalar>, isDominant: Bool) {
  let kernels = Scalar.kernels.bidiagonal
  let k = diagonal.shape[-1]
  let rows = diagonal.shape.dropLast().count
  // Both bands are stored in one tensor, so that one operation computes both: [l, m] along the last
  // axis.
  let factor = Tensor<Scalar>([rows * k + rows * (k - 1)]) { _ in }
  let (l, m) = (factor.mutablePointer, factor.mutablePointer + rows * k)
  var isDominant = true
  let batch = GridBatch(height: 1, width: k, count: rows)
  let failure = kernels.factor(
    batch.rows(0..<rows), LGTridiagonal(diagonal: diagonal.pointer, off: offDiagonal.pointer),
    dominanceMargin(in: Scalar.self), l, m, &isDominant)
  if failure >= 0 {
    throw NotPositiveDefinite(
      pivot: failure % k, matrix: failure / k, value: Double(l[failure]))
  }
  let recorded = factor.recorded(from: [diagonal, offDiagonal]) {
    [dShape = diagonal.shape, oShape = offDiagonal.shape] g, gradients in
    let (d, o) = (Tensor<Scalar>(dShape) { _ in }, Tensor<Scalar>(oShape) { _ in })
    kernels.factorAdjoint(
      batch.rows(0..<rows), LGGridFactor([factor.pointer, factor.pointer + rows * k]), g.pointer,
      g.pointer + rows * k, d.mutablePointer, o.mutablePointer)
    gradients.add(to: 0, d)
    gradients.add(to: 1, o)
  }
  let parts = recorded.split(sizes: [rows * k, rows * (k - 1)])
  return (
    parts[0].reshaped(to: diagonal.shape), parts[1].reshaped(to: offDiagonal.shape), isDominant
  )
}

/// The variances and, on request, the covariances of neighbours, as a recorded operation.
private func chainCovariance<Scalar>(
  _ l: Tensor<Scalar>, _ m: Tensor<Scalar>, withNeighbours: Bool
) -> (Tensor<Scalar>, Tensor<Scalar>?) {
  let kernels = Scalar.kernels.bidiagonal
  let k = l.shape[-1]
  let rows = l.shape.dropLast().count
  let grain = max(1, (1 << 14) / k)
  let split = rows * k
  let batch = GridBatch(height: 1, width: k, count: rows)
  let bands = Tensor<Scalar>([split + (withNeighbours ? rows * (k - 1) : 0)]) { out in
    parallelFor(count: rows, grain: grain) {
      kernels.covariance(
        batch.rows($0), LGGridFactor([l.pointer, m.pointer]), out,
        withNeighbours ? out + split : nil)
    }
  }
  let recorded = bands.recorded(from: [l, m]) { [l = l.detached, m = m.detached] g, gradients in
    let (dl, dm) = (Tensor<Scalar>(l.shape) { _ in }, Tensor<Scalar>(m.shape) { _ in })
    let memory = [dl.mutablePointer, dm.mutablePointer]
    parallelFor(count: rows, grain: grain) {
      kernels.covarianceAdjoint(
        batch.rows($0), LGGridFactor([l.pointer, m.pointer]), bands.pointer, g.pointer,
        withNeighbours ? g.pointer + split : nil, LGGridGradient(memory))
    }
    gradients.add(to: 0, dl)
    gradients.add(to: 1, dm)
  }
  guard withNeighbours else { return (recorded.reshaped(to: l.shape), nil) }
  let parts = recorded.split(sizes: [split, rows * (k - 1)])
  return (parts[0].reshaped(to: l.shape), parts[1].reshaped(to: m.shape))
}
