import Tensors

extension SparsePrecision {
  /// `KL(q ‖ p)` of two Gaussians with the same mean, computed from the elements of both. The
  /// formula is that of `factorDivergence`, but no difference of two factors is formed. Instead,
  /// with `L_p = L_q (I + E)`, the factor `I + E` of `I + L_q⁻¹ (P_p − P_q) L_q⁻ᵀ` is computed
  /// front by front.
  ///
  /// Each supernode contributes the terms of its part of `E`, that is,
  /// `Σᵢ [Eᵢᵢ + ½Eᵢᵢ² − log(1 + Eᵢᵢ)]` and half of the squares below the diagonal, and
  /// `½ tr(Gᵀ Σ₂₂ G)` for the rows below it, where `G = L_p,21 − L_q,21 (I + E)` and `Σ₂₂` is a
  /// part of the selected inverse. The relative error is about `n ε κ`, with the condition number
  /// `κ` of `q`, however near `p` is to `q`.
  ///
  /// The same function is `½ tr((P_p − P_q) Σ_q) + log det L_q − log det L_p`, whose terms cancel
  /// if the models are near. Its value is used for the matrices of the batch for which at most three
  /// bits cancel, and for those in which a pivot of `p` is less than a quarter of that of `q`.
  /// The gradient is always computed from it: `½(Σ_q − Σ_p)` in `P_p`, and
  /// `−½ Σ_q (P_p − P_q) Σ_q` in `P_q`, on the graphs. It is not computed if there is no gradient
  /// and the diagonals of the models are within a quarter of each other.
  ///
  /// The result is `nil` for forests.
  /// - Complexity: that of a selected inverse on the union of the two graphs; for near models with a
  ///   gradient, a few times as much.
  func supernodalDivergence(from p: SparsePrecision) -> Tensor<Scalar>? {
    let union = graph.union(p.graph)
    let (own, others) = (elements.spread(to: union), p.elements.spread(to: union))
    let q = union == graph ? self : SparsePrecision(positiveDefinite: own)
    // If the factor of `q` was given, its symbolic analysis is on the graph of the factor.
    guard let method = q.factor.symbolic.method(on: union) as? SupernodalMethod else { return nil }
    let difference = SymmetricElements(
      union, others.diagonal - own.diagonal, others.offDiagonal - own.offDiagonal)
    let inputs = [difference.diagonal, difference.offDiagonal, q.factor.panels]
    if !inputs.contains(where: \.isTracked), difference.hasSmallDiagonal(besides: own),
      let near = q.factor.divergence(difference, method), near.isKnown == nil
    {
      return near.value.recorded(from: inputs) { _, _ in }
    }
    let covariances = q.covariances(on: union)
    let byTrace =
      0.5 * difference.traceOfProduct(covariances)
      + (logDeterminantOfFactor - p.logDeterminantOfFactor)
    return withoutRecording {
      // The sum of the magnitudes of the terms, to which the rounding error is proportional.
      let magnitude =
        0.5 * difference.magnitudes.traceOfProduct(covariances.magnitudes)
        + (logDeterminantOfFactor.abs() + p.logDeterminantOfFactor.abs())
      let isAccurate = (8 * byTrace) .> magnitude
      if !isAccurate.scalars.contains(0) { return byTrace.detached }
      guard let near = q.factor.divergence(difference, method) else { return byTrace.detached }
      let accurate = isAccurate.select(byTrace, near.value)
      return near.isKnown.map { $0.select(accurate, byTrace.relu()) } ?? accurate
    }.recorded(from: [byTrace]) { g, gradients in gradients.add(to: 0, g) }
  }
}

extension SymmetricElements {
  /// The matrices of the magnitudes of the elements.
  fileprivate var magnitudes: SymmetricElements {
    SymmetricElements(graph, diagonal.abs(), offDiagonal.abs())
  }

  /// Whether no diagonal element is larger in magnitude than a quarter of that of `others`.
  fileprivate func hasSmallDiagonal(besides others: SymmetricElements) -> Bool {
    let isSmall = (4 * diagonal.abs().detached) .<= others.diagonal.detached
    return !isSmall.scalars.contains(0)
  }
}

extension SparseFactor {
  /// The KL divergence from the Gaussian of this factor to the Gaussian whose precision differs
  /// from it by these elements. It is computed for the matrices in which no pivot decreases by more
  /// than three quarters. `isKnown` is 1 for these matrices, or `nil` if they are all of the batch.
  /// The result is `nil` if there are none.
  fileprivate func divergence(
    _ difference: SymmetricElements<Scalar>, _ method: SupernodalMethod
  ) -> (value: Tensor<Scalar>, isKnown: Tensor<Scalar>?)? {
    let (batch, factors) = (difference.batchShape, batchShape.count)
    let panels = panels.detached
    let changes = Tensor<Scalar>(batch + [method.panelCount]) { _ in }
    let isNear = method.differences(
      matrices: batch.count, factors: factors, panels: panels.pointer,
      diagonal: difference.diagonal.detached.pointer, off: difference.offDiagonal.detached.pointer,
      result: changes.mutablePointer)
    guard isNear.contains(true) else { return nil }
    let covariance = Tensor<Scalar>(panels.shape) { _ in }
    let diagonal = Tensor<Scalar>(batchShape + [dimension]) { _ in }
    let off = Tensor<Scalar>(batchShape + [difference.graph.edges.count]) { _ in }
    method.covariance(
      matrices: factors, panels: panels.pointer, covariance: covariance.mutablePointer,
      diagonal: diagonal.mutablePointer, off: off.mutablePointer)
    let squares = method.differenceSquares(
      matrices: batch.count, factors: factors, differences: changes.pointer,
      covariance: covariance.pointer)
    let t = changes.gathered(at: method.diagonalPlaces)
    let value =
      divergenceOfDiagonals(t, ratio: 1 + t)
      + Tensor(squares.map { Scalar(0.5 * $0) }, shape: batch)
    let isKnown = Tensor<Scalar>(isNear.map { $0 ? 1 : 0 }, shape: batch)
    return (value, isNear.contains(false) ? isKnown : nil)
  }
}
