import CKernels
import Tensors
import Testing

@Suite("Broadcasting")
struct BroadcastingTests {
  /// NumPy's rule: the shorter shape is padded with ones in front; then two sizes must be equal or
  /// one of them must be 1.
  private static func reference(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let padded = [a, b].map { Array(repeating: 1, count: rank - $0.count) + $0 }
    var result: [Int] = []
    for (x, y) in zip(padded[0], padded[1]) {
      if x == y || y == 1 {
        result.append(x)
      } else if x == 1 {
        result.append(y)
      } else {
        return nil
      }
    }
    return result
  }

  private static func randomSizes(_ generator: inout Philox, from choices: [Int]) -> [Int] {
    (0..<Int.random(in: 0...5, using: &generator)).map { _ in
      choices.randomElement(using: &generator)!
    }
  }

  @Test("The shape of a broadcast result agrees with NumPy's rule")
  func shapes() {
    var generator = Philox(seed: 1)
    var fits = 0
    for _ in 0..<5000 {
      let a = Self.randomSizes(&generator, from: [0, 1, 1, 2, 3])
      let b = Self.randomSizes(&generator, from: [0, 1, 1, 2, 3])
      let expected = Self.reference(a, b)
      #expect(Shape(a).broadcast(with: Shape(b))?.sizes == expected, "\(a) and \(b)")
      fits += expected == nil ? 0 : 1
    }
    #expect(fits > 1000 && fits < 4000)
  }

  /// The element of a broadcast operand at an index of the result, by the definition.
  private static func element(_ x: Tensor<Double>, _ index: [Int]) -> Double {
    var at = 0
    for (size, i) in zip(x.shape.sizes, index.suffix(x.rank)) {
      at = at * size + (size == 1 ? 0 : i)
    }
    return x.scalars[at]
  }

  @Test("Broadcast elements agree with a loop over the indices of random shapes")
  func elements() {
    var generator = Philox(seed: 2)
    var checked = 0
    while checked < 400 {
      let target = Self.randomSizes(&generator, from: [1, 2, 3, 4])
      func operand() -> Tensor<Double> {
        let sizes = target.dropFirst(Int.random(in: 0...target.count, using: &generator))
          .map { Bool.random(using: &generator) ? $0 : 1 }
        return .normal(Shape(Array(sizes)), using: &generator)
      }
      let (a, b) = (operand(), operand())
      let shape = a.shape.broadcast(with: b.shape)!
      let difference = a - b
      #expect(difference.shape == shape)
      var index = [Int](repeating: 0, count: shape.rank)
      let expected = (0..<shape.count).map { flat in
        var rest = flat
        for axis in index.indices.reversed() {
          index[axis] = rest % shape.sizes[axis]
          rest /= shape.sizes[axis]
        }
        return Self.element(a, index) - Self.element(b, index)
      }
      #expect(difference.scalars == expected, "\(a.shape) − \(b.shape)")
      checked += 1
    }
  }

  @Test("Broadcasting is correct for rows longer than a vector register")
  func longRows() {
    let shapes: [(Shape, Shape)] = [
      ([3, 67], [3, 67]), ([3, 67], [67]), ([67], [3, 67]), ([3, 1], [3, 67]), ([3, 67], [3, 1]),
      ([3, 67], []), ([2, 3, 67], [2, 1, 67]),
    ]
    for (aShape, bShape) in shapes {
      let a = Tensor<Double>.range(aShape.count).reshaped(to: aShape)
      let b = Tensor<Double>.range(bShape.count, from: 0.5).reshaped(to: bShape)
      let result = a - b
      for (flat, value) in result.scalars.enumerated() {
        let index = [flat / 67 / 3, flat / 67 % 3, flat % 67].suffix(result.rank)
        #expect(value == Self.element(a, Array(index)) - Self.element(b, Array(index)))
      }
    }
  }

  @Test("Broadcasting keeps the sign of zero")
  func signOfZero() {
    let x = Tensor<Float>(-0.0).broadcast(to: [2])
    #expect(x.scalars.allSatisfy { $0 == 0 && $0.sign == .minus })
    #expect((2 * x).scalars.allSatisfy { $0 == 0 && $0.sign == .minus })
  }
}
