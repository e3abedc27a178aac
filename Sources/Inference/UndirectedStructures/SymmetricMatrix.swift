import Tensors

/// A symmetric matrix of finite numbers, `[k, k]`.
struct SymmetricMatrix {
  let size: Int
  /// Row by row.
  let elements: [Double]

  /// The matrix of a tensor, made symmetric to the last bit.
  /// - Throws: `UndirectedStructureError` where it is not finite, or less symmetric than rounding
  ///   in `Scalar` explains.
  init<Scalar>(_ tensor: Tensor<Scalar>, name: String) throws {
    require(
      tensor.rank == 2 && tensor.shape[0] == tensor.shape[1] && tensor.shape[0] > 0,
      "\(name) of shape \(tensor.shape); it is [variables, variables]")
    let n = tensor.shape[0]
    var elements = tensor.converted(to: Double.self).scalars
    if !tensor.isFinite, let bad = elements.firstIndex(where: { !$0.isFinite }) {
      throw UndirectedStructureError.notFinite(row: bad / n, column: bad % n)
    }
    let rounding = 1e4 * Double(Scalar.ulpOfOne)
    try elements.withUnsafeMutableBufferPointer { a in
      for i in 0..<n {
        for j in 0..<i {
          let (lower, upper) = (a[i * n + j], a[j * n + i])
          if lower == upper { continue }
          let scale = abs(a[i * n + i]).squareRoot() * abs(a[j * n + j]).squareRoot()
          guard abs(lower - upper) <= rounding * max(scale, abs(lower), abs(upper)) else {
            throw UndirectedStructureError.notSymmetric(
              row: i, column: j, element: lower, mirrored: upper)
          }
          let mean = lower / 2 + upper / 2
          (a[i * n + j], a[j * n + i]) = (mean, mean)
        }
      }
    }
    size = n
    self.elements = elements
  }

  /// A matrix that is known to be symmetric.
  init(size: Int, elements: [Double]) { (self.size, self.elements) = (size, elements) }

  /// The rows and columns of some variables.
  func block(_ variables: [Int]) -> Storage<Double> {
    let block = Storage<Double>(count: variables.count * variables.count)
    elements.withUnsafeBufferPointer { a in
      var place = block.pointer
      for i in variables {
        for j in variables {
          place.pointee = a[i * size + j]
          place += 1
        }
      }
    }
    return block
  }
}
