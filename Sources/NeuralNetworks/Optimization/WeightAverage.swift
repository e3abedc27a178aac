import Tensors

/// The exponential moving average of a module's parameters over the steps of training, with the
/// statistics of batch norms that belong to it (Polyak and Juditsky, 1992; Izmailov et al., 2018).
///
///     rate ← max(1 − decay, 1/step)
///     average ← average + rate·(parameters − average)
///
/// So the average is the plain mean of the first `1/(1 − decay)` steps, without a bias towards the
/// initial values, and forgets exponentially after them. Training does not depend on it. Running
/// statistics of batch norms are those of the trained parameters and not of the average: estimate
/// them anew by `averagingStatistics` within `withAverage`.
///
/// Memory: one buffer as long as the parameters. An update costs one pass over it.
public final class WeightAverage<Scalar: TensorScalar> {
  /// How much of the average a step keeps in the long run, in `0..<1`.
  public let decay: Double

  private let parameters: ParameterVector<Scalar>
  private let average: Tensor<Scalar>
  private let statistics: [(name: String, statistic: Statistic<Scalar>)]
  /// The statistics that are not in the module at the moment: those of the average, and within
  /// `withAverage` those of the trained parameters.
  private var otherStatistics: [Tensor<Scalar>]
  /// Whether the module has the average as its parameters.
  private var isExchanged = false

  init(of module: some Module<Scalar>, _ parameters: ParameterVector<Scalar>, decay: Double) {
    require((0..<1).contains(decay), "an average's decay of \(decay) lies outside of 0..<1")
    self.decay = decay
    self.parameters = parameters
    average = parameters.values.snapshot()
    statistics = module.namedStatistics()
    otherStatistics = statistics.map { $0.statistic.value.snapshot() }
  }

  /// Moves a range of the average towards the parameters after a step, which counts from 1.
  func update(_ range: Range<Int>, step: Int) {
    let rate = max(1 - decay, 1 / Double(step))
    moveTowards(
      parameters.values.pointer + range.lowerBound, average.mutablePointer + range.lowerBound,
      count: range.count, by: rate)
  }

  /// The result of `body`, for which the module has the average as its parameters, and the
  /// statistics that belong to it. Afterwards it has its own ones again, bit for bit; statistics that
  /// `body` has changed are kept for the next call. Within another call of this the module keeps the
  /// average. Neither a step of the optimizer nor a checkpoint of the run can be made in `body`: they
  /// would take the average for the trained parameters, and stop.
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
      "\(purpose) within withAverage, where the module has the average as its parameters; "
        + "it belongs outside")
  }

  private func exchange() {
    isExchanged.toggle()
    let held = parameters.values.snapshot()
    parameters.values.overwrite(with: average)
    average.overwrite(with: held)
    parameters.markAssigned()
    for (index, member) in statistics.enumerated() {
      let held = member.statistic.value
      member.statistic.assign(otherStatistics[index])
      otherStatistics[index] = held
    }
  }

  /// Whether no element of the average is infinite or NaN.
  public var isFinite: Bool { average.isFinite }

  /// The average of each parameter; each shares this average's memory.
  func namedParameters() -> [(name: String, tensor: Tensor<Scalar>)] {
    parameters.parts(of: average)
  }

  /// The statistics of the average outside of `withAverage`, and what replaces them.
  func namedStatistics()
    -> [(name: String, value: Tensor<Scalar>, assign: (Tensor<Scalar>) -> Void)]
  {
    statistics.indices.map { index in
      (statistics[index].name, otherStatistics[index], { self.otherStatistics[index] = $0 })
    }
  }
}

/// `y ← y + rate·(x − y)`: where `x` and `y` agree nothing changes, and at a rate of 1 `y` is `x`.
///
/// In `(1 − rate)·y + rate·x` the two weights would be rounded each by itself; their sum then differs
/// from 1, and what a small rate adds up to is off by a factor.
func moveTowards<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, count: Int, by rate: Double
) {
  if rate == 1 { return y.update(from: x, count: count) }
  let kernels = Scalar.kernels.elementwise
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(count, 1)) { memory in
    let difference = memory.baseAddress!
    kernels.binary(.subtract, x, 0, 1, y, 0, 1, difference, 1, count)
    kernels.affine(difference, Scalar(rate), 0, y, count, 1)
  }
}
