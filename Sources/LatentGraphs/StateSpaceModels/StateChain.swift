import Tensors

/// The distribution of the states without observations, as a block chain.
///
/// Let `W` be the inverses of the Cholesky factors of `P0` and `Q`, and let `B` be block-bidiagonal
/// with the blocks `W` on its diagonal and `−W F` below it. Then `B (x − m)` is white noise, and
/// `P = BᵀB`. The mean solves `B m = (W m0, W b, …)`, which is the recursion `m_{t+1} = F m_t + b`.
struct StateChain<Scalar: TensorScalar> {
  /// `B`, stored as the factor of a block chain, whose products and solves are used.
  let whitening: BlockChainPrecision<Scalar>
  /// The blocks of `P`: `[T, d, d]` and `[T − 1, d, d]`.
  let diagonal, lower: Tensor<Scalar>
  /// The mean, `[T·d]`.
  let mean: Tensor<Scalar>

  init(_ model: LinearGaussianStateSpaceModel<Scalar>, times: Int) {
    let d = model.stateDimension
    for (parameter, rank) in [
      (model.transition, 2), (model.transitionCovariance, 2), (model.transitionOffset, 1),
    ] where parameter.rank > rank {
      require(
        parameter.shape[0] == times - 1,
        "a state-space model with \(parameter.shape[0]) transitions cannot have \(times) times")
    }
    require(times >= 1, "a state-space model cannot have \(times) times")
    let (first, others) = (model.initialWhitener, model.transitionWhitener)
    let firstBlock = first.addingAxis(at: 0)
    let steps = StateChain.product(others, model.transition, times: times)
    let links = steps.spread(over: times - 1)
    whitening = BlockChainPrecision(
      factorDiagonalBlocks: .concatenated([firstBlock, others.spread(over: times - 1)]),
      factorLowerBlocks: -links)
    let own = matrixProduct(others, others, transposingLeft: true).spread(over: times - 1)
    let carried = matrixProduct(steps, steps, transposingLeft: true).spread(over: times - 1)
    let firstOwn = matrixProduct(firstBlock, firstBlock, transposingLeft: true)
    diagonal =
      .concatenated([firstOwn, own]) + .concatenated([carried, .zeros([1, d, d])])
    lower = -StateChain.product(others, steps, transposing: true, times: times).spread(
      over: times - 1)
    let offsets = model.transitionOffset
    let drift = applied(others, to: offsets.broadcast(to: [times - 1, d]))
    let start = applied(first, to: model.initialMean.reshaped(to: [1, d]))
    mean = whitening.solveFactor(Tensor.concatenated([start, drift]).reshaped(to: [times * d]))
  }

  /// The product of two matrices; if one of them is given for each time, a product for each time.
  private static func product(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, transposing: Bool = false, times: Int
  ) -> Tensor<Scalar> {
    if a.rank == b.rank { return matrixProduct(a, b, transposingLeft: transposing) }
    return matrixProduct(
      a.spread(over: times - 1), b.spread(over: times - 1), transposingLeft: transposing)
  }
}
