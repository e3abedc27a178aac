import NeuralNetworks
import TestSupport
import Testing

@Suite("Batch norm with many rows and with large means")
struct BatchNormAccuracyTests {
  @Test(
    "A constant column normalizes to the shift and gets a gradient of zero",
    arguments: [2, 33, 1000, 60_000],
    Activation.allCases)
  func constant(rows: Int, activation: Activation) {
    let norm = BatchNorm<Float>(3, activation: activation)
    norm.shift.assign(Tensor([0, 0.5, 2]))
    let x = Tensor<Float>.full(0.1, [rows, 3]).tracked()
    let y = norm(x, mode: .training)
    let expected = activation(norm.shift.value).scalars
    #expect(y.scalars.enumerated().allSatisfy { $1 == expected[$0 % 3] })
    // Subtracting the mean removes a constant gradient. The gradient of the shift is its sum.
    let upstream = Tensor<Float>.full(0.1, [rows, 3])
    let slopes = gradients(
      of: (y * upstream).sum(), withRespectTo: [x, norm.scale.value, norm.shift.value])
    #expect(slopes[0].scalars.allSatisfy { $0 == 0 } && slopes[1].scalars == [0, 0, 0])
    if activation == .identity {
      let sum = Float(Double(Float(0.1)) * Double(rows))
      #expect(slopes[2].scalars == [sum, sum, sum])
    }
    norm.mean.assign(.full(0.1, [3]))
    norm.variance.assign(.zeros([3]))
    let evaluated = norm(x.detached, mode: .evaluation)
    #expect(evaluated.scalars.enumerated().allSatisfy { $1 == expected[$0 % 3] })
  }

  /// The means of the columns are up to 10⁵ times their standard deviations. The result in `Float`
  /// is compared with the result in `Double` for the same elements.
  @Test(
    "The values and gradients of a batch norm in Float agree with those in Double",
    arguments: [(40, 35), (20_000, 5)])
  func far(rows: Int, columns: Int) {
    var generator = Philox(seed: 9)
    let offsets = Tensor<Float>((0..<columns).map { [0, 1, -300, 1e5][$0 % 4] })
    let x = (Tensor<Float>.normal([rows, columns], using: &generator) + offsets).detached
    let upstream = Tensor<Float>.normal([rows, columns], using: &generator)
    func run<Scalar: TensorScalar>(_: Scalar.Type) -> [[Double]] {
      let norm = BatchNorm<Scalar>(columns)
      let x = x.converted(to: Scalar.self).tracked()
      let y = norm(x, mode: .training)
      let slopes = gradients(
        of: (y * upstream.converted()).sum(),
        withRespectTo: [x, norm.scale.value, norm.shift.value])
      let used = norm(x, mode: .evaluation)
      return ([y, norm.mean.value, norm.variance.value, used] + slopes)
        .map { $0.scalars.map(Double.init) }
    }
    let names = ["y", "mean", "variance", "evaluated", "dx", "d scale", "d shift"]
    for (name, (float, double)) in zip(names, zip(run(Float.self), run(Double.self))) {
      let scale = double.map(abs).max()!
      let error = zip(float, double).reduce(0) { largerError($0, abs($1.0 - $1.1)) } / scale
      #expect(error < 2e-6, "\(name): \(error)")
    }
  }

  @Test("If the squares of a column overflow, the output of a batch norm is NaN and not 0")
  func overflow() {
    let x = Tensor<Double>([1e200, -1e200, 1e200, -1e200], shape: [4, 1])
    let y = BatchNorm<Double>(1)(x, mode: .training).scalars
    #expect(y.allSatisfy { $0.isNaN })
  }

  /// The elements deviate from their mean by about 1.5e38, and the squares exceed the largest
  /// float.
  @Test(
    "For the largest floats, batch norm is right in training and NaN in evaluation"
  )
  func largest() {
    let x = Tensor<Float>([1.5e38, -1.5e38, 1.5e38, -1.5e38, 1.5e38, 5e37], shape: [6, 1])
    let norm = BatchNorm<Float>(1)
    let y = norm(x, mode: .training).scalars
    let exact = BatchNorm<Double>(1)(x.converted(), mode: .training).scalars
    for (a, b) in zip(y, exact) { #expect(abs(Double(a) - b) < 1e-6, "\(a) for \(b)") }
    #expect(norm.variance.value.scalars == [.infinity])
    #expect(norm(x, mode: .evaluation).scalars.allSatisfy { $0.isNaN })
    // At this scale, about 1e18, a float can hold the variance.
    let small = BatchNorm<Float>(1, momentum: 1)
    _ = small(x * 1e-20, mode: .training)
    #expect(small(x * 1e-20, mode: .evaluation).isFinite)
  }
}
