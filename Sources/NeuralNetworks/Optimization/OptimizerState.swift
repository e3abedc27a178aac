import Foundation
import Tensors

/// The state of an optimizer for the parameters of a module: its buffers and its step count.
public final class OptimizerState<Scalar: TensorScalar> {
  /// The update rule.
  public let optimizer: any Optimizer
  /// The parameters.
  public let parameters: ParameterVector<Scalar>
  /// The largest norm of the gradient; a longer gradient is scaled down to it. `nil` for no limit.
  public let gradientNormLimit: Double?
  /// The number of steps so far.
  public internal(set) var step = 0
  /// The buffers of the rule, in the order of its `slotNames`.
  package let slots: [Tensor<Scalar>]
  /// The moving average of the parameters over the steps; `nil` if none was requested.
  public let average: WeightAverage<Scalar>?

  /// Creates the optimizer state for the parameters of a module, which are moved to one buffer.
  ///
  /// - Parameter averageDecay: The decay of a moving average of the parameters, in `0..<1`; `nil`
  ///   for no average.
  public init(
    of module: some Module<Scalar>, by optimizer: any Optimizer, gradientNormLimit: Double? = nil,
    averageDecay: Double? = nil
  ) {
    require(
      gradientNormLimit.map { $0 > 0 } ?? true,
      "a limit of \(gradientNormLimit ?? 0) on the gradient's norm is not positive")
    if let limit = gradientNormLimit, limit < 1 {
      requireValue(of: limit, in: Scalar.self, "limit on the gradient's norm")
    }
    self.optimizer = optimizer
    self.gradientNormLimit = gradientNormLimit
    let parameters = ParameterVector(module)
    self.parameters = parameters
    slots = optimizer.slotNames.map { _ in .zeros([parameters.count]) }
    average = averageDecay.map { WeightAverage(of: module, parameters, decay: $0) }
  }

  /// The parts of the rule's buffers for each parameter, which share the optimizer's memory.
  func namedSlots() -> [(slot: String, name: String, tensor: Tensor<Scalar>)] {
    zip(optimizer.slotNames, slots).flatMap { slotName, slot in
      parameters.parts(of: slot).map { (slotName, $0.name, $0.tensor) }
    }
  }

  /// Whether all parameters, buffers of the rule, and the average are free of NaN and infinities.
  public var isFinite: Bool {
    parameters.values.isFinite && slots.allSatisfy(\.isFinite) && average?.isFinite != false
  }

  /// Differentiates a loss of one element and updates the parameters by one step.
  ///
  /// - Parameter rateFactor: The factor of the learning rate, as given by a schedule.
  public func minimize(_ loss: Tensor<Scalar>, rateFactor: Double = 1) {
    parameters.differentiate(loss)
    update(rateFactor: rateFactor)
  }

  /// Updates the parameters by the gradients computed last.
  public func update(rateFactor: Double = 1) {
    require(
      rateFactor >= 0 && rateFactor.isFinite,
      "the learning rate's factor is \(rateFactor); it must be finite and not negative"
    )
    average?.requireTrainedParameters(for: "a step of the optimizer")
    step += 1
    let (source, scale) = clippedGradients()
    let rate = optimizer.learningRate * rateFactor
    require(
      rate > 0 || optimizer.learningRate == 0 || rateFactor == 0,
      "the learning rate of \(optimizer.learningRate) times the schedule's \(rateFactor) is 0")
    let values = parameters.values.mutablePointer
    let gradients = source.pointer
    let slots = slots.map { $0.mutablePointer }
    parallelFor(count: parameters.count, grain: Self.elementsPerPiece) { range in
      let (start, count) = (range.lowerBound, range.count)
      optimizer.update(
        UpdateRange(
          parameters: UnsafeMutableBufferPointer(start: values + start, count: count),
          gradients: UnsafeBufferPointer(start: gradients + start, count: count),
          slots: slots.map { UnsafeMutableBufferPointer(start: $0 + start, count: count) },
          gradientScale: scale),
        step: step, learningRate: rate)
      average?.update(range, step: step)
    }
    withExtendedLifetime(source) {}
    parameters.markAssigned()
  }

  /// The gradients, and the factor that scales their norm down to the limit.
  private func clippedGradients() -> (gradients: Tensor<Scalar>, scale: Scalar) {
    guard let limit = gradientNormLimit else { return (parameters.gradients, 1) }
    let (unit, norm) = parameters.gradientNormInUnits()
    let scale = unit * norm > limit ? limit / norm / unit : 1
    if scale >= Double(Scalar.leastNormalMagnitude) || !norm.isFinite {
      return (parameters.gradients, Scalar(scale))
    }
    // The factor would underflow or lose digits: it is applied in two steps.
    let root = norm.squareRoot()
    return (parameters.gradients / Scalar(unit) / Scalar(root), Scalar(limit / root))
  }

  private static var elementsPerPiece: Int { 1 << 15 }
}

/// `baseⁿ`, for the bias corrections of running means.
func power(_ base: Double, _ n: Int) -> Double { pow(base, Double(n)) }
