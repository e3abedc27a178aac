import CKernels
import Testing

/// Compares the kernels in `Float` with those in `Double`. A vector holds twice as many floats as
/// doubles.
@Suite struct FloatFactorKernelTests {
  struct Input {
    let pattern: FactorPattern
    let rows, parameterRows: Int
    let l, r, d, e, mean: [Float]
    let seeds: [[Float]]

    init(_ pattern: FactorPattern, rows: Int, parameterRows: Int) {
      var numbers = TestNumbers(seed: UInt64(pattern.size))
      self.pattern = pattern
      self.rows = rows
      self.parameterRows = parameterRows
      let parameters = (0..<parameterRows).map { _ in
        numbers.parameters(pattern).map { Double(Float($0)) }
      }
      let batch = FactorBatch(pattern, rows: rows, parameters: parameters)
      l = batch.l.map(Float.init)
      r = batch.r.map(Float.init)
      d = batch.d.map(Float.init)
      e = numbers.array(rows * pattern.size).map(Float.init)
      mean = numbers.array(pattern.size).map(Float.init)
      seeds = pattern.offsets.map {
        numbers.array(parameterRows * pattern.bandCount($0)).map(Float.init)
      }
    }

    /// The same batch in `Double`.
    var batch: FactorBatch {
      let (k, m, n) = (pattern.size, pattern.rightCount, pattern.downCount)
      let parameters = (0..<parameterRows).map { row in
        Array(l[(row * k)..<((row + 1) * k)]) + Array(r[(row * m)..<((row + 1) * m)])
          + Array(d[(row * n)..<((row + 1) * n)])
      }
      return FactorBatch(pattern, rows: rows, parameters: parameters.map { $0.map(Double.init) })
    }

    func run(_ range: Range<Int>) -> (u: [Float], z: [Float], x: [Float]) {
      var u = [Float](repeating: 0, count: e.count)
      var (z, x) = (u, u)
      let (first, end, h, w) = (range.lowerBound, range.upperBound, pattern.height, pattern.width)
      if case .chain = pattern {
        lg_bidiagonal_unwhiten_f32(first, end, w, parameterRows, l, r, e, 1, mean, &u, &z)
        lg_bidiagonal_solve_f32(first, end, w, parameterRows, l, r, e, &x)
      } else {
        lg_extended_grid_unwhiten_f32(first, end, h, w, parameterRows, l, r, d, e, 1, mean, &u, &z)
        lg_extended_grid_solve_f32(first, end, h, w, parameterRows, l, r, d, e, &x)
      }
      return (u, z, x)
    }

    func products() -> (whitened: [Float], product: [Float]) {
      var whitened = [Float](repeating: 0, count: e.count)
      var product = whitened
      let (h, w) = (pattern.height, pattern.width)
      if case .chain = pattern {
        lg_bidiagonal_whiten_f32(0, rows, w, parameterRows, l, r, e, &whitened)
        lg_bidiagonal_multiply_f32(0, rows, w, parameterRows, l, r, e, &product)
      } else {
        lg_extended_grid_whiten_f32(0, rows, h, w, parameterRows, l, r, d, e, &whitened)
        lg_extended_grid_multiply_f32(0, rows, h, w, parameterRows, l, r, d, e, &product)
      }
      return (whitened, product)
    }

