import Dispatch
import Tensors
import Testing

@Suite("Cholesky")
struct CholeskyTests {
  @Test(
    "The Cholesky factor of a 2×2 matrix agrees with a hand computation"
  )
  func byHand() throws {
    let a = Tensor<Double>([4, .nan, 2, 10], shape: [2, 2])
    #expect(try a.cholesky().scalars == [2, 0, 1, 3])
  }

  @Test(
    "The product L Lᵀ of the Cholesky factor equals the matrix within rounding errors",
    arguments: [1, 2, 7, 40, 200])
  func factor(size: Int) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      var generator = Philox(seed: 4)
      let root = Tensor<Scalar>.normal([3, size, size], using: &generator)
      let a =
        matrixProduct(root, root, transposingRight: true)
        + Scalar(size) * Tensor<Scalar>.identity(size)
      let l = try a.cholesky()
      let difference = matrixProduct(l, l, transposingRight: true) - a
      // Backward stability: |L Lᵀ − A| ≤ n·ε·|A| with small constants (Higham, 2002, theorem 10.3).
      let bound = Scalar(size + 1) * .ulpOfOne * a.scalars.map { abs($0) }.max()!
      #expect(difference.scalars.allSatisfy { abs($0) <= bound })
      #expect(l.scalars == l.lowerTriangle().scalars)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(
    "A failed Cholesky factorization names the matrix and the pivot, also in later blocks",
    arguments: [1, 3, 150], [-1, 0, Double.nan, .infinity])
  func failure(size: Int, value: Double) throws {
    for pivot in Set([0, size / 2, size - 1]) {
      var scalars = Tensor<Double>.identity(size).scalars
      scalars += scalars
      scalars[size * size + pivot * (size + 1)] = value
      // The last matrix fails too, but the error must name the first.
      scalars[2 * size * size - 1] = size - 1 == pivot ? value : -2
      let a = Tensor(scalars, shape: [2, 1, size, size])
      #expect(throws: NotPositiveDefinite(pivot: pivot, matrix: 1)) { try a.cholesky() }
    }
  }

  @Test("A Cholesky factorization with a NaN below the diagonal fails at its row")
  func offDiagonal() {
    let a = Tensor<Double>([1, 0, 0, .nan, 1, 0, 0, 0, -1], shape: [3, 3])
    #expect(throws: NotPositiveDefinite(pivot: 1, matrix: 0)) { try a.cholesky() }
    #expect("\(NotPositiveDefinite(pivot: 1, matrix: 0))".contains("the pivot of row 1"))
  }

  @Test("Concurrent factorizations on two threads each give the same bits as a single one")
  func concurrent() async {
    await #expect(processExitsWith: .success) {
      Threads.limit = 2
      var generator = Philox(seed: 21)
      let noise = Tensor<Double>.normal([320, 320], using: &generator)
      let matrix = matrixProduct(noise, noise, transposingRight: true) + .identity(320)
      let alone = try matrix.cholesky().scalars
      DispatchQueue.concurrentPerform(iterations: 4) { thread in
        for _ in 0..<10 {
          let factor = try! matrix.cholesky().scalars
          require(factor == alone, "the factor differs on thread \(thread)")
        }
      }
    }
  }

  @Test(
    "A triangular solve inverts the product and does not read above the diagonal",
    arguments: [false, true])
  func solve(transposing: Bool) {
    let l = Tensor<Double>([2, .nan, 3, 4], shape: [2, 2])
    let x = triangularSolve(
      l, Tensor<Double>([2, 4, 11, 22], shape: [2, 2]), transposing: transposing)
    // The system is [2 0; 3 4] X = [2 4; 11 22], or the transposed one.
    #expect(x.scalars == (transposing ? [-3.125, -6.25, 2.75, 5.5] : [1, 2, 2, 4]))
  }
}
