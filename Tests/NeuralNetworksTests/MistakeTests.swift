import NeuralNetworks
import TestSupport
import Testing

private let mistakes: [Mistake] = [
  .init("a dense layer from 0 to 2 features") {
    var generator = Philox(seed: 1)
    _ = Dense<Float>(0, 2, using: &generator)
  },
  .init("no product of shapes [1, 2] and [3, 2]") {
    var generator = Philox(seed: 1)
    _ = Dense<Float>(3, 2, using: &generator)(.ones([1, 2]))
  },
  .init("a perceptron of sizes [3] has no layer") {
    var generator = Philox(seed: 1)
    _ = MLP<Float>([3], using: &generator)
  },
  .init("a batch norm of 3 features got 2") {
    _ = BatchNorm<Float>(3)(.ones([4, 2]), mode: .training)
  },
  .init("a batch norm in training got a batch of 1, which has no variance") {
    _ = BatchNorm<Float>(3)(.ones([1, 3]), mode: .training)
  },
  .init("an epsilon of 0.0 is not positive") { _ = BatchNorm<Float>(3, epsilon: 0) },
  .init("a momentum of 2.0 lies outside of 0...1") { _ = BatchNorm<Float>(3, momentum: 2) },
  .init("a learning rate of -1.0 is negative") { _ = Adam(learningRate: -1) },
  .init("a learning rate of nan is negative or not finite") { _ = SGD(learningRate: .nan) },
  .init("a learning rate of nan is negative or not finite") {
    var adam = Adam()
    adam.learningRate = .nan
  },
  .init("a learning rate of inf is negative or not finite") {
    var sgd = SGD(learningRate: 1)
    sgd.learningRate = .infinity
  },
  .init("the learning rate of 1e+39 exceeds the largest Float") {
    let layer = BatchNorm<Float>(1)
    OptimizerState(of: layer, by: Adam(learningRate: 1e39)).update()
  },
  .init("the learning rate of 1e+39 exceeds the largest Float") {
    let layer = BatchNorm<Float>(1)
    OptimizerState(of: layer, by: SGD(learningRate: 1e39)).update()
  },
  .init("the weight decay of 1e+39 exceeds the largest Float") {
    let layer = BatchNorm<Float>(1)
    OptimizerState(of: layer, by: Adam(weightDecay: 1e39)).update()
  },
  .init("the epsilon of 1e+39 exceeds the largest Float") {
    let layer = BatchNorm<Float>(1)
    OptimizerState(of: layer, by: Adam(epsilon: 1e39)).update()
  },
  .init("the learning rate of 1e-60 is below the least Float that has all digits") {
    OptimizerState(of: BatchNorm<Float>(1), by: Adam(learningRate: 1e-60)).update()
  },
  .init("the learning rate of 1e-40 is below the least Float that has all digits") {
    OptimizerState(of: BatchNorm<Float>(1), by: SGD(learningRate: 1e-40)).update()
  },
  .init("is below the least Float that has all digits") {
    OptimizerState(of: BatchNorm<Float>(1), by: Adam()).update(rateFactor: 1e-40)
  },
  .init("the learning rate of 1e-200 times the schedule's 1e-200 is 0") {
    OptimizerState(of: BatchNorm<Double>(1), by: Adam(learningRate: 1e-200))
      .update(rateFactor: 1e-200)
  },
  .init("the weight decay of 1e-60 is below the least Float that has all digits") {
    OptimizerState(of: BatchNorm<Float>(1), by: Adam(weightDecay: 1e-60)).update()
  },
  .init("the momentum of 1e-60 is below the least Float that has all digits") {
    OptimizerState(of: BatchNorm<Float>(1), by: SGD(learningRate: 1, momentum: 1e-60)).update()
  },
  .init("the limit on the gradient's norm of 1e-60 is below the least Float") {
    _ = OptimizerState(of: BatchNorm<Float>(1), by: Adam(), gradientNormLimit: 1e-60)
  },
  .init("the scale of weights of 1e-60 is below the least Float") {
    var generator = Philox(seed: 1)
    let _: Tensor<Float> = Initializer.uniform(scale: 1e-60)(
      inputs: 2, outputs: 2, using: &generator)
  },
  .init("the initial weight of 1e+39 exceeds the largest Float") {
    var generator = Philox(seed: 1)
    let _: Tensor<Float> = Initializer.constant(1e39)(
      inputs: 2, outputs: 2, using: &generator)
  },
  .init("a momentum of -1.0 lies outside of 0..<1") {
    var sgd = SGD(learningRate: 1)
    sgd.momentum = -1
  },
  .init("betas 0.9, 1.0 lie outside of 0..<1") {
    var adam = Adam()
    adam.beta2 = 1
  },
  .init("betas -0.1, 0.999 lie outside of 0..<1") {
    var adam = Adam()
    adam.beta1 = -0.1
  },
  .init("an epsilon of nan is not positive and finite") {
    var adam = Adam()
    adam.epsilon = .nan
  },
  .init("a weight decay of inf is negative or not finite") {
    var adam = Adam()
    adam.weightDecay = .infinity
  },
  .init("an epsilon of 1e-50 is too small for parameters of Float") {
    OptimizerState(of: BatchNorm<Float>(3), by: Adam(epsilon: 1e-50)).minimize(Tensor(0))
  },
  .init("an epsilon of 1e-50 is out of the range of Float") {
    _ = BatchNorm<Float>(3, epsilon: 1e-50)
  },
  .init("the learning rate's factor is nan") {
    OptimizerState(of: BatchNorm<Float>(3), by: Adam()).minimize(Tensor(0), rateFactor: .nan)
  },
  .init("a schedule's factor of -0.5 is not finite and at least 0") {
    _ = Schedule.step(period: 1, factor: -0.5).factor(at: 0)
  },
  .init("a schedule's rate of -0.5 is not finite and at least 0") {
    _ = Schedule.exponential(rate: -0.5).factor(at: 1)
  },
  .init("a schedule's rate of nan is not finite and at least 0") {
    _ = Schedule.exponential(rate: .nan).factor(at: 1)
  },
  .init("a schedule's duration of -2.0 is not finite and at least 0") {
    _ = Schedule.warmUp(duration: -2, then: .constant).factor(at: 1)
  },
  .init("a schedule's duration of -1.0 is not positive") {
    // The nested schedule is checked even before it starts.
    _ = Schedule.warmUp(duration: 5, then: .cosine(duration: -1)).factor(at: 0)
  },
  .init("a schedule's final factor of -1.0 is not finite and at least 0") {
    _ = Schedule.cosine(duration: 1, final: -1).factor(at: 0)
  },
  .init("betas 0.9, 1.0 lie outside of 0..<1") { _ = Adam(beta2: 1) },
  .init("an epsilon of 0.0 is not positive") { _ = Adam(epsilon: 0) },
  .init("a weight decay of -0.1 is negative") { _ = Adam(weightDecay: -0.1) },
  .init("a momentum of 1.0 lies outside of 0..<1") { _ = SGD(learningRate: 1, momentum: 1) },
  .init("a limit of 0.0 on the gradient's norm is not positive") {
    _ = OptimizerState(of: BatchNorm<Float>(3), by: Adam(), gradientNormLimit: 0)
  },
  .init("a schedule was evaluated at time -1.0") { _ = Schedule.constant.factor(at: -1) },
  .init("a schedule's period of 0.0 is not positive") {
    _ = Schedule.step(period: 0, factor: 0.5).factor(at: 0)
  },
  .init("a schedule's duration of 0.0 is not positive") {
    _ = Schedule.cosine(duration: 0).factor(at: 0)
  },
  .init("a buffer of shape [3] was assigned one of shape [2]") {
    BatchNorm<Float>(3).mean.assign(.ones([2]))
  },
  .init("a tensor of shape [3] was assigned one of shape [2]") {
    BatchNorm<Float>(3).scale.assign(.ones([2]))
  },
]

@Suite("Mistakes of the caller with networks")
struct NetworkMistakeTests {
  @Test(
    "A mistake with networks stops the program with a message on standard error",
    arguments: mistakes.indices)
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try mistakes[index].commit()
    }
    expectMessage(result, mistakes[index])
  }
}
