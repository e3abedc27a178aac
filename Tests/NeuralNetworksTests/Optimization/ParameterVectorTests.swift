import NeuralNetworks
import TestSupport
import Testing

@Suite("Parameter vectors")
struct ParameterVectorTests {
  struct Model<Scalar: TensorScalar>: Module {
    let dense: Dense<Scalar>
    let scale = Parameter(Tensor<Scalar>.full(2, []))
    let unused = Parameter(Tensor<Scalar>.ones([5]))
    let last = Parameter(Tensor<Scalar>.ones([17]))

    init() {
      var generator = Philox(seed: 1)
      dense = Dense(3, 7, using: &generator)
    }

    func loss(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
      (dense(x).tanh() * scale.value).sum() + last.value.squared().sum()
    }
  }

  let x = Tensor<Double>.range(6, from: -1, step: 0.3).reshaped(to: [2, 3])

  @Test("A parameter vector keeps the values of the parameters and follows later assignments")
  func values() {
    let model = Model<Double>()
    let before = model.namedParameters().map(\.parameter.value.scalars)
    let loss = model.loss(x).scalar
    let vector = ParameterVector(model)
    #expect(model.namedParameters().map(\.parameter.value.scalars) == before)
    #expect(vector.members.map(\.name) == model.namedParameters().map(\.name))
    #expect(model.loss(x).scalar == loss)
    model.scale.assign(Tensor(3))
    #expect(model.namedParameters()[2].parameter.value.scalar == 3)
  }

  @Test("Gradients by name equal those of gradients(of:), and are zero for an unused parameter")
  func gradientsByName() {
    let model = Model<Double>()
    let vector = ParameterVector(model)
    for factor in [1.0, -2] {
      let loss = factor * model.loss(x)
      let expected = gradients(
        of: loss, withRespectTo: model.namedParameters().map(\.parameter.value))
      vector.differentiate(loss)
      let result = vector.gradientsByName()
      #expect(result.map(\.name) == ["dense.weight", "dense.bias", "scale", "unused", "last"])
      #expect(result.map(\.gradient.scalars) == expected.map(\.scalars))
      #expect(result.map(\.gradient.shape) == [[3, 7], [7], [], [5], [17]])
      #expect(result[3].gradient.scalars == [0, 0, 0, 0, 0])
      let norm = expected.reduce(0) { $0 + $1.squared().sum().scalar }.squareRoot()
      #expect(abs(vector.gradientNorm - norm) < 1e-12 * norm)
    }
    vector.differentiate(Tensor(1))
    #expect(vector.gradientNorm == 0)
  }

  @Test("A loss computed before the parameter vector was made has the right gradient")
  func earlierLoss() {
    let model = Model<Double>()
    let loss = model.loss(x)
    let expected = gradients(
      of: loss, withRespectTo: model.namedParameters().map(\.parameter.value))
    let vector = ParameterVector(model)
    vector.differentiate(loss)
    #expect(vector.gradientsByName().map(\.gradient.scalars) == expected.map(\.scalars))
    #expect(vector.gradientNorm > 0)
  }

  @Test("Other gradient computations and those of a parameter vector do not affect each other")
  func separateWalks() {
    let model = Model<Double>()
    let vector = ParameterVector(model)
    vector.differentiate(model.loss(x))
    let before = vector.gradientsByName().map(\.gradient.scalars)
    let other = gradients(of: 10 * model.loss(x), withRespectTo: [model.scale.value])
    #expect(vector.gradientsByName().map(\.gradient.scalars) == before)
    #expect(abs(other[0].scalar - 10 * before[2][0]) < 1e-12 * abs(other[0].scalar))
    let kept = other[0].scalar
    vector.differentiate(model.loss(-x))
    #expect(other[0].scalar == kept)
  }

  @Test("The gaps between the parameters of a vector stay zero", arguments: [0, 0.1])
  func gaps(weightDecay: Double) {
    let model = Model<Double>()
    let optimizerState = OptimizerState(
      of: model, by: Adam(learningRate: 0.1, weightDecay: weightDecay))
    for _ in 0..<5 { optimizerState.minimize(model.loss(x)) }
    let vector = optimizerState.parameters
    let used = Set(vector.ranges.joined())
    #expect(vector.ranges.map(\.lowerBound) == [0, 32, 48, 64, 80])
    #expect(vector.ranges.map(\.count) == [21, 7, 1, 5, 17])
    for buffer in [vector.values, vector.gradients] + optimizerState.slots {
      let scalars = buffer.scalars
      #expect(scalars.count == 97)
      #expect(scalars.indices.allSatisfy { used.contains($0) || scalars[$0] == 0 })
      #expect(used.contains { scalars[$0] != 0 })
    }
  }

  @Test("The gradient of a parameter that the loss does not use is reset to zero")
  func independence() {
    let model = Model<Double>()
    let vector = ParameterVector(model)
    vector.differentiate(model.loss(x))
    #expect(vector.gradientsByName().filter { $0.gradient.scalars.contains { $0 != 0 } }.count > 1)
    vector.differentiate(model.scale.value.sum())
    for (name, gradient) in vector.gradientsByName() {
      #expect(gradient.scalars.allSatisfy { $0 == (name == "scale" ? 1 : 0) }, "\(name)")
    }
    vector.differentiate(Tensor(1))
    #expect(vector.gradientNorm == 0)
  }

  @Test("An optimizer can take a step with a module without parameters")
  func empty() {
    struct Nothing: Module { typealias Scalar = Double }
    let optimizerState = OptimizerState(of: Nothing(), by: Adam())
    optimizerState.minimize(Tensor(1))
    #expect(optimizerState.step == 1 && optimizerState.parameters.gradientNorm == 0)
  }

  @Test("Differentiating with a vector whose parameters belong to a newer vector stops the program")
  func takenOver() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Model<Double>()
      let first = ParameterVector(model)
      let second = ParameterVector(model)
      second.differentiate(model.scale.value)
      first.differentiate(model.scale.value)
    }
    expectMessage(result, "the parameter dense.weight was moved to a later")
  }
}
