import Tensors

extension ChainPrecision {
  /// The chain of these variables. Variables that are not neighbours are joined by links of zero.
  /// If no two of them are neighbours, the precision is diagonal. `O(k)`.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    let own = diagonal.gathered(at: variables)
    let pairs = zip(variables, variables.dropFirst())
    guard pairs.contains(where: { $0 + 1 == $1 }) else {
      return try DiagonalPrecision(diagonal: own)
    }
    // The links of variables that are not neighbours are gathered from a zero after the others.
    let zero = Tensor<Scalar>.zeros(batchShape + [1])
    let links = Tensor.concatenated([offDiagonal, zero], axis: -1)
      .gathered(at: pairs.map { $0 + 1 == $1 ? $0 : dimension - 1 })
    return try ChainPrecision(diagonal: own, offDiagonal: links)
  }

  /// A chain. `O(k)`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    let sum = diagonal + added
    return try ChainPrecision(
      diagonal: sum,
      offDiagonal: offDiagonal.broadcast(to: sum.shape.replacing(axis: -1, with: dimension - 1)))
  }

  /// A chain, if the matrices have elements between neighbours only; otherwise the cheapest
  /// structure for the union of both graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    guard elements.graph.isSubgraph(of: graph) else { return try cheapestSum(with: elements) }
    requireSum(with: elements)
    let sum = self.elements.adding(elements)
    return try ChainPrecision(diagonal: sum.diagonal, offDiagonal: sum.offDiagonal)
  }

  /// A chain, for variables in increasing order; a dense `SquareRootPrecision` for another order.
  ///
  /// A residual of the chain satisfies `uᵢ = cᵢ uᵢ₊₁ + εᵢ/lᵢ` with `cᵢ = −mᵢ/lᵢ`. From one of the
  /// variables to the next, these maps compose to `uᵢ = C uⱼ + √Q ε`. All terms of `Q` are
  /// non-negative, so that nothing cancels.
  /// - Complexity: `O(k log g)` for distances of at most `g` variables.
  public func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    guard !variables.isEmpty, zip(variables, variables.dropFirst()).allSatisfy({ $0 < $1 })
    else { return try denseMarginal(of: variables) }
    requireDistinct(variables)
    if variables.count == dimension { return self }
    let (slope, variance) = steps(from: variables)
    let diagonal = 1 / variance.squareRoot()
    let below = 0..<variables.count - 1
    return ChainPrecision(
      exponentials: diagonal,
      factorOffDiagonal: -slope.slice(below, axis: -1) * diagonal.slice(below, axis: -1))
  }

  /// `C` and `Q` of `uᵢ = C uⱼ + √Q ε` for each of some increasing variables `i` and the next one
  /// `j`. For the last variable, `C` is 0 and `Q` is its variance.
  private func steps(
    from variables: [Int]
  ) -> (slope: Tensor<Scalar>, variance: Tensor<Scalar>) {
    let (k, s) = (dimension, variables.count)
    let (zero, one) = (
      Tensor<Scalar>.zeros(batchShape + [1]), Tensor<Scalar>.ones(batchShape + [1])
    )
    // Maps of a step of `length` variables, for the first variables that have one. The composition
    // of two neighbouring steps has twice this length.
    var length = 1
    var c = Tensor.concatenated(
      [-factorOffDiagonal / factorDiagonal.slice(0..<k - 1, axis: -1), zero], axis: -1)
    var q = 1 / factorDiagonal.squared()
    var slope = Tensor<Scalar>.ones(batchShape + [s])
    var variance = Tensor<Scalar>.zeros(batchShape + [s])
    var (starts, distances) = (
      variables, zip(variables.dropFirst() + [k], variables).map { $0 - $1 }
    )
    while true {
      // A distance is a sum of powers of two. A variable whose distance lacks this one is composed
      // with the identity, which stands after the maps.
      let count = c.shape[-1]
      let places = (0..<s).map { distances[$0] & length != 0 ? starts[$0] : count }
      let next = Tensor.concatenated([q.squareRoot(), zero], axis: -1).gathered(at: places)
      variance = variance + (slope * next).squared()
      slope = slope * Tensor.concatenated([c, one], axis: -1).gathered(at: places)
      for i in 0..<s where distances[i] & length != 0 {
        starts[i] += length
        distances[i] -= length
      }
      guard distances.contains(where: { $0 > 0 }) else { return (slope, variance) }
      let near = 0..<count - length
      let far = length..<count
      // The square of C alone could overflow.
      let added = c.slice(near, axis: -1) * q.slice(far, axis: -1).squareRoot()
      q = q.slice(near, axis: -1) + added.squared()
      c = c.slice(near, axis: -1) * c.slice(far, axis: -1)
      length *= 2
    }
  }

  /// The conditioning, `O(k)` and `O(k)` for each vector of values.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByProducts(deviations)
  }

  /// `factorDiagonal` and `factorOffDiagonal`.
  public var parameters: [Tensor<Scalar>] { [factorDiagonal, factorOffDiagonal] }

  /// The chain with these elements of the factor.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    ChainPrecision<Other>(exponentials: parameters[0], factorOffDiagonal: parameters[1])
  }
}
