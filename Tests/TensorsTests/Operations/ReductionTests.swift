import Tensors
import TestSupport
import Testing

@Suite("Reductions")
struct ReductionTests {
  @Test("Reductions along each axis agree with loops", arguments: 0..<3)
  func values(axis: Int) {
    var generator = Philox(seed: 3)
    let x = Tensor<Double>.normal([3, 4, 5], using: &generator)
    let moved = x.permuted([0, 1, 2].filter { $0 != axis } + [axis])
    let size = x.shape[axis]
    let lines = (0..<60 / size).map { Array(moved.scalars[$0 * size..<($0 + 1) * size]) }
    func close(_ a: Tensor<Double>, _ b: [Double]) -> Bool { relativeError(a.scalars, b) < 1e-14 }

    #expect(close(x.sum(axis: axis), lines.map { $0.reduce(0, +) }))
    #expect(close(x.mean(axis: axis), lines.map(mean)))
    #expect(
      close(
        x.variance(axis: axis),
        lines.map { line in mean(line.map { ($0 - mean(line)) * ($0 - mean(line)) }) }))
    #expect(x.max(axis: axis).scalars == lines.map { $0.max()! })
    #expect(x.min(axis: axis).scalars == lines.map { $0.min()! })
    #expect(x.indexOfMaximum(axis: axis) == lines.map { $0.firstIndex(of: $0.max()!)! })
    let kept = x.sum(axis: axis, keepingAxis: true)
    #expect(kept.shape == x.shape.replacing(axis: axis, with: 1))
    #expect(kept.scalars == x.sum(axis: axis).scalars)
    let last = x.cumulativeSum(axis: axis).slice(at: size - 1, axis: axis)
    let first = x.cumulativeSum(axis: axis, reversed: true).slice(at: 0, axis: axis)
    #expect(close(last, x.sum(axis: axis).scalars) && close(first, x.sum(axis: axis).scalars))
  }

  /// The sum of ones is exact if it is accumulated in `Double`. A running sum in `Float` would stop
  /// growing at 2²⁴.
  @Test(
    "The error of a float sum does not grow with its length",
    arguments: [[20_000_000, 1], [10_000_000, 2], [200_000, 100]] as [Shape])
  func longSums(shape: Shape) {
    #expect(
      Tensor<Float>.ones(shape).sum(axis: 0).scalars.allSatisfy { $0 == Float(shape.sizes[0]) })
    let tenths = Tensor<Float>.full(0.1, shape).sum(axis: 0).scalars
    let expected = Double(Float(0.1)) * Double(shape.sizes[0])
    #expect(tenths.allSatisfy { abs(Double($0) - expected) <= 0x1p-24 * expected })
    // The mean of equal numbers is that number, so their variance is exactly 0.
    let x = Tensor<Float>.full(0.1, shape)
    #expect(x.mean(axis: 0).scalars.allSatisfy { $0 == 0.1 })
    #expect(x.variance(axis: 0).scalars.allSatisfy { $0 == 0 })
  }

  @Test(
    "A sum over no elements is 0, and sums over an inner axis are exact for many columns",
    arguments: [1, 3, 64, 65, 130])
  func columns(inner: Int) {
    #expect(
      Tensor<Float>.ones([2, 0, inner]).sum(axis: 1).scalars
        == .init(repeating: 0, count: 2 * inner))
    let x = Tensor<Float>.range(6 * inner).reshaped(to: [2, 3, inner])
    let expected = (0..<2 * inner).map { i -> Float in
      let first = i / inner * 3 * inner + i % inner
      return Float(3 * first + 3 * inner)
    }
    #expect(x.sum(axis: 1).scalars == expected)
  }

  @Test("Equal extrema share the gradient equally")
  func ties() {
    let x = Tensor<Double>([2, 1, 2, 1], shape: [2, 2]).tracked()
    #expect(
      gradients(of: x.max(axis: 0).sum(), withRespectTo: [x])[0].scalars == [0.5, 0.5, 0.5, 0.5])
    #expect(gradients(of: x.max(axis: 1).sum(), withRespectTo: [x])[0].scalars == [1, 0, 1, 0])
    let y = Tensor<Double>([2, 3, 2, 0], shape: [2, 2]).tracked()
    let result = gradients(of: Tensor.maximum(x, y).sum(), withRespectTo: [x, y])
    #expect(result.map(\.scalars) == [[0.5, 0, 0.5, 1], [0.5, 1, 0.5, 0]])
    let lower = gradients(of: Tensor.minimum(x, y).sum(), withRespectTo: [x, y])
    #expect(lower.map(\.scalars) == [[0.5, 1, 0.5, 0], [0.5, 0, 0.5, 1]])
    #expect(x.indexOfMaximum(axis: 0) == [0, 0])
  }

  @Test("A maximum or minimum is NaN if any element is NaN, at any position", arguments: 0..<3)
  func nan(position: Int) {
    var scalars: [Double] = [1, 2, 3]
    scalars[position] = .nan
    let x = Tensor(scalars)
    #expect(x.max(axis: 0).scalar.isNaN && x.min(axis: 0).scalar.isNaN && x.sum().scalar.isNaN)
    let (one, none) = (Tensor<Double>(1), Tensor<Double>(.nan))
    #expect(Tensor.maximum(one, none).scalar.isNaN && Tensor.maximum(none, one).scalar.isNaN)
    #expect(Tensor.minimum(one, none).scalar.isNaN && Tensor.minimum(none, one).scalar.isNaN)
    #expect(none.clamped(to: 0...1).scalar.isNaN && !x.isFinite && one.isFinite)
  }

  @Test("The index of the maximum is that of the first NaN, at any position")
  func indexOfNaN() {
    #expect(Tensor<Float>([3, .nan, 1, 5]).indexOfMaximum(axis: 0) == [1])
    let x = Tensor<Double>(
      [.nan, 1, 2, 5, .nan, .nan, -.infinity, -.infinity, .nan], shape: [3, 3])
    #expect(x.indexOfMaximum(axis: 1) == [0, 1, 2])
    #expect(x.indexOfMaximum(axis: 0) == [0, 1, 1])
    #expect(Tensor<Float>([-.infinity, -.infinity]).indexOfMaximum(axis: 0) == [0])
  }

  @Test("Over no elements, a sum is 0 and logSumExp is −∞", arguments: [true, false])
  func noElements(keepsAxis: Bool) {
    let x = Tensor<Double>.zeros([2, 0]).tracked()
    let target: Shape = keepsAxis ? [2, 1] : [2]
    let result = x.logSumExp(axis: 1, keepingAxis: keepsAxis)
    #expect(result.shape == target && result.scalars == [-.infinity, -.infinity])
    #expect(x.sum(axis: 1, keepingAxis: keepsAxis).scalars == [0, 0])
    #expect(x.softmax(axis: 1).shape == [2, 0])
    #expect(gradients(of: result.sum(), withRespectTo: [x])[0].shape == [2, 0])
    #expect(x.logSumExp(axis: 0).shape == [0] && x.max(axis: 0).shape == [0])
    #expect(x.mean(axis: 0).shape == [0] && x.indexOfMaximum(axis: 0) == [])
  }

  /// At these magnitudes log 4 is smaller than the rounding error, so softmax cannot be computed as
  /// exp(x − logSumExp(x)).
  @Test(
    "The weights of softmax and of the gradient of logSumExp add up to 1 at any magnitude",
    arguments: [-3e7, 3e7, 1e30, -1e30, 0])
  func weights(size: Float) {
    let x = Tensor<Float>.full(size, [4]).tracked()
    #expect(x.softmax(axis: 0).scalars == [0.25, 0.25, 0.25, 0.25])
    #expect(gradients(of: x.logSumExp(axis: 0), withRespectTo: [x])[0].scalars.reduce(0, +) == 1)
    let large = 1e9 * Double(size)
    let y = Tensor<Double>([large, large, large]).tracked()
    let sum = gradients(of: y.logSumExp(axis: 0), withRespectTo: [y])[0].sum().scalar
    #expect(abs(sum - 1) <= .ulpOfOne)
  }

  @Test("Elements that are +∞ share the weight of softmax equally")
  func infiniteWeights() {
    let x = Tensor<Double>([1, .infinity, .infinity, -.infinity]).tracked()
    #expect(x.softmax(axis: 0).scalars == [0, 0.5, 0.5, 0])
    #expect(gradients(of: x.logSumExp(axis: 0), withRespectTo: [x])[0].scalars == [0, 0.5, 0.5, 0])
    #expect(Tensor<Double>([1, .nan]).softmax(axis: 0).scalars.allSatisfy { $0.isNaN })
  }

  @Test("The value of logSumExp is right for infinite and for very large elements")
  func infiniteLogSumExp() {
    func value(_ scalars: [Double]) -> Double { Tensor(scalars).logSumExp(axis: 0).scalar }
    #expect(value([-.infinity, -.infinity]) == -.infinity)
    #expect(value([.infinity, 1]) == .infinity && value([.infinity, -.infinity]) == .infinity)
    #expect(value([-.infinity, 3]) == 3 && value([1, .nan]).isNaN)
    #expect(value([1000, 1000]) == 1000 + 0.693147180559945309)
    #expect(value([-1000, -1000]) == -1000 + 0.693147180559945309)
  }

  @Test("The gradient of logSumExp is 0 at −∞, also where all elements are −∞")
  func gradientAtInfinity() {
    let x = Tensor<Double>([-.infinity, 0, -.infinity, -.infinity], shape: [2, 2]).tracked()
    #expect(
      gradients(of: x.logSumExp(axis: 1).slice(at: 0), withRespectTo: [x])[0].scalars == [
        0, 1, 0, 0,
      ])
    #expect(
      gradients(of: x.logSumExp(axis: 1).exp().sum(), withRespectTo: [x])[0].scalars == [
        0, 1, 0, 0,
      ])
  }

  @Test("Adding many elements at one place does not accumulate the rounding error of a long sum")
  func scatteredSums() {
    let (count, places) = (60_000, [Int](repeating: 1, count: 60_000))
    let x = Tensor<Float>.full(0.1, [count])
    let exact = Float(Double(Float(0.1)) * Double(count))
    #expect(x.scatterAdded(to: places, count: 2).scalars == [0, exact])
    let source = Tensor<Float>([5, 7]).tracked()
    let byPlaces = (0.1 * source.gathered(at: places)).sum()
    #expect(gradients(of: byPlaces, withRespectTo: [source])[0].scalars == [0, exact])
    let byRows = (0.1 * source.reshaped(to: [2, 1]).gatheredRows(at: places)).sum()
    #expect(gradients(of: byRows, withRespectTo: [source])[0].scalars == [0, exact])
  }
}