    /// The gradients of a sample by the fused kernel, those by the outer product, and the gradients
    /// of the covariances. Each array starts with the diagonals of all parameter rows.
    func gradients(u: [Float], x: [Float]) -> (fused: [Float], outer: [Float], bands: [Float]) {
      var (dl, dr, dd, solution) = (l, r, d, x)
      var (ol, or, od) = (l, r, d)
      let (h, w, n) = (pattern.height, pattern.width, parameterRows)
      if case .chain = pattern {
        var (cl, cr, v) = (l, r, l)
        lg_bidiagonal_unwhiten_adjoint_f32(
          0, n, rows, w, n, l, r, e, u, &solution, false, &dl, &dr)
        lg_bidiagonal_outer_f32(0, n, 0, w, rows, w, n, u, x, true, false, &ol, &or)
        lg_bidiagonal_covariance_f32(0, n, w, l, r, &v, nil)
        lg_bidiagonal_covariance_adjoint_f32(
          0, n, w, l, r, v, seeds[0], seeds[1], false, &cl, &cr)
        return (dl + dr, ol + or, cl + cr)
      }
      var (cl, cr, cd) = (l, r, d)
      var workspace = [Float](repeating: .nan, count: pattern.size * w + 5 * w * w)
      lg_extended_grid_unwhiten_adjoint_f32(
        0, n, rows, h, w, n, l, r, d, e, u, &solution, false, &dl, &dr, &dd)
      lg_extended_grid_outer_f32(
        0, n, 0, w * h, rows, h, w, n, u, x, true, false, &ol, &or, &od)
      lg_extended_grid_covariance_adjoint_f32(
        0, n, h, w, l, r, d, seeds[0], seeds[1], seeds[2], seeds[3], false, &cl, &cr, &cd,
        &workspace)
      return (dl + dr + dd, ol + or + od, cl + cr + cd)
    }
  }

  /// The gradients for each parameter row, in the order of `Input.gradients`.
  private func flattened(_ gradients: [[Double]], _ pattern: FactorPattern) -> [Double] {
    let (k, m) = (pattern.size, pattern.rightCount)
    return gradients.flatMap { $0[..<k] } + gradients.flatMap { $0[k..<(k + m)] }
      + gradients.flatMap { $0[(k + m)...] }
  }

  @Test(
    arguments: FactorPattern.all + FactorPattern.long,
    [(9, 9), (9, 1), (10, 3), (1, 1)])
  func floatMatchesDouble(_ pattern: FactorPattern, _ rows: (Int, Int)) {
    let input = Input(pattern, rows: rows.0, parameterRows: rows.1)
    let batch = input.batch
    let e = input.e.map(Double.init)
    let (u, z, x) = input.run(0..<rows.0)
    let (whitened, product) = input.products()
    let (u64, z64) = batch.unwhiten(e, mean: input.mean.map(Double.init))
    func close(_ values: [Float], _ expected: [Double], _ tolerance: Double = 3e-6) -> Bool {
      relativeError(values.map(Double.init), expected) < tolerance
    }
    #expect(close(u, u64) && close(z, z64))
    #expect(close(x, batch.solve(e)))
    #expect(close(whitened, batch.whiten(e)) && close(product, batch.multiply(e)))
    let (fused, outer, bands) = input.gradients(u: u, x: x)
    let expected = flattened(batch.unwhitenAdjoint(g: e, u: u64).gradients, pattern)
    #expect(close(fused, expected))
    #expect(outer == fused)
    let seeds = input.seeds.map { $0.map(Double.init) }
    #expect(close(bands, flattened(batch.covarianceAdjoint(seeds), pattern), 2e-5))
  }

  @Test(arguments: FactorPattern.all + FactorPattern.long, [1, 3, 11])
  func rowsStandAlone(_ pattern: FactorPattern, parameterRows: Int) {
    let input = Input(pattern, rows: 11, parameterRows: parameterRows)
    let (u, z, x) = input.run(0..<11)
    let (k, split) = (pattern.size, 4)
    let (low, high) = (input.run(0..<split), input.run(split..<11))
    #expect(Array(low.u[..<(split * k)]) + Array(high.u[(split * k)...]) == u)
    #expect(Array(low.z[..<(split * k)]) + Array(high.z[(split * k)...]) == z)
    #expect(Array(low.x[..<(split * k)]) + Array(high.x[(split * k)...]) == x)
    for row in 0..<11 {
      let alone = input.run(row..<(row + 1))
      let place = (row * k)..<((row + 1) * k)
      #expect(alone.u[place] == u[place] && alone.x[place] == x[place])
    }
  }
}
