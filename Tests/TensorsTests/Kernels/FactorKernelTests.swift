import TestSupport
import Testing

/// Compares the kernels of the chain and the extended grid with the dense twin, and their adjoints
/// with central differences.
@Suite struct FactorKernelTests {
  /// (batch rows, parameter rows): parameters for each row, parameters shared by all rows, and
  /// parameters shared by groups of rows, where the axis of draws comes first.
  static let batches = [(3, 3), (4, 1), (6, 2), (5, 2), (1, 1)]

  struct Case {
    let batch: FactorBatch<Double>
    let twins: [Matrix]
    let parameters: [[Double]]
    var numbers: SplitMix

    init(_ pattern: FactorPattern, _ rows: Int, _ parameterRows: Int) {
      var numbers = SplitMix(state: UInt64(pattern.size * 31 + rows * 7 + parameterRows))
      parameters = (0..<parameterRows).map { _ in numbers.parameters(pattern) }
      batch = FactorBatch(pattern, rows: rows, parameters: parameters)
      twins = parameters.map { Matrix(pattern, parameters: $0) }
      self.numbers = numbers
    }

    /// Applies a function of the twin and of a row to each row of a batch.
    func dense(_ x: [Double], _ apply: (Matrix, [Double]) -> [Double]) -> [Double] {
      let k = batch.pattern.size
      return (0..<batch.rows).flatMap {
        apply(twins[$0 % twins.count], Array(x[($0 * k)..<(($0 + 1) * k)]))
      }
    }

    /// `± Σ a bᵀ` restricted to the pattern, for each parameter row.
    func outer(_ a: [Double], _ b: [Double], sign: Double) -> [[Double]] {
      let k = batch.pattern.size
      return twins.indices.map { index in
        let own = stride(from: index, to: batch.rows, by: twins.count)
        return batch.pattern.positions.map { i, j in
          own.reduce(0.0) { sum, row in sum + sign * a[row * k + i] * b[row * k + j] }
        }
      }
    }
  }

  @Test(arguments: FactorPattern.all + FactorPattern.long, batches)
  func solutionsAndProductsMatchDense(_ pattern: FactorPattern, _ rows: (Int, Int)) {
    var example = Case(pattern, rows.0, rows.1)
    let x = example.numbers.array(rows.0 * pattern.size)
    let batch = example.batch
    #expect(relativeError(batch.unwhiten(x), example.dense(x) { $0.unwhiten($1) }) < 1e-13)
    #expect(relativeError(batch.solve(x), example.dense(x) { $0.solve($1) }) < 1e-13)
    #expect(relativeError(batch.whiten(x), example.dense(x) { $0.transposed * $1 }) < 1e-14)
    #expect(relativeError(batch.multiply(x), example.dense(x) { $0 * $1 }) < 1e-14)
  }

  @Test(arguments: FactorPattern.all + FactorPattern.long, batches)
  func adjointsMatchDense(_ pattern: FactorPattern, _ rows: (Int, Int)) {
    var example = Case(pattern, rows.0, rows.1)
    let e = example.numbers.array(rows.0 * pattern.size)
    let g = example.numbers.array(rows.0 * pattern.size)
    let batch = example.batch
    let u = batch.unwhiten(e)
    let (x, gradients) = batch.unwhitenAdjoint(g: g, u: u)
    #expect(x == batch.solve(g))
    let expected = example.outer(u, x, sign: -1)
    for (row, twin) in zip(gradients, expected) { #expect(relativeError(row, twin) < 1e-14) }
    for split in [0, pattern.size / 3, pattern.size] {
      #expect(batch.outer(u, x, negate: true, split: split) == gradients)
    }
    let plain = batch.outer(e, g, negate: false, split: pattern.size / 2)
    let positive = example.outer(e, g, sign: 1)
    for (row, twin) in zip(plain, positive) { #expect(relativeError(row, twin) < 1e-14) }
  }

  @Test(arguments: FactorPattern.all)
  func sampleAdjointMatchesDifferences(_ pattern: FactorPattern) {
    var example = Case(pattern, 2, 1)
    let e = example.numbers.array(2 * pattern.size)
    let g = example.numbers.array(2 * pattern.size)
    let gradient = example.batch.unwhitenAdjoint(g: g, u: example.batch.unwhiten(e)).gradients[0]
    let expected = centralDifferences(at: example.parameters[0]) {
      let u = FactorBatch(pattern, rows: 2, parameters: [$0]).unwhiten(e)
      return zip(u, g).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(relativeError(gradient, expected) < 1e-7)
  }

  @Test(arguments: FactorPattern.all)
  func covarianceMatchesDense(_ pattern: FactorPattern) {
    let example = Case(pattern, 3, 3)
    let covariances = example.twins.map { $0.covarianceOfFactor() }
    for (offset, band) in zip(pattern.offsets, example.batch.covariance()) {
      let expected = covariances.flatMap { sigma in
        (0..<pattern.bandCount(offset)).map { sigma[$0][$0 + offset] }
      }
      #expect(relativeError(band, expected) < 1e-13, "offset \(offset)")
    }
  }

  @Test(arguments: FactorPattern.all)
  func covarianceAdjointMatchesDifferences(_ pattern: FactorPattern) {
    var example = Case(pattern, 2, 2)
    let seeds = pattern.offsets.map { example.numbers.array(2 * pattern.bandCount($0)) }
    let gradients = example.batch.covarianceAdjoint(seeds)
    for index in 0..<2 {
      let own = zip(pattern.offsets, seeds).map { offset, seed in
        let count = pattern.bandCount(offset)
        return Array(seed[(index * count)..<((index + 1) * count)])
      }
      let expected = centralDifferences(at: example.parameters[index]) {
        let bands = FactorBatch(pattern, rows: 1, parameters: [$0]).covariance()
        return zip(bands, own).reduce(0) { sum, pair in
          zip(pair.0, pair.1).reduce(sum) { $0 + $1.0 * $1.1 }
        }
      }
      #expect(relativeError(gradients[index], expected) < 1e-7)
    }
  }

  /// The bits of a row depend neither on the other rows of the batch nor on whether the parameters
  /// are shared.
  @Test(arguments: FactorPattern.all + FactorPattern.long)
  func rowsStandAlone(_ pattern: FactorPattern) {
    var example = Case(pattern, 1, 1)
    let k = pattern.size
    let e = example.numbers.array(5 * k)
    let shared = FactorBatch(pattern, rows: 5, parameters: example.parameters)
    let own = FactorBatch(
      pattern, rows: 5, parameters: Array(repeating: example.parameters[0], count: 5))
    let together = shared.unwhiten(e)
    #expect(own.unwhiten(e) == together)
    #expect(own.solve(e) == shared.solve(e))
    for row in 0..<5 {
      let slice = Array(e[(row * k)..<((row + 1) * k)])
      #expect(example.batch.unwhiten(slice) == Array(together[(row * k)..<((row + 1) * k)]))
      #expect(example.batch.solve(slice) == Array(shared.solve(e)[(row * k)..<((row + 1) * k)]))
    }
    let (first, rest) = (shared.unwhiten(e, range: 0..<2), shared.unwhiten(e, range: 2..<5))
    #expect(zip(first, rest).map(+) == together)
  }
}
