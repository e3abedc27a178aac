import Tensors

/// An arrow: the last variable is joined with every other one, and the others are independent given
/// it, like the effects of one common cause.
///
///         ⎡ σ₁          λ₁ ⎤             ⎡ l₁             ⎤
///     P = ⎢     σ₂      λ₂ ⎥ = L Lᵀ, L = ⎢     l₂         ⎥
///         ⎢         σ₃  λ₃ ⎥             ⎢         l₃     ⎥
///         ⎣ λ₁  λ₂  λ₃  σ₄ ⎦             ⎣ m₁  m₂  m₃  l₄ ⎦
///
/// The factorization is `lᵢ = √σᵢ` and `mᵢ = λᵢ/lᵢ` for `i < k`, and `l_k = √(σ_k − Σ mᵢ²)`. The
/// factor has no fill, because the variable with all the edges is eliminated last.
/// ```swift
/// let precision = try ArrowPrecision<Double>(
///   diagonal: Tensor([1, 1, 3]), lastRow: Tensor([-1, -1]))
/// let variances = precision.marginalVariances  // [2, 2, 1]
/// ```
/// - Complexity: `O(k)` for the factorization, samples, densities and variances, and `O(1)` for the
///   covariance of any pair.
public struct ArrowPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The diagonal of `L`, positive: `[batch…, k]`.
  public let factorDiagonal: Tensor<Scalar>
  /// The elements of the last row of `L` before the diagonal, `L[k − 1, i]`: `[batch…, k − 1]`.
  public let factorLastRow: Tensor<Scalar>
  private let operations: FactorOperations<Scalar>

  /// The precision `L Lᵀ`, given the positive diagonal of `L`, `[batch…, k]`, and the elements of its
  /// last row before the diagonal, `[batch…, k − 1]`.
  public init(factorDiagonal l: Tensor<Scalar>, factorLastRow m: Tensor<Scalar>) {
    self.init(unchecked: l, m)
    requireFactor(diagonal: l, m, name: "an arrow")
  }

  /// The same for elements that are known to be a factor.
  private init(unchecked l: Tensor<Scalar>, _ m: Tensor<Scalar>) {
    requireArrow(l, m)
    factorDiagonal = l
    factorLastRow = m
    operations = FactorOperations(
      name: "arrow", dimension: l.shape[-1], batchShape: l.shape.dropLast(), bands: [l, m],
      kernels: ArrowKernels<Scalar>())
  }

  /// The precision whose factor has the squared diagonal `pivots` and the last row `m`.
  /// - Throws: `NotPositiveDefinite`, with the first pivot that is not positive and finite, or is
  ///   subnormal.
  private init(pivots: Tensor<Scalar>, factorLastRow m: Tensor<Scalar>) throws {
    // Subtracting the largest subnormal number makes subnormal pivots non-positive.
    if let place = pivots.firstIndexNotPositive
      ?? (pivots.detached - Scalar.leastNormalMagnitude.nextDown).firstIndexNotPositive
    {
      let k = pivots.shape[-1]
      throw NotPositiveDefinite(
        pivot: place % k, matrix: place / k, value: Double(pivots.scalars[place]))
    }
    self.init(unchecked: pivots.squareRoot(), m)
  }

  /// The precision with this diagonal, `[batch…, k]`, and these elements of the last row before the
  /// diagonal, `[batch…, k − 1]`, each of which is used for both of its places in `P`.
  /// - Throws: `NotPositiveDefinite`, with the pivot, also if the precision is so nearly singular
  ///   that no digit of the variances would be correct (`conditionEstimate`).
  /// - Complexity: `O(k)`.
  public init(diagonal: Tensor<Scalar>, lastRow: Tensor<Scalar>) throws {
    requireArrow(diagonal, lastRow)
    let (others, last) = parts(diagonal)
    let m = lastRow / others.squareRoot()
    try self.init(
      pivots: .concatenated([others, last - squares(m)], axis: -1), factorLastRow: m)
    let l = factorDiagonal
    try checkCondition(of: self, diagonal: diagonal) { l }
  }

  /// The number of variables.
  public var dimension: Int { factorDiagonal.shape[-1] }

  /// The shape of the batch.
  public var batchShape: Shape { factorDiagonal.shape.dropLast() }

  /// The graph in which the last variable is joined with every other one.
  public var graph: UndirectedGraph { .arrow(dimension) }

  /// `P` on its graph, `O(k)`.
  public var elements: SymmetricElements<Scalar> {
    SymmetricElements(graph, diagonal, parts(factorDiagonal).others * factorLastRow)
  }

  /// The diagonal of `P`: `lᵢ²` for `i < k`, and `l_k² + Σ mᵢ²`. `O(k)`.
  public var diagonal: Tensor<Scalar> {
    factorDiagonal.squared() + squares(factorLastRow).padded(before: dimension - 1)
  }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { operations.logDeterminantOfFactor }

  /// `Lᵀ r`, `O(k)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { operations.whiten(residual) }

  /// `L⁻ᵀ ε`, `O(k)`: `u_k = ε_k/l_k`, `uᵢ = (εᵢ − mᵢ u_k)/lᵢ`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { operations.unwhiten(noise) }

  /// `L x`, `O(k)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    operations.multiplyFactor(x)
  }

  /// `L⁻¹ x`, `O(k)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.solveFactor(x) }

  /// The covariances on any graph, without cancellation: a residual satisfies `uᵢ = cᵢ u_k + εᵢ/lᵢ`
  /// with `cᵢ = −mᵢ/lᵢ`. With `bᵢ = cᵢ/l_k` and `b_k = 1/l_k`, `Σᵢⱼ = bᵢ bⱼ` for `i ≠ j`, and
  /// `Σᵢᵢ = 1/lᵢ² + bᵢ²` for `i < k`.
  /// - Complexity: linear in the numbers of variables and of edges.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    let (others, last) = parts(factorDiagonal)
    let deviations = Tensor.concatenated([-slopes(others, last), last.reciprocal()], axis: -1)
    let own = Tensor.concatenated([1 / others.squared(), .zeros(batchShape + [1])], axis: -1)
    return SymmetricElements(
      graph, own + deviations.squared(),
      deviations.gathered(at: graph.edges.map(\.first))
        * deviations.gathered(at: graph.edges.map(\.second)))
  }

  /// `mᵢ/(lᵢ l_k)`. The order of the divisions is such that no intermediate result overflows or
  /// underflows if the result does not.
  private func slopes(_ others: Tensor<Scalar>, _ last: Tensor<Scalar>) -> Tensor<Scalar> {
    let isLarger = others.detached .> last.detached
    let (larger, smaller) = (isLarger.select(others, last), isLarger.select(last, others))
    let isLarge = factorLastRow.detached.abs() .>= 1
    return factorLastRow / isLarge.select(larger, smaller) / isLarge.select(smaller, larger)
  }

  // MARK: Conditioning, sums and marginals

  /// The arrow of these variables if the last variable is among them. The elements `mᵢ` of the others
  /// are added to its pivot, `l_k² + Σ mᵢ²`, so that nothing cancels. Given the last variable, the
  /// precision is diagonal. `O(k)`.
  /// - Throws: `NotPositiveDefinite` if a pivot overflows or underflows.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    guard variables.last == dimension - 1 else {
      return try DiagonalPrecision(diagonal: factorDiagonal.gathered(at: variables).squared())
    }
    let kept = Array(variables.dropLast())
    let isKept = Set(kept)
    let known = (0..<dimension - 1).filter { !isKept.contains($0) }
    let (others, last) = parts(factorDiagonal)
    let pivot = last.squared() + squares(factorLastRow.gathered(at: known))
    return try ArrowPrecision(
      pivots: .concatenated([others.gathered(at: kept).squared(), pivot], axis: -1),
      factorLastRow: factorLastRow.gathered(at: kept))
  }

  /// An arrow. With `dᵢ = lᵢ² + aᵢ`, the last pivot is `l_k² + a_k + Σ mᵢ²·aᵢ/dᵢ`, in which nothing
  /// cancels if no added element is negative; such a sum is not refused for its condition. `O(k)`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    let (others, last) = parts(factorDiagonal)
    let (addedOthers, addedLast) = parts(added)
    let pivots = others.squared() + addedOthers
    let lastPivot =
      last.squared() + addedLast
      + (factorLastRow.squared() * (addedOthers / pivots)).sum(axis: -1, keepingAxis: true)
    let sum = try ArrowPrecision(
      pivots: .concatenated([pivots, lastPivot], axis: -1),
      factorLastRow: others * factorLastRow / pivots.squareRoot())
    if (added.detached .< 0).scalars.contains(1) {
      try checkCondition(of: sum, diagonal: diagonal + added) { sum.factorDiagonal }
    }
    return sum
  }

  /// An arrow, if the matrices have elements in the last row only; otherwise the cheapest structure
  /// for the union of both graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    guard elements.graph.isSubgraph(of: graph) else { return try cheapestSum(with: elements) }
    requireSum(with: elements)
    let sum = self.elements.adding(elements)
    return try ArrowPrecision(diagonal: sum.diagonal, lastRow: sum.offDiagonal)
  }

  /// The arrow with the same elements of the factor, `O(k)`, if the last variable is the last of the
  /// given ones; otherwise a dense `SquareRootPrecision`.
  public func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    guard variables.last == dimension - 1 else { return try denseMarginal(of: variables) }
    requireDistinct(variables)
    return ArrowPrecision(
      unchecked: factorDiagonal.gathered(at: variables),
      factorLastRow.gathered(at: Array(variables.dropLast())))
  }

  /// The columns of `L` in the order of the variables.
  public func factorColumns() throws -> [FactorColumn<Scalar>] {
    require(batchShape == [], "columns were requested of a batch of factors, \(batchShape)")
    let (l, m, last) = (factorDiagonal.scalars, factorLastRow.scalars, dimension - 1)
    return (0..<last).map {
      FactorColumn(variable: $0, diagonal: l[$0], others: [last], values: [m[$0]])
    } + [FactorColumn(variable: last, diagonal: l[last], others: [], values: [])]
  }

  /// The conditioning, `O(k)` and `O(k)` for each vector of values.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByProducts(deviations)
  }

  /// `factorDiagonal` and `factorLastRow`.
  public var parameters: [Tensor<Scalar>] { [factorDiagonal, factorLastRow] }

  /// The arrow with these elements of the factor.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    ArrowPrecision<Other>(unchecked: parameters[0], parameters[1])
  }
}

