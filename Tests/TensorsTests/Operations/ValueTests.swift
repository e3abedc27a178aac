import Tensors
import Testing

@Suite("Values of operations, by hand")
struct ValueTests {
  typealias T = Tensor<Double>
  let x = T([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test("Constructors give the expected elements and shapes")
  func making() {
    #expect(T.identity(2).scalars == [1, 0, 0, 1] && T.identity(0).count == 0)
    #expect(T.range(3, from: 1, step: 0.5).scalars == [1, 1.5, 2] && T.range(0).scalars == [])
    #expect(T.full(2, [2]).scalars == [2, 2] && T(3).shape == [] && T(3).scalar == 3)
    #expect(T([]).shape == [0] && T([], shape: [2, 0]).scalars == [])
    #expect(x[1, 0] == 4 && x.rank == 2 && x.count == 6 && T(7)[] == 7)
    #expect(x.converted(to: Float.self).scalars == [1, 2, 3, 4, 5, 6])
    #expect(x.withScalars { Array($0) } == x.scalars)
    #expect("\(x)" == "Tensor<Double> [2, 3] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]")
    #expect("\(T.range(9))".hasSuffix("7.0, …]"))
  }

  @Test("Comparisons and selections give the expected elements, also for NaN")
  func comparisons() {
    let (a, b) = (T([1, 2, 3, .nan]), T([2, 2, 2, .nan]))
    #expect((a .< b).scalars == [1, 0, 0, 0])
    #expect((a .<= b).scalars == [1, 1, 0, 0])
    #expect((a .> b).scalars == [0, 0, 1, 0])
    #expect((a .>= b).scalars == [0, 1, 1, 0])
    #expect((a .== b).scalars == [0, 1, 0, 0])
    #expect((a .< 2).scalars == [1, 0, 0, 0])
    #expect((a .<= 2).scalars == [1, 1, 0, 0])
    #expect((a .> 2).scalars == [0, 0, 1, 0])
    #expect((a .>= 2).scalars == [0, 1, 1, 0])
    #expect(T([0, 1, .nan, 0]).select(T([.nan, 5, 6, 7]), T(0)).scalars == [0, 5, 6, 0])
    #expect(!(a.tracked() .< b).isTracked)
  }

  @Test("An element that is not selected gets a zero gradient, even if it is infinite or NaN")
  func selectionOfInfinity() {
    let (a, b) = (T([1, .infinity]).tracked(), T([.nan, 4]).tracked())
    let y = T([1, 0]).select(a, b)
    #expect(y.scalars == [1, 4])
    #expect(gradients(of: y.sum(), withRespectTo: [a, b]).map(\.scalars) == [[1, 0], [0, 1]])
  }

  @Test("Elements at the bounds of a clamp have the derivative 1")
  func clamp() {
    let x = T([-2, -1, 0, 1, 2]).tracked()
    let y = x.clamped(to: -1...1)
    #expect(y.scalars == [-1, -1, 0, 1, 1])
    #expect(gradients(of: y.sum(), withRespectTo: [x])[0].scalars == [0, 1, 1, 1, 0])
  }

  @Test("Derivatives at kinks and poles have their documented values")
  func kinks() {
    func derivative(_ f: (T) -> T, at x: Double) -> Double {
      valueWithGradient(at: T(x), of: f).gradient.scalar
    }
    #expect(derivative({ $0.abs() }, at: 0) == 0 && derivative({ $0.relu() }, at: 0) == 0)
    #expect(derivative({ $0.elu() }, at: 0) == 1 && derivative({ $0.sign() }, at: 0) == 0)
    #expect(derivative({ $0.squareRoot() }, at: 0) == .infinity)
    #expect(derivative({ $0.log() }, at: 0) == .infinity)
    #expect(derivative({ $0.softplus() }, at: 1e300) == 1)
    #expect(derivative({ $0.sigmoid() }, at: -1e300) == 0)
  }

  @Test("Transposing, permuting and stacking give the expected shapes and elements")
  func shapes() {
    #expect(x.transposed().scalars == [1, 4, 2, 5, 3, 6])
    let y = T.range(24).reshaped(to: [2, 3, 4])
    let moved = y.permuted([2, 0, 1])
    #expect(moved.shape == [4, 2, 3])
    for (i, j, k) in [(0, 0, 0), (1, 2, 3), (1, 0, 2)] { #expect(moved[k, i, j] == y[i, j, k]) }
    #expect(x.addingAxis(at: -1).shape == [2, 3, 1] && x.addingAxis(at: 1).shape == [2, 1, 3])
    #expect(x.addingAxis(at: 2).shape == [2, 3, 1] && T(1).addingAxis(at: 0).shape == [1])
    #expect(T.stacked([T(1), T(2)]).scalars == [1, 2])
    let shape: Shape = [2, 3, 4]
    #expect(shape[-1] == 4 && shape.dropLast(2) == [2] && shape.last(2) == [3, 4])
    #expect(shape.replacing(axis: -2, with: 7) == [2, 7, 4] && shape + [5] == [2, 3, 4, 5])
    #expect(shape.count == 24 && ([] as Shape).count == 1 && ([0, 5] as Shape).count == 0)
    #expect("\(shape)" == "[2, 3, 4]")
  }

  @Test("Slicing, splitting, joining and gathering give the expected elements")
  func parts() {
    #expect(
      x.slice(1..<3, axis: 1).scalars == [2, 3, 5, 6] && x.slice(1..<2).scalars == [4, 5, 6])
    #expect(x.slice(at: 1, axis: -1).scalars == [2, 5] && x.slice(2..<2, axis: 1).count == 0)
    #expect(x.split(sizes: [1, 2]).map(\.scalars) == [[1, 4], [2, 3, 5, 6]])
    #expect(T.concatenated([x, x.slice(0..<1)]).shape == [3, 3])
    #expect(T.concatenated([x, 10 * x], axis: 1).slice(at: 0).scalars == [1, 2, 3, 10, 20, 30])
    #expect(T.stacked([x, 10 * x], axis: 2)[1, 2, 1] == 60)
    #expect(x.gatheredRows(at: [1, 0, 1]).scalars == [4, 5, 6, 1, 2, 3, 4, 5, 6])
  }

  @Test("Products, triangles and diagonals give the expected elements")
  func matrices() {
    #expect(matrixProduct(x, x, transposingRight: true).scalars == [14, 32, 32, 77])
    #expect(x.product(withVector: T([1, 0, -1])).scalars == [-2, -2])
    #expect(x.lowerTriangle().scalars == [1, 0, 0, 4, 5, 0])
    #expect(x.lowerTriangle(withDiagonal: false).scalars == [0, 0, 0, 4, 0, 0])
    #expect(matrixProduct(x, x, transposingRight: true).diagonal().scalars == [14, 77])
  }

  @Test("A snapshot keeps its values, and a view follows the memory")
  func snapshots() {
    let memory = T([1, 2])
    let (copy, view) = (memory.snapshot(), memory.slice(1..<2))
    memory.overwrite(with: T([3, 4]))
    #expect(copy.scalars == [1, 2] && view.scalars == [4])
  }

  @Test("Uniform numbers stay below the upper bound, even where the sum would round up to it")
  func uniformBounds() {
    var generator = Philox(seed: 5)
    // 1 + u rounds to 2 for the largest u = 1 − 2⁻²⁴. In a range of one ulp, half of all u round
    // up.
    let narrow = Tensor<Float>.uniform([1000], in: 1..<Float(1).nextUp, using: &generator)
    #expect(narrow.scalars.allSatisfy { $0 == 1 })
    let wide = Tensor<Double>.uniform([1000], in: -3..<5, using: &generator).scalars
    #expect(wide.allSatisfy { $0 >= -3 && $0 < 5 } && wide.min()! < -2.9 && wide.max()! > 4.9)
  }

  @Test("Tensors of random numbers equal the fills of the generator")
  func randomTensors() {
    var (a, b) = (Philox(seed: 6), Philox(seed: 6))
    let shape: Shape = [3, 7]
    let probabilities = T.uniform(shape, using: &a)
    let tensors: [T] = [
      probabilities, .normal(shape, using: &a), .gumbel(shape, using: &a),
      .bernoulli(probabilities, using: &a),
    ]
    func filled(_ fill: (inout Philox, UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
      var scalars = [Double](repeating: .nan, count: shape.count)
      scalars.withUnsafeMutableBufferPointer { fill(&b, $0) }
      return scalars
    }
    #expect(tensors.map(\.shape) == .init(repeating: shape, count: 4))
    #expect(tensors[0].scalars == filled { $0.fillUniform($1) })
    #expect(tensors[1].scalars == filled { $0.fillNormal($1) })
    #expect(tensors[2].scalars == filled { $0.fillGumbel($1) })
    let p = probabilities.scalars
    #expect(
      tensors[3].scalars
        == filled { generator, out in
          p.withUnsafeBufferPointer { generator.fillBernoulli(out, probabilities: $0) }
        })
  }
}
