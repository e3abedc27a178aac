import Tensors

/// The factor `W = Πᵀ L Π` of sparse precisions `P = W Wᵀ`, stored in panels, and its products and
/// solves.
///
/// Vectors are rows, `[rows, k]`. Row `i` uses the factor `i % factors`, since the axes of the
/// draws precede those of the batch. If many draws share a factor, several of them are processed
/// together as a matrix.
struct SparseFactor<Scalar: TensorScalar>: Sendable {
  let symbolic: SymbolicFactorization
  /// The panels of the supernodes, stored consecutively: `[batch…, panelCount]`.
  let panels: Tensor<Scalar>

  var dimension: Int { symbolic.dimension }
  var batchShape: Shape { panels.shape.dropLast() }

  /// The diagonal of `L` in the order of the variables, `[batch…, k]`.
  var diagonal: Tensor<Scalar> {
    let places = symbolic.method.diagonalPlaces
    return panels.gathered(at: symbolic.supernodes.position.map { places[Int($0)] })
  }

  /// `Σ log Lᵢᵢ`.
  var logDeterminant: Tensor<Scalar> {
    panels.gathered(at: symbolic.method.diagonalPlaces).log().sum(axis: -1)
  }

  /// `Wᵀ x`, `W⁻ᵀ x`, `W x` or `W⁻¹ x`.
  ///
  /// The adjoints, on the pattern of `W`, are:
  /// - `y = Wᵀ x`: `x̄ = W ȳ`, `W̄ᵢⱼ = Σ xᵢ ȳⱼ`
  /// - `y = W x`: `x̄ = Wᵀ ȳ`, `W̄ᵢⱼ = Σ ȳᵢ xⱼ`
  /// - `y = W⁻ᵀ x`: `x̄ = W⁻¹ ȳ`, `W̄ᵢⱼ = −Σ yᵢ x̄ⱼ`
  /// - `y = W⁻¹ x`: `x̄ = W⁻ᵀ ȳ`, `W̄ᵢⱼ = −Σ x̄ᵢ yⱼ`
  func apply(_ operation: FactorOperation, to x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(operation, on: x)
    return value.recorded(from: [x, panels]) { [x = x.detached] g, gradients in
      let back = run(operation.adjoint, on: g)
      gradients.add(to: 0, back)
      guard gradients.isNeeded(1), g.count > 0 else { return }
      let own =
        switch operation {
        case .whiten: outer(x, g, negate: false)
        case .multiply: outer(g, x, negate: false)
        case .unwhiten: outer(value, back, negate: true)
        case .solve: outer(back, value, negate: true)
        }
      gradients.add(to: 1, own)
    }
  }

  private func run(_ operation: FactorOperation, on x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "sparse precision")
    let (k, factors) = (dimension, batchShape.count)
    let draws = x.count / max(factors * k, 1)
    let some = SupernodeTable.vectorsAtOnce
    let groups = (draws + some - 1) / some
    let method = symbolic.method
    // Few vectors are stored consecutively. More vectors are interleaved in rows that are padded to
    // a multiple of 16.
    let memory = draws < 4 ? k : k * ((min(draws, some) + 15) / 16 * 16)
    return Tensor(x.shape) { y in
      let grain = max(1, (1 << 15) / (symbolic.fill * min(draws, some) + 1))
      parallelFor(count: factors * groups, grain: grain) { range in
        let workspace = Tensor<Scalar>([memory]) { _ in }
        let scratch = Tensor<Scalar>([method.scratchCount]) { _ in }
        for unit in range {
          let (factor, first) = (unit % factors, unit / factors * some)
          let start = (first * factors + factor) * k
          method.apply(
            operation, panels: panels.pointer + factor * method.panelCount,
            count: min(some, draws - first), step: factors * k, x: x.pointer + start, y: y + start,
            workspace: workspace.mutablePointer, scratch: scratch.mutablePointer)
        }
      }
    }
  }

  /// `±Σ a bᵀ` on the pattern of the factor, summed over the draws.
  private func outer(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, negate: Bool
  ) -> Tensor<Scalar> {
    let step = batchShape.count * dimension
    return sumOfGroups(a.count / step) { draws in
      [
        outer(
          draws: draws.count, a.pointer + draws.lowerBound * step,
          b.pointer + draws.lowerBound * step, negate: negate)
      ]
    }[0]
  }

  private func outer(
    draws: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, negate: Bool
  ) -> Tensor<Scalar> {
    let (k, factors) = (dimension, batchShape.count)
    let method = symbolic.method
    return Tensor(panels.shape) { out in
      func add(_ factor: Int, _ parts: Range<Int>) {
        let scratch = Tensor<Scalar>([method.scratchCount]) { _ in }
        method.outer(
          parts: parts, count: draws, step: factors * k, a: a + factor * k,
          b: b + factor * k, negate: negate, panels: out + factor * method.panelCount,
          scratch: scratch.mutablePointer)
      }
      let count = method.partCount
      if factors >= 2 * Threads.limit {
        let grain = max(1, (1 << 14) / (symbolic.fill * draws + 1))
        parallelFor(count: factors, grain: grain) { for factor in $0 { add(factor, 0..<count) } }
      } else {
        let grain = max(1, count * (1 << 14) / (symbolic.fill * draws + 1))
        for factor in 0..<factors { parallelFor(count: count, grain: grain) { add(factor, $0) } }
      }
    }
  }
}
