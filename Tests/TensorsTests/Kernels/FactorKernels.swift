import CKernels
import Tensors
import TestSupport
import Testing

/// The sparsity pattern of a Cholesky factor. The parameters are one array: the diagonal, then the
/// coefficients of the neighbours to the right, then those of the neighbours below.
enum FactorPattern: CustomTestStringConvertible, Sendable {
  case chain(Int)
  case grid(Int, Int)

  var isChain: Bool { if case .chain = self { true } else { false } }
  var height: Int { if case .grid(let h, _) = self { h } else { 1 } }
  var width: Int {
    switch self {
    case .chain(let k): k
    case .grid(_, let w): w
    }
  }
  var size: Int { height * width }
  var rightCount: Int { size - height }
  var downCount: Int { size - width }
  var testDescription: String {
    if case .chain(let k) = self { "chain of \(k)" } else { "grid \(height)×\(width)" }
  }

  /// The row and the column of each parameter in `L`.
  var positions: [(Int, Int)] {
    let w = width
    let inner = (0..<size).filter { $0 % w != w - 1 }
    let right = inner.map { ($0 + 1, $0) }
    let down = (0..<downCount).map { ($0 + w, $0) }
    return (0..<size).map { ($0, $0) } + right + down
  }

  /// The offsets `j - i` of the bands of `Σ` that the kernels compute.
  var offsets: [Int] {
    if case .chain = self { [0, 1] } else { [0, 1, width - 1, width] }
  }
  func bandCount(_ offset: Int) -> Int { max(size - offset, 0) }

  static let chains: [FactorPattern] = [1, 2, 3, 7, 8, 9, 16, 17, 33, 100].map { .chain($0) }
  static let grids: [FactorPattern] = [
    .grid(1, 1), .grid(1, 5), .grid(5, 1), .grid(2, 2), .grid(4, 4), .grid(3, 7), .grid(8, 8),
    .grid(3, 9), .grid(2, 37),
  ]
  static let all = chains + grids

  /// Patterns longer than the tiles in which the kernels work.
  static let long: [FactorPattern] = [
    .chain(64), .chain(65), .chain(1100), .grid(9, 33), .grid(40, 5), .grid(2, 530),
  ]
}

/// Memory for an argument of a kernel. It must be kept alive during the call.
final class Buffer<Element> {
  let pointer: UnsafeMutablePointer<Element>
  private let count: Int

  init(_ values: [Element]) {
    count = values.count
    pointer = .allocate(capacity: max(count, 1))
    pointer.initialize(from: values, count: count)
  }

  deinit { pointer.deallocate() }

  var values: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// A batch with one set of parameters for each parameter row, and the kernels of chains and grids
/// behind one interface.
struct FactorBatch<S: TensorScalar> {
  let pattern: FactorPattern
  let rows, parameterRows: Int
  /// The diagonal, the elements to the right and, for a grid, those down.
  private let bands: [Buffer<S>]

  init(_ pattern: FactorPattern, rows: Int, parameters: [[S]]) {
    let k = pattern.size
    let m = pattern.rightCount
    self.pattern = pattern
    self.rows = rows
    parameterRows = parameters.count
    let parts = [0..<k, k..<k + m, k + m..<k + m + pattern.downCount]
    bands = (pattern.isChain ? parts.dropLast() : parts).map { part in
      Buffer(parameters.flatMap { $0[part] })
    }
  }

  private var kernels: GridVectorKernels<S> {
    pattern.isChain ? S.kernels.bidiagonal.vectors : S.kernels.extendedGrid.vectors
  }

  var factor: LGGridFactor { LGGridFactor(bands.map { Input($0.pointer) }) }

  func part(_ range: Range<Int>) -> LGGridRows {
    LGGridRows(
      height: pattern.height, width: pattern.width, rows: rows, param_rows: parameterRows,
      begin: range.lowerBound, end: range.upperBound)
  }

  private func apply(
    _ kernel: GridVectorKernels<S>.Vector, _ x: [S], _ range: Range<Int>? = nil
  ) -> [S] {
    let y = Buffer([S](repeating: 0, count: rows * pattern.size))
    kernel(part(range ?? 0..<rows), factor, x, y.pointer)
    return y.values
  }

