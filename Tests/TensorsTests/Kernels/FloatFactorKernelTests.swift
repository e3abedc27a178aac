import TestSupport
import Testing

/// Compares the kernels in `Float` with those in `Double`. A vector holds twice as many floats as
/// doubles.
@Suite struct FloatFactorKernelTests {
  struct Input {
    let pattern: FactorPattern
    let float: FactorBatch<Float>
    /// The same batch in `Double`.
    let double: FactorBatch<Double>
    let e: [Float]
    let seeds: [[Float]]

    init(_ pattern: FactorPattern, rows: Int, parameterRows: Int) {
      var numbers = SplitMix(state: UInt64(pattern.size))
      self.pattern = pattern
      let parameters = (0..<parameterRows).map { _ in numbers.parameters(pattern).map(Float.init) }
      float = FactorBatch(pattern, rows: rows, parameters: parameters)
      double = FactorBatch(pattern, rows: rows, parameters: parameters.map { $0.map(Double.init) })
      e = numbers.array(rows * pattern.size).map(Float.init)
      seeds = pattern.offsets.map {
        numbers.array(parameterRows * pattern.bandCount($0)).map(Float.init)
      }
    }
  }

  private func close(
    _ values: [Float], _ expected: [Double], _ tolerance: Double = 3e-6
  ) -> Bool {
    relativeError(values.map(Double.init), expected) < tolerance
  }

  @Test(
    arguments: FactorPattern.all + FactorPattern.long,
    [(9, 9), (9, 1), (10, 3), (1, 1)])
  func floatMatchesDouble(_ pattern: FactorPattern, _ rows: (Int, Int)) {
    let input = Input(pattern, rows: rows.0, parameterRows: rows.1)
    let (float, double) = (input.float, input.double)
    let (e, e64) = (input.e, input.e.map(Double.init))
    let (u, u64, x) = (float.unwhiten(e), double.unwhiten(e64), float.solve(e))
    #expect(close(u, u64) && close(x, double.solve(e64)))
    #expect(close(float.whiten(e), double.whiten(e64)))
    #expect(close(float.multiply(e), double.multiply(e64)))
    let gradients = float.unwhitenAdjoint(g: e, u: u).gradients
    let expected = double.unwhitenAdjoint(g: e64, u: u64).gradients
    #expect(close(gradients.flatMap { $0 }, expected.flatMap { $0 }))
    #expect(float.outer(u, x, negate: true, split: pattern.size) == gradients)
    let bands = float.covarianceAdjoint(input.seeds)
    let bands64 = double.covarianceAdjoint(input.seeds.map { $0.map(Double.init) })
    #expect(close(bands.flatMap { $0 }, bands64.flatMap { $0 }, 2e-5))
  }

  @Test(arguments: FactorPattern.all + FactorPattern.long, [1, 3, 11])
  func rowsStandAlone(_ pattern: FactorPattern, parameterRows: Int) {
    let input = Input(pattern, rows: 11, parameterRows: parameterRows)
    let (batch, e, k, split) = (input.float, input.e, pattern.size, 4)
    for apply in [batch.unwhiten, batch.solve] as [([Float], Range<Int>?) -> [Float]] {
      let (whole, low, high) = (apply(e, 0..<11), apply(e, 0..<split), apply(e, split..<11))
      #expect(Array(low[..<(split * k)]) + Array(high[(split * k)...]) == whole)
      for row in 0..<11 {
        let place = (row * k)..<((row + 1) * k)
        #expect(apply(e, row..<(row + 1))[place] == whole[place])
      }
    }
  }
}
