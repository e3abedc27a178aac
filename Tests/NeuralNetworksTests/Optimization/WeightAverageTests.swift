import Foundation
import NeuralNetworks
import TestSupport
import Testing

@Suite("Moving average of weights")
struct WeightAverageTests {
  /// A dense layer followed by a batch norm.
  struct Network: Module {
    typealias Scalar = Double
    let dense: Dense<Double>
    let norm: BatchNorm<Double>

    init(seed: UInt64 = 1) {
      var generator = Philox(seed: seed)
      dense = Dense(3, 2, using: &generator)
      norm = BatchNorm(2)
    }

    func callAsFunction(_ x: Tensor<Double>, mode: Mode) -> Tensor<Double> {
      norm(dense(x, mode: mode), mode: mode)
    }

    var parameters: [[Double]] { namedParameters().map(\.parameter.value.scalars) }
    var statistics: [[Double]] { namedBuffers().map(\.buffer.value.scalars) }
  }

  static func batch(_ index: Int, rows: Int = 5) -> Tensor<Double> {
    var generator = Philox(seed: 7).split(index)
    return 2 * .normal([rows, 3], using: &generator) + 1
  }

  private func train(
    _ network: Network, _ optimizerState: OptimizerState<Double>, steps: Range<Int>
  ) {
    for step in steps {
      let y = network(Self.batch(step), mode: .training)
      optimizerState.minimize((y * y * y).sum())
    }
  }

  @Test("The average of the weights is their mean over the first steps and exponential after them")
  func followsItsFormula() {
    let network = Network()
    let optimizerState = OptimizerState(
      of: network, by: Adam(learningRate: 0.1), averageDecay: 0.75)
    var expected = network.parameters
    for step in 1...9 {
      train(network, optimizerState, steps: step..<step + 1)
      let rate = max(0.25, 1 / Double(step))
      expected = zip(expected, network.parameters).map { average, now in
        zip(average, now).map { $0 + rate * ($1 - $0) }
      }
      let average = optimizerState.average!.withAverage { network.parameters }
      for (found, expected) in zip(average.joined(), expected.joined()) {
        #expect(abs(found - expected) <= 1e-14, "step \(step)")
      }
    }
  }

  @Test(
    "Training is not affected by using the average of the weights and its statistics"
  )
  func leavesTrainingAlone() {
    let (with, without) = (Network(), Network())
    let averaged = OptimizerState(of: with, by: Adam(), averageDecay: 0.9)
    let plain = OptimizerState(of: without, by: Adam())
    train(with, averaged, steps: 0..<4)
    train(without, plain, steps: 0..<4)
    averaged.average!.withAverage {
      #expect(with.parameters != without.parameters)
      averagingStatistics { _ = with(Self.batch(50), mode: $0) }
    }
    #expect(with.parameters == without.parameters)
    #expect(with.statistics == without.statistics)
    train(with, averaged, steps: 4..<8)
    train(without, plain, steps: 4..<8)
    #expect(with.parameters == without.parameters)
  }

  /// Constants that an average computed with the weights 1 − rate and rate would change, because
  /// both weights are rounded to `Float`.
  struct Constants: Module {
    typealias Scalar = Float
    let values = Parameter(Tensor<Float>([0.1, 0.7, 1e30, -3]))
  }

  @Test(
    "The average of constant weights equals those weights exactly",
    arguments: [0.9, 0.9999, 1 - 1e-7, 1 - 1e-9])
  func keepsConstants(decay: Double) {
    let model = Constants()
    let optimizerState = OptimizerState(of: model, by: SGD(learningRate: 0), averageDecay: decay)
    for _ in 0..<3000 { optimizerState.update() }
    optimizerState.average!.withAverage {
      #expect(model.values.value.scalars == [0.1, 0.7, 1e30, -3])
    }
    let norm = BatchNorm<Float>(1, momentum: 1 - decay)
    norm.mean.assign(Tensor([0.7]))
    let batch = Tensor<Float>([0.6, 0.8], shape: [2, 1])
    let mean = batch.mean(axis: 0).scalars
    norm.mean.assign(Tensor(mean))
    for _ in 0..<3000 { _ = norm(batch, mode: .training) }
    #expect(norm.mean.value.scalars == mean)
  }