private func requireArrow<Scalar>(_ diagonal: Tensor<Scalar>, _ lastRow: Tensor<Scalar>) {
  require(
    diagonal.rank >= 1 && diagonal.shape[-1] >= 1
      && lastRow.shape == diagonal.shape.replacing(axis: -1, with: diagonal.shape[-1] - 1),
    "an arrow got a diagonal of shape \(diagonal.shape) and a last row of shape \(lastRow.shape); it "
      + "takes [batch…, k] and [batch…, k − 1]")
}

/// The elements of all variables but the last, `[batch…, k − 1]`, and of the last, `[batch…, 1]`.
private func parts<Scalar>(
  _ x: Tensor<Scalar>
) -> (others: Tensor<Scalar>, last: Tensor<Scalar>) {
  let k = x.shape[-1]
  return (x.slice(0..<k - 1, axis: -1), x.slice(k - 1..<k, axis: -1))
}

/// `Σ xᵢ²`: `[batch…, n]` to `[batch…, 1]`.
private func squares<Scalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.squared().sum(axis: -1, keepingAxis: true)
}

/// The loops over a row of vectors, with the bands `l` and `m`. The sums over the variables are
/// computed in `Double`.
private struct ArrowKernels<Scalar: TensorScalar>: FactorKernels {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func whiten(_ vectors: FactorVectors<Scalar>) {
    let n = vectors.dimension - 1
    for row in vectors.rows {
      let (l, m) = (vectors.band(0, row: row), vectors.band(1, row: row))
      let (x, y) = (vectors.x(row: row), vectors.y(row: row))
      let last = x[n]
      for i in 0..<n { y[i] = l[i] * x[i] + m[i] * last }
      y[n] = l[n] * last
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func unwhiten(_ vectors: FactorVectors<Scalar>) {
    let n = vectors.dimension - 1
    for row in vectors.rows {
      let (l, m) = (vectors.band(0, row: row), vectors.band(1, row: row))
      let (x, y) = (vectors.x(row: row), vectors.y(row: row))
      let last = x[n] / l[n]
      for i in 0..<n { y[i] = (x[i] - m[i] * last) / l[i] }
      y[n] = last
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func multiply(_ vectors: FactorVectors<Scalar>) {
    let n = vectors.dimension - 1
    for row in vectors.rows {
      let (l, m) = (vectors.band(0, row: row), vectors.band(1, row: row))
      let (x, y) = (vectors.x(row: row), vectors.y(row: row))
      var sum = Double(l[n]) * Double(x[n])
      for i in 0..<n {
        y[i] = l[i] * x[i]
        sum += Double(m[i]) * Double(x[i])
      }
      y[n] = Scalar(sum)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func solve(_ vectors: FactorVectors<Scalar>) {
    let n = vectors.dimension - 1
    for row in vectors.rows {
      let (l, m) = (vectors.band(0, row: row), vectors.band(1, row: row))
      let (x, y) = (vectors.x(row: row), vectors.y(row: row))
      var rest = Double(x[n])
      for i in 0..<n {
        y[i] = x[i] / l[i]
        rest -= Double(m[i]) * Double(y[i])
      }
      y[n] = Scalar(rest / Double(l[n]))
    }
  }

  /// Column `j` has the elements `(j, j)` and `(k − 1, j)`, and the last column only the first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func outerProducts(_ products: FactorProducts<Scalar>) {
    let n = products.dimension - 1
    let others = products.columns.clamped(to: 0..<n)
    let sign: Scalar = products.isNegated ? -1 : 1
    for parameterRow in products.parameterRows {
      let diagonal = products.result(0, parameterRow: parameterRow)
      let lastRow = products.result(1, parameterRow: parameterRow)
      for j in products.columns { diagonal[j] = 0 }
      for j in others { lastRow[j] = 0 }
      for row in stride(from: parameterRow, to: products.rowCount, by: products.parameterCount) {
        let (a, b) = (products.a(row: row), products.b(row: row))
        let last = sign * a[n]
        for j in products.columns { diagonal[j] += sign * a[j] * b[j] }
        for j in others { lastRow[j] += last * b[j] }
      }
    }
  }
}
