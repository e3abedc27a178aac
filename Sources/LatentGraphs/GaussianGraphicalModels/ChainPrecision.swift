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
public struct ChainPrecision<Scalar: TensorScalar>: PrecisionStructure {
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

  /// `P` on its graph, `O(k)`.
  public var elements: SymmetricElements<Scalar> { bandedElements }

  /// The diagonal of `P`, `lᵢ² + mᵢ₋₁²`, `O(k)`.
  public var diagonal: Tensor<Scalar> {
    factorDiagonal.squared() + factorOffDiagonal.squared().padded(before: 1)
  }

  /// The elements of `P` between neighbours, `lᵢ mᵢ`: `[batch…, k − 1]`.
  var offDiagonal: Tensor<Scalar> {
    factorDiagonal.slice(0..<dimension - 1, axis: -1) * factorOffDiagonal
  }

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

  /// The covariances on a graph whose edges have up to three offsets of up to 64, and `nil` for
  /// others. Variances and the covariances of neighbours are computed by a recursion in `O(k)`.
  /// Covariances at a larger distance are products along the chain, `O(k)` for each unit of
  /// distance.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    bandedCovariances(on: graph)
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