  @Test("A nested call of withAverage changes nothing")
  func nests() {
    let network = Network()
    let optimizerState = OptimizerState(of: network, by: Adam(learningRate: 0.1), averageDecay: 0.9)
    train(network, optimizerState, steps: 0..<4)
    let (trained, average) = (network.parameters, optimizerState.average!)
    average.withAverage {
      let averaged = network.parameters
      #expect(averaged != trained)
      average.withAverage { #expect(network.parameters == averaged) }
      #expect(network.parameters == averaged)
    }
    #expect(network.parameters == trained)
  }

  @Test("A step or a checkpoint inside withAverage stops the program")
  func refusesStepsWithin() async {
    let step = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Constants()
      let optimizerState = OptimizerState(of: model, by: Adam(), averageDecay: 0.9)
      optimizerState.average!.withAverage { optimizerState.minimize(model.values.value.sum()) }
    }
    expectMessage(step, "a step of the optimizer within withAverage")
    let checkpoint = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = Constants()
      let optimizerState = OptimizerState(of: model, by: Adam(), averageDecay: 0.9)
      try optimizerState.average!.withAverage {
        try Checkpoint.write(
          model, optimizerState: optimizerState, to: URL(fileURLWithPath: "/nowhere/a.safetensors"))
      }
    }
    expectMessage(checkpoint, "a checkpoint of the run within withAverage")
  }

  @Test("Statistics are estimated as means over the batches with equal weights")
  func estimatesStatistics() {
    let network = Network()
    let batches = (0..<6).map { Self.batch($0, rows: 4 + $0) }
    // The batches have several sizes, and one is used twice.
    averagingStatistics { mode in
      for x in batches + [batches[2]] { _ = network(x, mode: mode) }
    }
    var (means, variances) = ([0.0, 0.0], [0.0, 0.0])
    for x in batches + [batches[2]] {
      let (h, rows) = (network.dense(x, mode: .training), x.shape[0])
      for j in 0..<2 {
        let column = (0..<rows).map { h.scalars[2 * $0 + j] }
        let mean = column.reduce(0, +) / Double(rows)
        means[j] += mean / 7
        variances[j] +=
          column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows - 1) / 7
      }
    }
    for (found, expected) in zip(network.statistics.joined(), means + variances) {
      #expect(abs(found - expected) <= 1e-13 * max(1, abs(expected)))
    }
    let before = network.statistics
    averagingStatistics { _ in }
    #expect(network.statistics == before)
  }

  @Test("A checkpoint stores and restores the average of the weights and its statistics")
  func isSaved() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("average.safetensors")
      let network = Network()
      let optimizerState = OptimizerState(of: network, by: Adam(), averageDecay: 0.9)
      train(network, optimizerState, steps: 0..<3)
      optimizerState.average!.withAverage {
        averagingStatistics { _ = network(Self.batch(9), mode: $0) }
      }
      try Checkpoint.write(network, optimizerState: optimizerState, to: file)

      let other = Network(seed: 2)
      let resumed = OptimizerState(of: other, by: Adam(), averageDecay: 0.9)
      try Checkpoint.read(into: other, optimizerState: resumed, from: file)
      #expect(other.parameters == network.parameters)
      #expect(other.statistics == network.statistics)
      let (found, expected) = [(other, resumed), (network, optimizerState)].map {
        network, optimizerState in
        optimizerState.average!.withAverage { network.parameters + network.statistics }
      }.pair
      #expect(found == expected)
      #expect(found != network.parameters + network.statistics)

      // A run without an average ignores a stored one. A run with an average requires it.
      let plain = Network(seed: 3)
      try Checkpoint.read(
        into: plain, optimizerState: OptimizerState(of: plain, by: Adam()), from: file)
      #expect(plain.parameters == network.parameters)
      let bare = folder.appendingPathComponent("bare.safetensors")
      try Checkpoint.write(plain, optimizerState: OptimizerState(of: plain, by: Adam()), to: bare)
      let error = #expect(throws: CheckpointError.self) {
        try Checkpoint.read(into: other, optimizerState: resumed, from: bare)
      }
      #expect(error?.problem == .missing("average.parameters.dense.weight"))
    }
  }

  @Test("An average's decay outside of 0..<1 is refused", arguments: [-0.1, 1, 2])
  func refusesDecay(decay: Double) async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [decay] in
        _ = OptimizerState(of: Network(), by: Adam(), averageDecay: decay)
      }, "an average's decay of \(decay) lies outside of 0..<1")
  }
}

extension Array {
  fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
