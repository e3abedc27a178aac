import Tensors

/// Checks that square matrices, `[batch…, k, k]`, or blocks on a diagonal, `[batch…, T, d, d]`, are
/// symmetric. The two elements of a pair may differ by rounding errors of matrix products,
/// `8 k ε √(Pᵢᵢ Pⱼⱼ)`.
///
/// A pair is not checked if one of its diagonal elements is NaN, infinite or not positive; the
/// factorization refuses such a matrix.
/// - Throws: `GraphicalModelError.notSymmetric` or `.blockNotSymmetric`, with the element.
func checkSymmetry<Scalar>(of matrices: Tensor<Scalar>, areBlocks: Bool = false) throws {
  let (k, elements) = (matrices.shape[-1], matrices.detached.pointer)
  let rounding = 8 * Double(k) * Double(Scalar.ulpOfOne)
  for matrix in 0..<matrices.shape.dropLast(2).count {
    let own = elements + matrix * k * k
    for row in 0..<k {
      for column in row + 1..<max(k, row + 1) where own[row * k + column] != own[column * k + row] {
        let (element, mirrored) = (Double(own[row * k + column]), Double(own[column * k + row]))
        let diagonal = (Double(own[row * (k + 1)]), Double(own[column * (k + 1)]))
        let allowed = rounding * diagonal.0.squareRoot() * diagonal.1.squareRoot()
        if abs(element - mirrored) <= allowed || !(allowed > 0 && allowed.isFinite) { continue }
        if element.isNaN && mirrored.isNaN { continue }
        guard areBlocks else {
          throw GraphicalModelError.notSymmetric(
            matrix: matrix, row: row, column: column, element: element, mirrored: mirrored)
        }
        let blocks = matrices.shape[-3]
        throw GraphicalModelError.blockNotSymmetric(
          matrix: matrix / blocks, block: matrix % blocks, row: row, column: column,
          element: element, mirrored: mirrored)
      }
    }
  }
}
