import Tensors

/// The exponential moving average of a module's parameters over the steps of training, with its own
/// statistics of batch norms (Polyak and Juditsky, 1992; Izmailov et al., 2018).
///
///     rate ← max(1 − decay, 1/step)
///     average ← average + rate·(parameters − average)
///
/// The average is therefore the plain mean of the first `1/(1 − decay)` steps, without a bias
/// toward the initial values; after that, old values are forgotten exponentially. The average does
/// not affect training. The running statistics of batch norms belong to the trained parameters, not
/// to the average: re-estimate them by `averagingStatistics` within `withAverage`.
///
/// Memory: one buffer as long as the parameters. An update is one pass over it.
public final class WeightAverage<Scalar: TensorScalar> {
  /// The weight of the old average in an update, after the first steps; in `0..<1`.
  public let decay: Double

  private let parameters: ParameterVector<Scalar>
  private let average: Tensor<Scalar>
  private let statistics: [(name: String, buffer: Buffer<Scalar>)]
  /// The statistics that the module does not use at the moment: outside of `withAverage` those of
  /// the average, within it those of the trained parameters.
  private var otherStatistics: [Tensor<Scalar>]
  /// Whether the module currently has the average as its parameters.
  private var isExchanged = false

  init(of module: some Module<Scalar>, _ parameters: ParameterVector<Scalar>, decay: Double) {
    require((0..<1).contains(decay), "an average's decay of \(decay) lies outside of 0..<1")
    self.decay = decay
    self.parameters = parameters
    average = parameters.values.snapshot()
    statistics = module.namedBuffers()
    otherStatistics = statistics.map { $0.buffer.value.snapshot() }
  }

  /// Updates a range of the average after a step, which counts from 1.
  func update(_ range: Range<Int>, step: Int) {
    let rate = max(1 - decay, 1 / Double(step))
    moveTowards(
      parameters.values.pointer + range.lowerBound, average.mutablePointer + range.lowerBound,
      count: range.count, by: rate)
  }

  /// Runs `body` while the module has the average as its parameters, with the statistics of the
  /// average.
  ///
  /// Afterward the trained parameters and their statistics are restored bit for bit. Statistics
  /// that `body` changes are kept for the next call. In a nested call the module keeps the average.
  /// `body` must not take a step of the optimizer or write a checkpoint of the run; both would
  /// mistake the average for the trained parameters, and stop the program.
  ///
  /// - Complexity: two exchanges of all parameters and statistics.
  public func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
    if isExchanged { return try body() }
    exchange()
    defer { exchange() }
    return try body()
  }

  /// Stops within `withAverage`.
  func requireTrainedParameters(for purpose: StaticString) {
    require(
      !isExchanged,
      "\(purpose) within withAverage, where the module's parameters are the average; "
        + "move it outside")
  }

  private func exchange() {
    isExchanged.toggle()
    let held = parameters.values.snapshot()
    parameters.values.overwrite(with: average)
    average.overwrite(with: held)
    parameters.markAssigned()
    for (index, member) in statistics.enumerated() {
      let held = member.buffer.value
      member.buffer.assign(otherStatistics[index])
      otherStatistics[index] = held
    }
  }

  /// Whether the average is free of NaN and infinities.
  public var isFinite: Bool { average.isFinite }

  /// The average of each parameter; each tensor shares the average's memory.
  func namedParameters() -> [(name: String, tensor: Tensor<Scalar>)] {
    parameters.parts(of: average)
  }

  /// The statistics of the average (outside of `withAverage`), and a function that replaces them.
  func namedBuffers()
    -> [(name: String, value: Tensor<Scalar>, assign: (Tensor<Scalar>) -> Void)]
  {
    statistics.indices.map { index in
      (statistics[index].name, otherStatistics[index], { self.otherStatistics[index] = $0 })
    }
  }
}
