import Tensors

/// Checks that all elements of a parameter of a state-space model are finite.
///
/// - Parameter rank: The rank of the parameter without a time axis.
/// - Throws: `StateSpaceModelError.parameterNotFinite`.
func checkFinite<Scalar>(
  _ parameter: Tensor<Scalar>, rank: Int, _ name: StateSpaceModelError.Parameter
) throws {
  guard !parameter.isFinite, let place = parameter.scalars.firstIndex(where: { !$0.isFinite })
  else { return }
  let columns = rank == 2 ? parameter.shape[-1] : 1
  let rows = parameter.shape[-rank]
  throw StateSpaceModelError.parameterNotFinite(
    name, time: parameter.rank > rank ? place / (rows * columns) : nil,
    row: place / columns % rows, column: rank == 2 ? place % columns : nil)
}

/// Checks that a covariance, `[n, n]` or `[times, n, n]`, is finite and symmetric. The two elements
/// of a pair may differ by `10⁴ ε` times the product of the standard deviations, or times the
/// larger element.
///
/// This allows for rounding: sums of products that are computed in different orders, as those of
/// `A P Aᵀ`, differ by a few rounding errors for each term.
/// - Throws: `StateSpaceModelError.parameterNotFinite` or `.notSymmetric`.
func checkCovariance<Scalar>(
  _ covariance: Tensor<Scalar>, _ name: StateSpaceModelError.Covariance
) throws {
  try checkFinite(covariance, rank: 2, name.parameter)
  let n = covariance.shape[-1]
  let elements = covariance.scalars
  let rounding = 1e4 * Double(Scalar.ulpOfOne)
  for start in stride(from: 0, to: elements.count, by: n * n) {
    func element(_ i: Int, _ j: Int) -> Double { Double(elements[start + i * n + j]) }
    for i in 1..<max(n, 1) {
      for j in 0..<i {
        let (lower, upper) = (element(i, j), element(j, i))
        if lower == upper { continue }
        let scale = abs(element(i, i)).squareRoot() * abs(element(j, j)).squareRoot()
        guard abs(lower - upper) <= rounding * max(scale, abs(lower), abs(upper)) else {
          throw StateSpaceModelError.notSymmetric(
            name, time: covariance.rank == 3 ? start / (n * n) : nil, row: i, column: j,
            element: lower, mirrored: upper)
        }
      }
    }
  }
}
