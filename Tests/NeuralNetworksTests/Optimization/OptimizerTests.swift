import Foundation
import NeuralNetworks
import TestSupport
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  struct Model<Scalar: TensorScalar>: Module {
    let a: Parameter<Scalar>
    let b: Parameter<Scalar>

    init(count: Int = 40) {
      var generator = Philox(seed: 1)
      a = Parameter(.normal([count], using: &generator))
      b = Parameter(.normal([2, 3], using: &generator))
    }

    /// A loss whose derivative with respect to each element `x` is `x³ + cos(x)`.
    var loss: Tensor<Scalar> {
      [a, b].map { x in (0.25 * x.value.power(4) + x.value.sin()).sum() }.reduce(Tensor(0), +)
    }

    var scalars: [Double] { (a.value.scalars + b.value.scalars).map(Double.init) }
  }

  static func gradient(_ p: [Double]) -> [Double] { p.map { $0 * $0 * $0 + cos($0) } }

  /// The largest difference between the parameters after some steps and those of a plain
  /// implementation of the rule in `Double`.
  static func error<Scalar: TensorScalar>(
    of optimizer: some Optimizer, limit: Double? = nil, count: Int = 40, steps: Int = 20,
    in _: Scalar.Type, rule: (_ p: inout [Double], _ g: [Double], _ step: Int) -> Void
  ) -> Double {
    let model = Model<Scalar>(count: count)
    var expected = model.scalars
    let optimizerState = OptimizerState(of: model, by: optimizer, gradientNormLimit: limit)
    for step in 1...steps {
      var g = gradient(expected)
      let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if let limit, norm > limit { g = g.map { $0 * limit / norm } }
      rule(&expected, g, step)
      optimizerState.minimize(model.loss)
    }
    #expect(optimizerState.step == steps)
    return zip(model.scalars, expected).reduce(0) { largerError($0, abs($1.0 - $1.1)) }
  }

  /// Algorithm 2 of Loshchilov and Hutter (2019). Without weight decay it is algorithm 1 of Kingma
  /// and Ba (2015).
  private static func adam(_ adam: Adam, count: Int) -> (inout [Double], [Double], Int) -> Void {
    var m = [Double](repeating: 0, count: count)
    var v = m
    return { p, g, step in
      for i in p.indices {
        m[i] = adam.beta1 * m[i] + (1 - adam.beta1) * g[i]
        v[i] = adam.beta2 * v[i] + (1 - adam.beta2) * g[i] * g[i]
        let mean = m[i] / (1 - pow(adam.beta1, Double(step)))
        let square = v[i] / (1 - pow(adam.beta2, Double(step)))
        p[i] -=
          adam.learningRate
          * (mean / (square.squareRoot() + adam.epsilon) + adam.weightDecay * p[i])
      }
    }
  }

  @Test(
    "The steps of Adam and AdamW agree with a plain loop",
    arguments: [
      Adam(learningRate: 0.05), .withWeightDecay(0.3, learningRate: 0.02),
      Adam(learningRate: 0.01, beta1: 0, beta2: 0.5, epsilon: 0.1),
    ])
  func adam(optimizer: Adam) {
    let double = Self.error(of: optimizer, in: Double.self, rule: Self.adam(optimizer, count: 46))
    #expect(double < 1e-13)
    // The error of a step is a few ε times the step. The parameters stay below 4, so storing them
    // rounds by up to 2⁻²³.
    let float = Self.error(of: optimizer, in: Float.self, rule: Self.adam(optimizer, count: 46))
    #expect(float < 20 * (optimizer.learningRate * 1e-6 + 0x1p-23))
  }

  @Test("A step on many elements, divided among threads and clipped, agrees with a plain loop")
  func ranges() {
    let (optimizer, count) = (Adam(learningRate: 0.05), 300_000)
    let error = Self.error(
      of: optimizer, limit: 10, count: count, steps: 3, in: Double.self,
      rule: Self.adam(optimizer, count: count + 6))
    #expect(error < 1e-12)
  }

  @Test("Adam's first step has the length of the learning rate against the sign of the gradient")
  func firstStep() {
    let model = Model<Double>()
    let before = model.scalars
    OptimizerState(of: model, by: Adam(learningRate: 0.5)).minimize(model.loss)
    for (p, start) in zip(model.scalars, before) {
      let g = start * start * start + cos(start)
      #expect(abs(p - (start - 0.5 * g / (abs(g) + 1e-8))) < 1e-14)
    }
  }

  struct Point<Scalar: TensorScalar>: Module {
    let x: Parameter<Scalar>

    init(_ x: [Double]) { self.x = Parameter(Tensor(x.map { Scalar($0) })) }

    /// Moves the point against the given gradient.
    func move(
      along gradient: [Double], by optimizer: some Optimizer, limit: Double? = nil, steps: Int = 1
    ) -> [Double] {
      let optimizerState = OptimizerState(of: self, by: optimizer, gradientNormLimit: limit)
      let direction = Tensor(gradient.map { Scalar($0) })
      for _ in 0..<steps { optimizerState.minimize((x.value * direction).sum()) }
      return x.value.scalars.map(Double.init)
    }
  }

  @Test(
    "In Float, every step of Adam has the length of the learning rate even for β₂ near 1",
    arguments: [1 - 1e-8, 1 - 1e-6, 0.999, 0.9, 0.5, 0])
  func slowSquares(beta2: Double) {
    let adam = Adam(learningRate: 1, beta2: beta2)
    for gradient in [1.0, -3, 1e-3] {
      let sign = gradient < 0 ? -1.0 : 1
      let first = Point<Float>([0]).move(along: [gradient], by: adam)[0]
      #expect(abs(first + sign) < 1e-4, "\(first)")
      // For a constant gradient both bias-corrected averages stay constant, so every step is the
      // same.
      let later = Point<Float>([0]).move(along: [gradient], by: adam, steps: 50)[0]
      #expect(abs(later + 50 * sign) < 5e-3, "\(later)")
    }
  }

  @Test("A clipped gradient has the given norm even if its squares overflow or underflow")
  func extremeClipping() {
    func expectStep<Scalar: TensorScalar>(_ gradient: [Double], _ limit: Double, _: Scalar.Type) {
      let moved = Point<Scalar>(gradient.map { _ in 0 })
        .move(along: gradient, by: SGD(learningRate: 1), limit: limit)
      let largest = gradient.map(\.magnitude).max()!
      let norm = gradient.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
      for (step, g) in zip(moved, gradient) {
        let expected = -(g / largest) / norm * limit
        #expect(abs(step - expected) <= 4 * Double(Scalar.ulpOfOne) * limit, "\(step), \(expected)")
      }
    }
    expectStep([1e20], 1, Float.self)
    expectStep([3e38, -3e38, 1e38], 1, Float.self)
    expectStep([3e38, 2e38], 1e-3, Float.self)
    expectStep([3e-30, 4e-30], 1e-30, Float.self)
    expectStep([1e200, 1e200], 2, Double.self)
    expectStep([1.5e308, -1.5e308], 1e-3, Double.self)
    expectStep([3e-200, 4e-200], 1e-200, Double.self)
    // A gradient shorter than the limit is not changed.
    #expect(
      Point<Double>([0]).move(along: [1e-200], by: SGD(learningRate: 1), limit: 1) == [-1e-200])
  }

  @Test("The norm of a gradient is not finite if an element is not finite")
  func badNorm() {
    let model = Point<Float>([0, 0])
    let optimizerState = OptimizerState(of: model, by: SGD(learningRate: 1), gradientNormLimit: 1)
    optimizerState.parameters.differentiate((model.x.value * Tensor([.infinity, 1])).sum())
    #expect(optimizerState.parameters.gradientNorm == .infinity)
    optimizerState.parameters.differentiate((model.x.value * Tensor([.nan, 1])).sum())
    #expect(optimizerState.parameters.gradientNorm.isNaN)
    optimizerState.parameters.differentiate(Tensor(0))
    #expect(optimizerState.parameters.gradientNorm == 0)
  }

  @Test("A step of AdamW with a zero gradient only decays the weights")
  func decay() {
    let model = Model<Double>()
    let before = model.scalars
    let optimizerState = OptimizerState(of: model, by: Adam.withWeightDecay(0.5, learningRate: 0.1))
    for _ in 0..<3 { optimizerState.minimize(Tensor(0)) }
    #expect(zip(model.scalars, before).allSatisfy { abs($0 - 0.857375 * $1) < 1e-15 * abs($1) * 8 })
  }

  @Test("The steps of SGD agree with a plain loop with and without momentum", arguments: [0, 0.9])
  func sgd(momentum: Double) {
    var v = [Double](repeating: 0, count: 46)
    let error = Self.error(
      of: SGD(learningRate: 0.01, momentum: momentum), in: Double.self
    ) { p, g, _ in
      for i in p.indices {
        v[i] = momentum * v[i] + g[i]
        p[i] -= 0.01 * v[i]
      }
    }
    #expect(error < 1e-13)
  }

  @Test("The steps of SGD agree with a hand computation")
  func sgdByHand() {
    struct One: Module {
      typealias Scalar = Float
      let x = Parameter(Tensor<Float>([1, -2]))
    }
    let model = One()
    let optimizerState = OptimizerState(of: model, by: SGD(learningRate: 0.5, momentum: 0.5))
    optimizerState.minimize(model.x.value.squared().sum())  // g = v = [2, −4]
    #expect(model.x.value.scalars == [0, 0])
    optimizerState.minimize(model.x.value.squared().sum())  // g = 0, v = [1, −2]
    #expect(model.x.value.scalars == [-0.5, 1])
    optimizerState.minimize(model.x.value.sum(), rateFactor: 0.5)  // v = [1.5, 0], rate ¼
    #expect(model.x.value.scalars == [-0.875, 1])
  }

  @Test(
    "A gradient longer than the limit is scaled to it, and a shorter one is unchanged",
    arguments: [1, 100.0])
  func clipping(limit: Double) {
    struct One: Module {
      typealias Scalar = Double
      let x = Parameter(Tensor<Double>([0, 0]))
      let y = Parameter(Tensor<Double>([0]))
    }
    let model = One()
    let optimizerState = OptimizerState(
      of: model, by: SGD(learningRate: 1), gradientNormLimit: limit)
    optimizerState.parameters.differentiate(
      (model.x.value * Tensor([2, -3])).sum() + (6 * model.y.value).sum())
    #expect(optimizerState.parameters.gradientNorm == 7)
    optimizerState.update()
    let scale = min(1, limit / 7)
    let result = model.x.value.scalars + model.y.value.scalars
    #expect(zip(result, [-2, 3, -6]).allSatisfy { abs($0 - scale * $1) < 1e-15 })
  }

  @Test("A repeated step of the optimizer requests no memory from the system")
  func memory() async {
    await #expect(processExitsWith: .success) {
      var generator = Philox(seed: 1)
      let model = MLP<Float>([50, 80, 20], hasBatchNorm: true, using: &generator)
      let optimizerState = OptimizerState(of: model, by: Adam(), gradientNormLimit: 1)
      let x = Tensor<Float>.normal([32, 50], using: &generator)
      func step() { optimizerState.minimize(model(x, mode: .training).squared().mean()) }
      for _ in 0..<3 { step() }
      let warm = MemoryPool.systemAllocations
      for _ in 0..<30 { step() }
      require(
        MemoryPool.systemAllocations == warm,
        "\(MemoryPool.systemAllocations - warm) requests to the system")
    }
  }
}
