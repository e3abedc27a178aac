import Inference
import NeuralNetworks
import Tensors

/// Training steps on random binary images, the same as in the peers' programs, such as
/// `torch_graph_vae.py`.
final class StepTimer<Model: LatentVariableModel> {
  private let model: Model
  private let optimizerState: OptimizerState<Model.Scalar>
  private let batches: [Tensor<Model.Scalar>]
  private let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
  private var generator: Philox
  /// The loss of the last step.
  private(set) var loss = 0.0

  init(_ model: Model, batch: Int, pixels: Int, generator: Philox) {
    self.model = model
    self.generator = generator
    optimizerState = OptimizerState(of: model, by: Adam(learningRate: 1e-3))
    var stream = generator.split(1)
    batches = (0..<50).map { _ in
      Tensor.uniform([batch, pixels], using: &stream) .< 0.2
    }
  }

  func step(_ index: Int) {
    let objective = strategy.objective(
      of: batches[index % batches.count], under: model, mode: .training, time: 0, using: &generator)
    optimizerState.minimize(objective.loss)
    loss = Double(objective.loss.scalar)
  }

  /// The median time of a step in milliseconds, after a warm-up of 20 steps, and the number of
  /// system allocations during the timed steps.
  func measure(steps: Int) -> (milliseconds: Double, systemAllocations: Int) {
    for index in 0..<20 { step(index) }
    let allocations = MemoryPool.systemAllocations
    let clock = ContinuousClock()
    let times = (0..<steps).map { index in clock.measure { step(index) } }
    return (
      1e3 * (times.sorted()[steps / 2] / .seconds(1)),
      MemoryPool.systemAllocations - allocations
    )
  }
}