  func unwhiten(_ e: [S], range: Range<Int>? = nil) -> [S] { apply(kernels.unwhiten, e, range) }
  func solve(_ g: [S], range: Range<Int>? = nil) -> [S] { apply(kernels.solve, g, range) }
  func whiten(_ x: [S]) -> [S] { apply(kernels.whiten, x) }
  func multiply(_ x: [S]) -> [S] { apply(kernels.multiply, x) }

  /// The solution `x`, and the gradients for each parameter row.
  func unwhitenAdjoint(g: [S], u: [S]) -> (x: [S], gradients: [[S]]) {
    let x = Buffer(g.map { _ in S(0) })
    let gradients = unwritten()
    kernels.unwhitenAdjoint(
      part(0..<parameterRows), factor, g, u, x.pointer, LGGridGradient(gradients.map(\.pointer)))
    return (x.values, gathered(gradients))
  }

  /// `± a bᵀ` restricted to the pattern, computed in two calls: the elements below `split`, then
  /// the rest.
  func outer(_ a: [S], _ b: [S], negate: Bool, split: Int) -> [[S]] {
    let gradients = unwritten()
    for (low, high) in [(0, split), (split, pattern.size)] {
      kernels.outer(
        part(0..<parameterRows), LGElementRange(low: low, high: high), a, b, negate,
        LGGridGradient(gradients.map(\.pointer)))
    }
    return gathered(gradients)
  }

  /// The gradients for each parameter row, which `write` writes.
  func gradients(_ write: (LGGridGradient) -> Void) -> [[S]] {
    let gradients = unwritten()
    write(LGGridGradient(gradients.map(\.pointer)))
    return gathered(gradients)
  }

  /// The bands of `Σ` in the order of `pattern.offsets`, each with all parameter rows.
  func covariance() -> [[S]] {
    let (n, w) = (parameterRows, pattern.width)
    let bands = pattern.offsets.map {
      Buffer([S](repeating: .nan, count: n * pattern.bandCount($0)))
    }
    if pattern.isChain {
      S.kernels.bidiagonal.covariance(part(0..<n), factor, bands[0].pointer, bands[1].pointer)
    } else {
      let workspace = Buffer([S](repeating: .nan, count: 4 * w * w))
      withExtendedLifetime(workspace) {
        S.kernels.extendedGrid.covariance(
          part(0..<n), factor,
          LGGridCovariance(
            variance: bands[0].pointer, next: bands[1].pointer, diagonal: bands[2].pointer,
            below: bands[3].pointer),
          workspace.pointer)
      }
    }
    return bands.map(\.values)
  }

  func covarianceAdjoint(_ bars: [[S]]) -> [[S]] {
    let gradients = unwritten()
    let (n, w, bars) = (parameterRows, pattern.width, bars.map { Buffer($0) })
    let workspace = Buffer([S](repeating: .nan, count: pattern.size * w + 5 * w * w))
    withExtendedLifetime((bars, workspace)) {
      if pattern.isChain {
        S.kernels.bidiagonal.covarianceAdjoint(
          part(0..<n), factor, covariance()[0], bars[0].pointer, bars[1].pointer,
          LGGridGradient(gradients.map(\.pointer)))
      } else {
        S.kernels.extendedGrid.covarianceAdjoint(
          part(0..<n), factor,
          LGGridCovarianceGradient(
            variance: bars[0].pointer, next: bars[1].pointer, diagonal: bars[2].pointer,
            below: bars[3].pointer),
          LGGridGradient(gradients.map(\.pointer)), workspace.pointer)
      }
    }
    return gathered(gradients)
  }

  /// Memory for the gradients of the bands. The kernels must write all of it.
  private func unwritten() -> [Buffer<S>] {
    bands.map { Buffer($0.values.map { _ in S.nan }) }
  }

  private func gathered(_ gradients: [Buffer<S>]) -> [[S]] {
    let bands = gradients.map(\.values)
    return (0..<parameterRows).map { row in
      bands.flatMap { band in
        let length = band.count / parameterRows
        return Array(band[(row * length)..<((row + 1) * length)])
      }
    }
  }
}
