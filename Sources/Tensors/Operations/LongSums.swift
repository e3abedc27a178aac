/// The largest number of terms that kernels add in the precision of the elements.
///
/// Longer sums, such as the gradient of a parameter that many observations share, are computed in
/// groups of so many terms, which are added in `Double`. The relative error of a sum of positive
/// `Float` terms is then at most about `512 ε`, and usually near `ε`, for any number of terms.
package func longestSum<Scalar: TensorScalar>(of type: Scalar.Type) -> Int {
  type == Float.self ? 512 : .max
}

/// The sum of tensors over `count` terms, such as draws. `body` computes the tensors for a range of
/// terms, which has at most `longestSum(of:)` of them.
package func sumOfGroups<Scalar: TensorScalar>(
  _ count: Int, _ body: (_ terms: Range<Int>) -> [Tensor<Scalar>]
) -> [Tensor<Scalar>] {
  let longest = longestSum(of: Scalar.self)
  guard count > longest else { return body(0..<count) }
  var sums: [Tensor<Double>] = []
  for start in stride(from: 0, to: count, by: longest) {
    let group = body(start..<min(start + longest, count)).map { $0.converted(to: Double.self) }
    sums = sums.isEmpty ? group : zip(sums, group).map { $0 + $1 }
  }
  return sums.map { $0.converted(to: Scalar.self) }
}
