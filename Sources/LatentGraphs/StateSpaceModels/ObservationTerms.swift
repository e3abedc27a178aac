import Tensors

/// The terms that observations add to a chain of states. Let `W = L⁻¹` for the Cholesky factor `L`
/// of the submatrix of `R` for the observed components, and let `H` have only the rows of these
/// components. The terms are the precision `HᵀWᵀW H`, and the information vector `HᵀWᵀW r` of a
/// residual `r`.
struct ObservationTerms<Scalar: TensorScalar> {
  private let observed: ObservedTimes<Scalar>
  private let model: LinearGaussianStateSpaceModel<Scalar>
  private let whitener, gain: Tensor<Scalar>
  private let precisionOfKinds, logDeterminantOfKinds: Tensor<Scalar>

  init(
    _ model: LinearGaussianStateSpaceModel<Scalar>, _ observations: Tensor<Scalar>
  ) throws {
    let p = model.observationDimension
    require(
      observations.rank >= 2 && observations.shape[-1] == p && observations.shape[-2] >= 1,
      "a state-space model of observations of dimension \(p) got observations of shape "
        + "\(observations.shape); it takes [batch…, T, p]")
    let (H, c, R) = (model.observation, model.observationOffset, model.observationCovariance)
    for (parameter, rank) in [(H, 3), (c, 2), (R, 3)] where parameter.rank == rank {
      require(
        parameter.shape[0] == observations.shape[-2],
        "a state-space model with parameters for \(parameter.shape[0]) times got observations of "
          + "shape \(observations.shape)")
    }
    self.model = model
    observed = try ObservedTimes(observations, parametersVary: H.rank == 3 || R.rank == 3)
    let kinds = observed.kinds
    let times = kinds.map(\.time)
    func ofKinds(_ parameter: Tensor<Scalar>) -> Tensor<Scalar> {
      parameter.rank == 3 ? parameter.gatheredRows(at: times) : parameter.spread(over: kinds.count)
    }
    // A missing component gets the variance 1, no covariances and a zero row of H. It then
    // contributes nothing.
    let mask = Tensor<Scalar>(
      kinds.flatMap { $0.observed.map { $0 ? 1 : 0 } }, shape: [kinds.count, p])
    let rows = mask.addingAxis(at: -1)
    let missing = (1 - rows) * .identity(p)
    let covariances = ofKinds(R) * (rows * mask.addingAxis(at: -2)) + missing
    do {
      whitener = try LatentGraphs.whitener(of: covariances, .observation)
    } catch StateSpaceModelError.singularCovariance(let name, let kind, let pivot) {
      let time = R.rank == 3 ? kind.map { times[$0] } : nil
      throw StateSpaceModelError.singularCovariance(name, time: time, pivot: pivot)
    }
    let image = matrixProduct(whitener, rows * ofKinds(H))
    precisionOfKinds = matrixProduct(image, image, transposingLeft: true)
    gain = matrixProduct(image, whitener, transposingLeft: true)
    logDeterminantOfKinds = -2 * whitener.diagonal().log().sum(axis: -1)
  }

  /// The shape of the batch of observations.
  var batchShape: Shape { observed.values.shape.dropLast(2) }

  /// The terms that are added to the diagonal blocks of the precision: `[T, d, d]`;
  /// `[batch…, T, d, d]` if different components of the series are observed; `[d, d]` if they are
  /// the same at all times.
  var precision: Tensor<Scalar> { observed.spread(precisionOfKinds) }

  /// `y − c − H x` for states `[batch…, T, d]`, and 0 for missing components: `[batch…, T, p]`.
  func residual(of states: Tensor<Scalar>) -> Tensor<Scalar> {
    let difference =
      observed.values - model.observationOffset - applied(model.observation, to: states)
    return observed.mask.map { difference * $0 } ?? difference
  }

  /// `HᵀWᵀW r`: `[batch…, T, d]`.
  func information(of residual: Tensor<Scalar>) -> Tensor<Scalar> {
    applied(observed.spread(gain), to: residual)
  }

  /// `n log 2π + log |R| + ‖W r‖²` over all times, for the `n` observed components: `[batch…]`.
  func deviance(of residual: Tensor<Scalar>) -> Tensor<Scalar> {
    let white = applied(observed.spread(whitener), to: residual)
    let sizes = white.reshaped(to: batchShape + [white.shape.last(2).count])
    let times = observed.values.shape[-2]
    let spread = observed.spread(logDeterminantOfKinds)
    let logDeterminant = spread.rank == 0 ? Scalar(times) * spread : spread.sum(axis: -1)
    return Scalar(logTwoPi) * observed.count + logDeterminant + sizes.squared().sum(axis: -1)
  }
}
