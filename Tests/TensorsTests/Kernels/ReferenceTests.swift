import CKernels
import Tensors
import TestSupport
import Testing

/// Compares the kernels with the plain loops of `reference.h`.
@Suite("Kernels and their references") struct ReferenceTests {
  static let operations = [
    LG_FACTOR_WHITEN, LG_FACTOR_UNWHITEN, LG_FACTOR_MULTIPLY, LG_FACTOR_SOLVE,
  ]

  // MARK: Factors

  @Test("Chains and grids", arguments: FactorPattern.all, FactorKernelTests.batches)
  func grids(_ pattern: FactorPattern, _ rows: (Int, Int)) {
    var numbers = SplitMix(state: UInt64(pattern.size + rows.0))
    let batch = FactorBatch(
      pattern, rows: rows.0, parameters: (0..<rows.1).map { _ in numbers.parameters(pattern) })
    let count = rows.0 * pattern.size
    let (a, b) = (numbers.array(count), numbers.array(count))
    for operation in Self.operations {
      let expected = Buffer([Double](repeating: .nan, count: count))
      lg_reference_grid_apply(
        batch.part(0..<rows.0), batch.factor, operation, a, expected.pointer)
      let values =
        switch operation {
        case LG_FACTOR_WHITEN: batch.whiten(a)
        case LG_FACTOR_UNWHITEN: batch.unwhiten(a)
        case LG_FACTOR_MULTIPLY: batch.multiply(a)
        default: batch.solve(a)
        }
      #expect(relativeError(values, expected.values) < 1e-13)
    }
    let expected = batch.gradients {
      lg_reference_grid_outer(batch.part(0..<rows.1), a, b, $0)
    }
    let values = batch.outer(a, b, negate: false, split: pattern.size / 2)
    #expect(
      relativeError(values.flatMap { $0 }, expected.flatMap { $0 }) < 1e-14)
  }

  /// Blocks of two, four and eight, and others that are padded.
  @Test(
    "Block chains",
    arguments: [(1, 1), (2, 2), (5, 2), (4, 3), (3, 4), (2, 8), (3, 9), (2, 17)], [(3, 3), (7, 1)])
  func blockChains(_ size: (blocks: Int, d: Int), _ rows: (Int, Int)) {
    let (blocks, d, kernels) = (size.blocks, size.d, Double.kernels.blockChain)
    var numbers = SplitMix(state: UInt64(blocks * 100 + d))
    let (own, link) = (rows.1 * blocks * d * d, rows.1 * (blocks - 1) * d * d)
    // A precision whose diagonal dominates.
    var diagonal = numbers.array(own)
    for t in 0..<rows.1 * blocks {
      for i in 0..<d {
        for j in 0..<i {
          diagonal[t * d * d + j * d + i] = diagonal[t * d * d + i * d + j]
        }
        diagonal[t * d * d + i * (d + 1)] += Double(3 * d)
      }
    }
    let (p, q) = (Buffer(diagonal), Buffer(numbers.array(link)))
    let (a, c) = (Buffer(diagonal), Buffer(numbers.array(link)))
    let (ra, rc) = (Buffer(diagonal), Buffer(numbers.array(link)))
    let workspace = AlignedBuffer(count: kernels.workspace(blockSize: d))
    let parts = LGBlockRows(
      blocks: blocks, d: d, rows: rows.0, param_rows: rows.1, begin: 0, end: rows.1)
    let precision = LGBlocks(diagonal: p.pointer, below: q.pointer)
    var findings = LGBlockFindings(is_dominant: false, is_symmetric: false)
    let failure = kernels.factor(
      parts, precision, 1e-8, LGBlockResult(diagonal: a.pointer, below: c.pointer), &findings,
      workspace.pointer)
    let expected = lg_reference_block_factor(
      parts, precision, LGBlockResult(diagonal: ra.pointer, below: rc.pointer))
    #expect(failure == -1 && expected == -1 && findings.is_dominant && findings.is_symmetric)
    #expect(relativeError(a.values, ra.values) < 1e-14)
    #expect(relativeError(c.values, rc.values) < 1e-14)

    let x = numbers.array(rows.0 * blocks * d)
    let (y, ry) = (Buffer(x), Buffer(x))
    let factor = LGBlocks(diagonal: a.pointer, below: c.pointer)
    var all = parts
    all.end = rows.0
    for operation in Self.operations {
      let kernel =
        switch operation {
        case LG_FACTOR_WHITEN: kernels.whiten
        case LG_FACTOR_UNWHITEN: kernels.unwhiten
        case LG_FACTOR_MULTIPLY: kernels.multiply
        default: kernels.solve
        }
      kernel(all, factor, x, y.pointer)
      lg_reference_block_apply(all, factor, operation, x, ry.pointer)
      #expect(relativeError(y.values, ry.values) < 1e-13)
    }
    withExtendedLifetime((p, q, a, c)) {}
  }

  // MARK: Tensors

  @Test(
    "Reductions", arguments: [LGReduction.sum, .mean, .maximum, .minimum],
    [(1, 1, 1), (3, 7, 1), (2, 5, 40), (1, 3000, 2), (2, 1100, 33)])
  func reductions(_ f: LGReduction, _ shape: (outer: Int, n: Int, inner: Int)) {
    let axis = LGAxis(outer: shape.outer, n: shape.n, inner: shape.inner)
    var numbers = SplitMix(state: UInt64(shape.n))
    let x = numbers.array(shape.outer * shape.n * shape.inner)
    let (y, expected) = (
      Buffer([Double](repeating: .nan, count: shape.outer * shape.inner)),
      Buffer([Double](repeating: .nan, count: shape.outer * shape.inner))
    )
    Double.kernels.reductions.reduce(f, axis, false, x, y.pointer)
    lg_reference_reduce(f, axis, x, expected.pointer)
    #expect(relativeError(y.values, expected.values) < 1e-13)
  }

  @Test("Products", arguments: [(1, 1, 1), (7, 31, 65), (64, 40, 300), (13, 5, 9)], [false, true])
  func products(_ size: (m: Int, n: Int, k: Int), transposes: Bool) {
    let (m, n, k) = size
    var numbers = SplitMix(state: UInt64(m * n * k))
    let (a, b) = (numbers.array(m * k).map(Float.init), numbers.array(k * n).map(Float.init))
    let shape = LGProductShape(
      transpose_a: transposes, transpose_b: !transposes, accumulate: false, m: m, n: n, k: k,
      lda: transposes ? m : k, ldb: transposes ? n : k, ldc: n)
    let (c, expected) = (
      Buffer([Float](repeating: .nan, count: m * n)),
      Buffer([Double](repeating: .nan, count: m * n))
    )
    Float.kernels.linearAlgebra.product(shape, a, b, c.pointer)
    lg_reference_product(shape, a, b, expected.pointer)
    #expect(relativeError(c.values.map(Double.init), expected.values) < 1e-6)
  }

  // MARK: Layers

  @Test(
    "Batch normalization",
    arguments: [LGFusedActivation.identity, .relu, .elu, .tanh], [(2, 1), (5, 16), (300, 45)])
  func batchNorms(_ activation: LGFusedActivation, _ shape: (rows: Int, columns: Int)) {
    var numbers = SplitMix(state: UInt64(shape.columns))
    let x = numbers.array(shape.rows * shape.columns)
    let (scale, shift) = (
      Buffer(numbers.array(shape.columns)), Buffer(numbers.array(shape.columns))
    )
    let part = LGLayerColumns(
      rows: shape.rows, columns: shape.columns, first: 0, last: shape.columns,
      activation: activation)
    func run(_ kernel: (LGLayerColumns, LGBatchNorm, Input<Double>, Output<Double>) -> Void)
      -> [Double]
    {
      let statistics = (0..<3).map { _ in Buffer(scale.values) }
      let y = Buffer(x)
      let norm = LGBatchNorm(
        scale: scale.pointer, shift: shift.pointer, epsilon: 1e-5, mean: statistics[0].pointer,
        variance: statistics[1].pointer, inverse_deviation: statistics[2].pointer, is_given: false)
      kernel(part, norm, x, y.pointer)
      return y.values + statistics.flatMap(\.values)
    }
    #expect(
      relativeError(
        run(Double.kernels.networks.batchNorm), run { lg_reference_batch_norm($0, $1, $2, $3) })
        < 1e-12)
  }

  @Test("Adam")
  func adam() {
    var numbers = SplitMix(state: 4)
    let step = LGAdam(
      g_scale: 0.5, rate: 0.01, m_pace: 0.1, v_pace: 0.001, epsilon: 1e-8, m_scale: 1.7,
      v_scale: 30, decay: 0.01)
    let (g, p, m, v) = (
      numbers.array(100), numbers.array(100), numbers.array(100), numbers.array(100, 0...1)
    )
    func run(
      _ kernel: (LGAdam, Int, Input<Double>, Output<Double>, Output<Double>, Output<Double>) -> Void
    ) -> [Double] {
      let (p, m, v) = (Buffer(p), Buffer(m), Buffer(v))
      kernel(step, 100, g, p.pointer, m.pointer, v.pointer)
      return p.values + m.values + v.values
    }
    #expect(
      relativeError(
        run(Double.kernels.networks.adam), run { lg_reference_adam($0, $1, $2, $3, $4, $5) })
        < 1e-14)
  }

  @Test("Normals", arguments: [(1, 1, 1), (6, 2, 6), (5, 5, 1), (3, 3, 3)], [1, 4, 300])
  func normals(_ rows: (rows: Int, a: Int, b: Int), k: Int) {
    var numbers = SplitMix(state: UInt64(k))
    let (a, b) = (numbers.array(rows.a * 2 * k), numbers.array(rows.b * 2 * k))
    let part = LGNormalRows(begin: 0, end: rows.rows, k: k, a_rows: rows.a, b_rows: rows.b)
    let kernels = Double.kernels.normals
    let pairs:
      [(
        NormalKernels<Double>.Function,
        (LGNormalRows, Input<Double>, Input<Double>, Output<Double>) -> Void, Int
      )] = [
        (kernels.density, { lg_reference_normal_density($0, $1, $2, $3) }, 1),
        (kernels.divergence, { lg_reference_normal_divergence($0, $1, $2, $3) }, 1),
        (kernels.fusion, { lg_reference_normal_fusion($0, $1, $2, $3) }, 2 * k),
      ]
    for (kernel, reference, width) in pairs {
      let y = Buffer([Double](repeating: .nan, count: rows.rows * width))
      let expected = Buffer(y.values)
      kernel(part, a, b, y.pointer)
      reference(part, a, b, expected.pointer)
      #expect(relativeError(y.values, expected.values) < 1e-12)
    }
  }
}

/// Memory that is aligned to 32 bytes.
private final class AlignedBuffer {
  let pointer: UnsafeMutablePointer<Double>

  init(count: Int) {
    pointer = UnsafeMutableRawPointer.allocate(byteCount: 8 * count, alignment: 32)
      .bindMemory(to: Double.self, capacity: count)
  }

  deinit { pointer.deallocate() }
}
