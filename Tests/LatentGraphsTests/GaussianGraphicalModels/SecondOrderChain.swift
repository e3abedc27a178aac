import LatentGraphs

/// A structure as a user would write it, with the public interface of the library: a chain in which
/// each variable is joined with the next two, like the states of an autoregression of second order.
/// `L` has three bands: `L[i, i]`, `L[i+1, i]` and `L[i+2, i]`.
struct SecondOrderChain<Scalar: TensorScalar>: PrecisionStructure {
  private let operations: FactorOperations<Scalar>
  /// Whether `submatrix(of:)` knows the case in which the result is a second-order chain.
  let answersItself: Bool

  /// The precision for the bands `[batch…, k]`, `[batch…, k − 1]` and `[batch…, k − 2]` of `L`.
  init(bands: [Tensor<Scalar>], answersItself: Bool = true) {
    self.answersItself = answersItself
    operations = FactorOperations(
      name: "second-order chain", dimension: bands[0].shape[-1],
      batchShape: bands[0].shape.dropLast(), bands: bands, kernels: Kernels())
  }

  var dimension: Int { operations.dimension }
  var batchShape: Shape { operations.batchShape }
  var graph: UndirectedGraph { .banded(dimension, offsets: [1, 2]) }
  var logDeterminantOfFactor: Tensor<Scalar> { operations.logDeterminantOfFactor }

  func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { operations.whiten(residual) }
  func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { operations.unwhiten(noise) }
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.multiplyFactor(x) }
  func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.solveFactor(x) }

  var elements: SymmetricElements<Scalar> {
    let k = dimension
    let (l, m, n) = (operations.bands[0], operations.bands[1], operations.bands[2])
    func shifted(_ x: Tensor<Scalar>, by count: Int) -> Tensor<Scalar> {
      .concatenated([.zeros(batchShape + [count]), x], axis: -1)
    }
    let diagonal =
      l.squared() + shifted(m.squared(), by: 1) + shifted(n.squared(), by: 2)
    let next =
      l.slice(0..<k - 1, axis: -1) * m
      + shifted(m.slice(0..<k - 2, axis: -1) * n, by: 1)
    let afterNext = l.slice(0..<k - 2, axis: -1) * n
    // The edges of a variable are those to the next and to the one after it.
    let places = graph.edges.map { $0.second - $0.first == 1 ? $0.first : k - 1 + $0.first }
    return try! SymmetricElements(
      graph: graph, diagonal: diagonal,
      offDiagonal: .concatenated([next, afterNext], axis: -1).gathered(at: places))
  }

  /// The first variables given all others: the first rows of `L` have elements in these columns
  /// only, so that no factorization is needed.
  func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    let count = variables.count
    guard answersItself, count > 2, variables == Array(0..<count) else {
      return try cheapestPrecision(of: elements.submatrix(of: variables))
    }
    return SecondOrderChain(
      bands: operations.bands.enumerated().map { $1.slice(0..<count - $0, axis: -1) })
  }

  var parameters: [Tensor<Scalar>] { operations.bands }

  func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> { SecondOrderChain<Other>(bands: parameters) }
}

extension SecondOrderChain {
  /// The loops over a row, which are all that the structure needs to be fast.
  private struct Kernels: FactorKernels {
    func whiten(_ vectors: FactorVectors<Scalar>) {
      let k = vectors.dimension
      for row in vectors.rows {
        let (l, m, n) = bands(vectors, row)
        let (x, y) = (vectors.x(row: row), vectors.y(row: row))
        for i in 0..<k {
          var sum = l[i] * x[i]
          if i + 1 < k { sum += m[i] * x[i + 1] }
          if i + 2 < k { sum += n[i] * x[i + 2] }
          y[i] = sum
        }
      }
    }

    func unwhiten(_ vectors: FactorVectors<Scalar>) {
      let k = vectors.dimension
      for row in vectors.rows {
        let (l, m, n) = bands(vectors, row)
        let (x, y) = (vectors.x(row: row), vectors.y(row: row))
        for i in (0..<k).reversed() {
          var rest = x[i]
          if i + 1 < k { rest -= m[i] * y[i + 1] }
          if i + 2 < k { rest -= n[i] * y[i + 2] }
          y[i] = rest / l[i]
        }
      }
    }

    func multiply(_ vectors: FactorVectors<Scalar>) {
      for row in vectors.rows {
        let (l, m, n) = bands(vectors, row)
        let (x, y) = (vectors.x(row: row), vectors.y(row: row))
        for i in 0..<vectors.dimension {
          var sum = l[i] * x[i]
          if i >= 1 { sum += m[i - 1] * x[i - 1] }
          if i >= 2 { sum += n[i - 2] * x[i - 2] }
          y[i] = sum
        }
      }
    }

    func solve(_ vectors: FactorVectors<Scalar>) {
      for row in vectors.rows {
        let (l, m, n) = bands(vectors, row)
        let (x, y) = (vectors.x(row: row), vectors.y(row: row))
        for i in 0..<vectors.dimension {
          var rest = x[i]
          if i >= 1 { rest -= m[i - 1] * y[i - 1] }
          if i >= 2 { rest -= n[i - 2] * y[i - 2] }
          y[i] = rest / l[i]
        }
      }
    }

    /// Column `j` has the elements `(j, j)`, `(j + 1, j)` and `(j + 2, j)`.
    func outerProducts(_ products: FactorProducts<Scalar>) {
      let sign: Scalar = products.isNegated ? -1 : 1
      for parameterRow in products.parameterRows {
        for offset in 0...2 {
          let result = products.result(offset, parameterRow: parameterRow)
          for j in products.columns where j + offset < products.dimension {
            var sum: Scalar = 0
            for row in stride(
              from: parameterRow, to: products.rowCount, by: products.parameterCount)
            {
              sum += products.a(row: row)[j + offset] * products.b(row: row)[j]
            }
            result[j] = sign * sum
          }
        }
      }
    }

    private func bands(
      _ vectors: FactorVectors<Scalar>, _ row: Int
    ) -> (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>) {
      (vectors.band(0, row: row), vectors.band(1, row: row), vectors.band(2, row: row))
    }
  }
}
