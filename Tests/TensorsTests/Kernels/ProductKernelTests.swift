import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// Sizes near those of tiles (6×16 and 8×32, and up to 8 or 16 columns), of strips (48 and 64) and
/// of blocks (128 and 256 columns, 264 deep).
private let sizes: [(m: Int, n: Int, k: Int)] = [
  (1, 1, 1), (1, 16, 3), (2, 15, 7), (3, 17, 8), (4, 33, 9), (5, 5, 128), (6, 16, 129), (7, 31, 65),
  (12, 48, 264), (13, 130, 265), (48, 257, 64), (49, 300, 67), (64, 128, 529), (97, 20, 140),
  (64, 784, 10), (50, 96, 800), (128, 4, 64), (130, 8, 600), (17, 7, 270), (64, 9, 128),
  (4, 128, 64), (8, 70, 300), (40, 40, 12), (65, 63, 5), (35, 13, 529), (100, 33, 64),
]

/// The vector lengths that this processor supports.
private let widths = [8, 16].filter { lg_product_f32(Int32($0)) != nil }

/// The sizes of a product, and which factors are transposed and whether the product is added to the
/// result.
private struct Case: Sendable, CustomTestStringConvertible {
  let m, n, k: Int
  let transposingA, transposingB, accumulates: Bool
  var testDescription: String {
    "\(m)×\(k)\(transposingA ? "ᵀ" : "") · \(k)×\(n)\(transposingB ? "ᵀ" : "")"
      + (accumulates ? ", added" : "")
  }

  static let all = sizes.flatMap { size in
    [(false, false), (false, true), (true, false), (true, true)].flatMap { a, b in
      [false, true].map {
        Case(
          m: size.m, n: size.n, k: size.k, transposingA: a, transposingB: b, accumulates: $0)
      }
    }
  }
}

/// A matrix that ends directly before memory that cannot be read. The gaps between its rows are
/// NaN.
private final class GuardedMatrix {
  let start: UnsafeMutablePointer<Float>
  /// The distance from a row to the next.
  let step: Int
  private let pages: UnsafeMutableRawPointer
  private let size: Int

  init(rows: Int, columns: Int, gap: Int, using generator: inout Philox) {
    step = columns + gap
    let (count, page) = (rows * step - gap, Int(sysconf(Int32(_SC_PAGESIZE))))
    let bytes = (count * MemoryLayout<Float>.stride + page - 1) / page * page
    size = bytes + page
    pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    require(
      pages != MAP_FAILED && mprotect(pages + bytes, page, PROT_NONE) == 0,
      "guarded memory for \(rows)×\(columns) elements could not be allocated")
    start = (pages + bytes).assumingMemoryBound(to: Float.self) - count
    let values = Tensor<Float>.normal([count], using: &generator).scalars
    for i in 0..<count { start[i] = i % step < columns ? values[i] : .nan }
  }

  deinit { munmap(pages, size) }
}

@Suite("Products of float matrices", .enabled(if: !widths.isEmpty, "needs AVX2 or AVX-512"))
struct ProductKernelTests {
  @Test(
    "A float product agrees with sums in Double and writes only its own elements",
    arguments: widths, Case.all)
  fileprivate func values(width: Int, of c: Case) throws {
    let product = try #require(lg_product_f32(Int32(width)))
    var generator = Philox(seed: UInt64(c.m * 1_000_003 + c.n * 1009 + c.k))
    let a = GuardedMatrix(
      rows: c.transposingA ? c.k : c.m, columns: c.transposingA ? c.m : c.k, gap: 3,
      using: &generator)
    let b = GuardedMatrix(
      rows: c.transposingB ? c.n : c.k, columns: c.transposingB ? c.k : c.n, gap: 1,
      using: &generator)
    let (lda, ldb, ldc) = (a.step, b.step, c.n + 5)
    let before = Tensor<Float>.normal([c.m * ldc], using: &generator).scalars
    var after = before
    let shape = LGProductShape(
      transpose_a: c.transposingA, transpose_b: c.transposingB, accumulate: c.accumulates, m: c.m,
      n: c.n, k: c.k, lda: lda, ldb: ldb, ldc: ldc)
    product(shape, a.start, b.start, &after)

    var worst = 0.0
    for i in 0..<c.m {
      for j in 0..<c.n {
        var sum = c.accumulates ? Double(before[i * ldc + j]) : 0
        var size = abs(sum)
        for p in 0..<c.k {
          let x =
            Double(c.transposingA ? a.start[p * lda + i] : a.start[i * lda + p])
            * Double(c.transposingB ? b.start[j * ldb + p] : b.start[p * ldb + j])
          sum += x
          size += abs(x)
        }
        worst = largerError(worst, abs(Double(after[i * ldc + j]) - sum) / size)
      }
      #expect(after[(i * ldc + c.n)..<((i + 1) * ldc)] == before[(i * ldc + c.n)..<((i + 1) * ldc)])
    }
    // Each of the k sums rounds by at most half a unit in the last place of the terms summed so
    // far.
    #expect(worst <= Double(c.k + 1) * Double(Float.ulpOfOne) / 2)
  }

