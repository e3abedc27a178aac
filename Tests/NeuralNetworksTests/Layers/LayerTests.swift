import Foundation
import NeuralNetworks
import TestSupport
import Testing

@Suite("Layers")
struct LayerTests {
  typealias T = Tensor<Double>

  @Test("A dense layer has the expected values with and without a bias and for any batch axes")
  func dense() {
    var generator = Philox(seed: 1)
    for hasBias in [true, false] {
      let layer = Dense<Double>(2, 3, hasBias: hasBias, using: &generator)
      layer.weight.assign(T([1, 2, 3, 4, 5, 6], shape: [2, 3]))
      layer.bias?.assign(T([100, 200, 300]))
      let b = hasBias ? 100.0 : 0
      #expect((layer.bias != nil) == hasBias)
      #expect(layer(T([1, 10], shape: [1, 2])).scalars == [41 + b, 52 + 2 * b, 63 + 3 * b])
      #expect(layer(T([1, 10])).shape == [3] && layer(.zeros([0, 2])).shape == [0, 3])
      #expect(layer(.ones([4, 5, 2])).shape == [4, 5, 3])
      #expect(layer(.ones([4, 5, 2]))[3, 4, 2] == 9 + 3 * b)
    }
  }

  @Test("Activations have the expected values")
  func activations() {
    let x = T([-1, 0, 2])
    #expect(Activation.identity(x).scalars == [-1, 0, 2])
    #expect(Activation.relu(x).scalars == [0, 0, 2])
    #expect(Activation.elu(x).scalars == [exp(-1) - 1, 0, 2])
    #expect(Activation.tanh(x).scalars == [tanh(-1), 0, tanh(2)])
  }

  @Test("The values and running statistics of a batch norm agree with a hand computation")
  func batchNorm() {
    let norm = BatchNorm<Double>(2, momentum: 0.25, epsilon: 1)
    norm.scale.assign(T([2, 1]))
    norm.shift.assign(T([0, 10]))
    // The first column has mean 2 and variance (1 + 1)/2 = 1. The second has mean 4 and variance 8.
    let x = T([1, 4 - 8.0.squareRoot(), 3, 4 + 8.0.squareRoot()], shape: [2, 2])
    let y = norm(x, mode: .training)
    let expected = [
      -2 / 2.0.squareRoot(), 10 - 8.0.squareRoot() / 3, 2 / 2.0.squareRoot(),
      10 + 8.0.squareRoot() / 3,
    ]
    #expect(zip(y.scalars, expected).allSatisfy { abs($0 - $1) < 1e-14 }, "\(y)")
    // The running statistics are ¾ of the initial values 0 and 1, plus ¼ of the means and of the
    // unbiased variances 2 and 16.
    #expect(norm.mean.value.scalars == [0.5, 1])
    #expect(zip(norm.variance.value.scalars, [1.25, 4.75]).allSatisfy { abs($0 - $1) < 1e-14 })

    _ = norm(T([1, 1, 3, 3], shape: [2, 2]), mode: .training)
    #expect(norm.mean.value.scalars == [0.875, 1.25])
    #expect(zip(norm.variance.value.scalars, [1.4375, 4.0625]).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test(
    "Evaluation uses the running statistics of a batch norm and does not change them",
    arguments: Activation.allCases)
  func evaluation(activation: Activation) {
    let norm = BatchNorm<Double>(1, activation: activation, epsilon: 1)
    norm.mean.assign(T([3]))
    norm.variance.assign(T([8]))
    norm.scale.assign(T([6]))
    norm.shift.assign(T([-1]))
    // The output before the activation is (x − 3)/√9·6 − 1.
    let y = norm(T([1, 3, 6], shape: [3, 1]), mode: .evaluation)
    let expected = activation(T([-5, -1, 5]))
    #expect(zip(y.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(norm(T([3]), mode: .evaluation).shape == [1])
    #expect(norm.mean.value.scalars == [3] && norm.variance.value.scalars == [8])
  }

  @Test("A perceptron of no rows has outputs without rows and zero gradients")
  func noRows() {
    var generator = Philox(seed: 4)
    let model = MLP<Float>([3, 5, 2], using: &generator)
    let x = Tensor<Float>.zeros([0, 3]).tracked()
    let y = model(x, mode: .training)
    #expect(y.shape == [0, 2] && model(x, mode: .evaluation).shape == [0, 2])
    let parameters = model.namedParameters().map(\.parameter.value)
    let slopes = gradients(of: y.sum(), withRespectTo: [x] + parameters)
    #expect(slopes.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
    #expect(BatchNorm<Float>(3)(x, mode: .evaluation).shape == [0, 3])
  }

