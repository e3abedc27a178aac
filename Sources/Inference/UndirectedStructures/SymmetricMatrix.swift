import Tensors

/// A symmetric matrix with finite elements, `[k, k]`.
struct SymmetricMatrix {
  let size: Int
  /// The elements in row-major order.
  let elements: [Double]
  /// The relative rounding error of the elements: that of the type in which they were given, or the
  /// largest relative difference between the two triangles.
  let rounding: Double

  /// The matrix of a tensor, made exactly symmetric.
  /// - Throws: `UndirectedStructureError` if the tensor is not finite, or less symmetric than
  ///   rounding in `Scalar` explains.
  init<Scalar>(_ tensor: Tensor<Scalar>, name: String) throws {
    require(
      tensor.rank == 2 && tensor.shape[0] == tensor.shape[1] && tensor.shape[0] > 0,
      "\(name) has the shape \(tensor.shape); it must be [variables, variables]")
    let n = tensor.shape[0]
    var elements = tensor.converted(to: Double.self).scalars
    if !tensor.isFinite, let bad = elements.firstIndex(where: { !$0.isFinite }) {
      throw UndirectedStructureError.notFinite(row: bad / n, column: bad % n)
    }
    var rounding = Double(Scalar.ulpOfOne)
    let mostAsymmetry = 1e4 * rounding
    try elements.withUnsafeMutableBufferPointer { a in
      for i in 0..<n {
        for j in 0..<i {
          let (lower, upper) = (a[i * n + j], a[j * n + i])
          if lower == upper { continue }
          let scale = max(
            abs(a[i * n + i]).squareRoot() * abs(a[j * n + j]).squareRoot(), abs(lower), abs(upper))
          let asymmetry = abs(lower - upper) / scale
          guard asymmetry <= mostAsymmetry else {
            throw UndirectedStructureError.notSymmetric(
              row: i, column: j, element: lower, mirrored: upper)
          }
          rounding = max(rounding, asymmetry)
          let mean = lower / 2 + upper / 2
          (a[i * n + j], a[j * n + i]) = (mean, mean)
        }
      }
    }
    size = n
    self.elements = elements
    self.rounding = rounding
  }

  private init(size: Int, elements: [Double], rounding: Double) {
    (self.size, self.elements, self.rounding) = (size, elements, rounding)
  }

  /// A matrix with other elements, which are symmetric and have the same relative rounding error.
  func with(elements: [Double]) -> SymmetricMatrix {
    SymmetricMatrix(size: size, elements: elements, rounding: rounding)
  }

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