  @Test(
    "The bits of a float product do not depend on how it is divided into parts", arguments: widths,
    [(false, 144, 80), (false, 20, 16), (true, 24, 16), (true, 48, 16)])
  func cuts(width: Int, of c: (transposingA: Bool, n: Int, firstColumns: Int)) throws {
    let product = try #require(lg_product_f32(Int32(width)))
    let (transposingA, n, firstColumns) = c
    let (m, k) = (61, 300)
    var generator = Philox(seed: 8)
    let a = Tensor<Float>.normal([m * k], using: &generator).scalars
    let b = Tensor<Float>.normal([k * n], using: &generator).scalars
    var (whole, parts) = ([Float](repeating: 0, count: m * n), [Float](repeating: 0, count: m * n))
    let (lda, row) = transposingA ? (m, 1) : (k, k)
    func shape(m: Int, n columns: Int) -> LGProductShape {
      LGProductShape(
        transpose_a: transposingA, transpose_b: false, accumulate: false, m: m, n: columns, k: k,
        lda: lda, ldb: n, ldc: n)
    }
    product(shape(m: m, n: n), a, b, &whole)
    let (first, rest) = (0..<firstColumns, firstColumns..<n)
    for (rows, columns) in [(0..<24, first), (0..<24, rest), (24..<56, 0..<n), (56..<61, 0..<n)] {
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          parts.withUnsafeMutableBufferPointer {
            product(
              shape(m: rows.count, n: columns.count), a.baseAddress! + rows.lowerBound * row,
              b.baseAddress! + columns.lowerBound,
              $0.baseAddress! + rows.lowerBound * n + columns.lowerBound)
          }
        }
      }
    }
    #expect(whole == parts)
  }
}

@Suite("Products with a vector")
struct VectorProductTests {
  /// C is NaN before the call where the product is not added to it.
  @Test(
    "A product with a vector agrees with a product with two equal columns",
    arguments: [(1, 1), (1, 5), (7, 1), (64, 784), (300, 20)], [false, true])
  func values(of size: (m: Int, k: Int), accumulates: Bool) {
    check(Float.self, m: size.m, k: size.k, accumulates: accumulates)
    check(Double.self, m: size.m, k: size.k, accumulates: accumulates)
  }

  private func check<S: TensorScalar>(_: S.Type, m: Int, k: Int, accumulates: Bool) {
    var generator = Philox(seed: UInt64(m * 1009 + k))
    let b = Tensor<S>.normal([k], using: &generator).scalars
    let columns = [S](b.map { [$0, 0] }.joined())
    for transposes in [false, true] {
      let a = Tensor<S>.normal([m * k], using: &generator).scalars
      var c = [S](repeating: accumulates ? 3 : .nan, count: m)
      var both = [S](repeating: 3, count: 2 * m)
      // The pointers in a multiplication are valid only inside these closures.
      func multiply(_ b: [S], _ n: Int, into c: inout [S]) {
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
              Multiplication(
                transposeA: transposes, m: m, n: n, k: k, a: a.baseAddress!, b: b.baseAddress!,
                c: c.baseAddress!, accumulate: accumulates
              ).compute(threads: 2)
            }
          }
        }
      }
      multiply(b, 1, into: &c)
      multiply(columns, 2, into: &both)
      let bound = S.ulpOfOne * S(8 * k)
      for i in 0..<m { #expect(abs(c[i] - both[2 * i]) <= bound) }
    }
  }
}