  @Test("A batch norm gives the same bits for any number of threads and any batch axes")
  func threads() {
    var generator = Philox(seed: 2)
    let x = Tensor<Float>.normal([1100, 150], using: &generator).tracked()
    func run() -> [[Float]] {
      let norm = BatchNorm<Float>(150, activation: .elu)
      let y = norm(x.reshaped(to: [11, 100, 150]), mode: .training)
      let used = norm(x, mode: .evaluation)
      let gradient = gradients(
        of: (y * y).sum(), withRespectTo: [x, norm.scale.value, norm.shift.value])
      return [y, used, norm.mean.value, norm.variance.value].map(\.scalars)
        + gradient.map(\.scalars)
    }
    let one = Threads.withLimit(1, run)
    #expect(Threads.withLimit(2, run) == one && Threads.withLimit(3, run) == one)
  }

  @Test("A perceptron has the expected shapes and parameters", arguments: [false, true])
  func perceptron(hasBatchNorm: Bool) {
    var generator = Philox(seed: 3)
    let model = MLP<Float>([3, 5, 4, 2], hasBatchNorm: hasBatchNorm, using: &generator)
    #expect(model(.ones([7, 3]), mode: .training).shape == [7, 2])
    #expect(model(.ones([2, 7, 3]), mode: .evaluation).shape == [2, 7, 2])
    let shapes = Dictionary(
      uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.parameter.value.shape) })
    var expected: [String: Shape] = [
      "layers.0.weight": [3, 5], "layers.1.weight": [5, 4], "layers.2.weight": [4, 2],
      "layers.2.bias": [2],
    ]
    if hasBatchNorm {
      for (i, size) in [5, 4].enumerated() {
        (expected["norms.\(i).scale"], expected["norms.\(i).shift"]) = ([size], [size])
      }
    } else {
      (expected["layers.0.bias"], expected["layers.1.bias"]) = ([5], [4])
    }
    #expect(shapes == expected)
    #expect(model.parameterCount == expected.values.reduce(0) { $0 + $1.count })
    #expect(MLP<Float>([3, 2], using: &generator).namedParameters().count == 2)
    // A batch norm follows every layer except the last, so a single layer has none.
    let single = MLP<Float>([3, 2], hasBatchNorm: true, using: &generator)
    #expect(single.namedParameters().count == 2 && single.norms.isEmpty)
    #expect(
      model.namedBuffers().map(\.name)
        == (hasBatchNorm
          ? ["norms.0.mean", "norms.0.variance", "norms.1.mean", "norms.1.variance"] : []))
  }

  /// A correct initializer exceeds each bound on a mean or a variance for one seed in 10⁶.
  @Test("Initializers draw within their bounds, with the right means and variances")
  func initializers() {
    let (inputs, outputs) = (150, 200)
    let n = Double(inputs * outputs)
    let bounds = deviations(rate: 1e-6, comparisons: 1)
    func check(_ initializer: Initializer, variance: Double, kurtosis: Double, bound: Double) {
      var generator = Philox(seed: 4)
      let w: Tensor<Double> = initializer(inputs: inputs, outputs: outputs, using: &generator)
      #expect(w.shape == [inputs, outputs])
      let mean = w.mean().scalar
      let square = w.squared().mean().scalar
      #expect(abs(mean) <= bounds * (variance / n).squareRoot(), "\(initializer): mean \(mean)")
      #expect(
        abs(square - variance) <= bounds * variance * ((kurtosis - 1) / n).squareRoot(),
        "\(initializer): variance \(square), not \(variance)")
      let largest = w.scalars.map { abs($0) }.max()!
      #expect(largest <= bound && largest > 0.999 * min(bound, 3 * variance.squareRoot()))
    }
    let he = 2.0 / 150
    check(.he, variance: he, kurtosis: 3, bound: 7 * he.squareRoot())
    for scale in [1, 0.5] {
      let bound = scale / 150.0.squareRoot()
      check(.uniform(scale: scale), variance: bound * bound / 3, kurtosis: 1.8, bound: bound)
    }
    let glorot = (6 / 350.0).squareRoot()
    check(.glorot, variance: glorot * glorot / 3, kurtosis: 1.8, bound: glorot)
    var generator = Philox(seed: 4)
    let constant: T = Initializer.constant(2)(inputs: 1, outputs: 2, using: &generator)
    let zeros: T = Initializer.zeros(inputs: 1, outputs: 2, using: &generator)
    #expect(constant.scalars == [2, 2] && zeros.scalars == [0, 0])
  }
}
