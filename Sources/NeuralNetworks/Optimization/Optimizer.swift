import Tensors

/// A rule that moves parameters against their gradients.
///
/// A rule is a value without state. What it remembers between steps, its slots, is kept by
/// `Optimization` in flat buffers as long as the parameters.
public protocol Optimizer: Sendable {
  /// The rate before any schedule.
  var learningRate: Double { get }

  /// The names of the buffers that the rule keeps.
  var slotNames: [String] { get }

  /// Moves a range of the parameters; `step` counts from 1. May be called for several ranges of a
  /// step at once.
  func update<Scalar: TensorScalar>(_ range: UpdateRange<Scalar>, step: Int, learningRate: Double)
}

/// A stretch of the parameters, their gradients and the rule's slots, for one update.
public struct UpdateRange<Scalar: TensorScalar> {
  /// The parameters, which are changed.
  public let parameters: UnsafeMutableBufferPointer<Scalar>
  /// The gradients, to be multiplied by `gradientScale`.
  public let gradients: UnsafeBufferPointer<Scalar>
  /// The slots in the order of the rule's names, which are changed.
  public let slots: [UnsafeMutableBufferPointer<Scalar>]
  /// The factor of the gradients, below 1 where they are clipped.
  public let gradientScale: Scalar
}

/// Adam (Kingma and Ba, 2015), and with a weight decay AdamW (Loshchilov and Hutter, 2019).
///
/// Settings are checked when they are made and when they are changed. `1 − β` is computed in double, so
/// that a `β` as near to 1 as `1 − 10⁻⁸` works in `Float` too.
public struct Adam: Optimizer {
  /// The rate before any schedule; finite and not negative. It and its product with the schedule's
  /// factor have normal values in the parameters' type, or are 0: one below would train nothing.
  public var learningRate: Double { didSet { check() } }
  /// How slowly the mean of the gradients moves, in `0..<1`.
  public var beta1: Double { didSet { check() } }
  /// How slowly the mean of their squares moves, in `0..<1`.
  public var beta2: Double { didSet { check() } }
  /// What is added to the root of the mean square.
  ///
  /// It is at least the root of the least normal number of the parameters' type, 10⁻¹⁹ for `Float`: the
  /// squares of gradients vanish below it, and steps would be divided by nothing.
  public var epsilon: Double { didSet { check() } }
  /// The decoupled decay: each step takes `rate·weightDecay` of each parameter; finite, not negative.
  public var weightDecay: Double { didSet { check() } }

  /// Adam with the usual constants.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    check()
  }

  private func check() {
    checkRate(learningRate)
    require(
      (0..<1).contains(beta1) && (0..<1).contains(beta2),
      "betas \(beta1), \(beta2) lie outside of 0..<1")
    // Where gradients are zero a step is 0/ε.
    require(
      epsilon > 0 && epsilon.isFinite, "an epsilon of \(epsilon) is not positive and finite")
    require(
      weightDecay >= 0 && weightDecay.isFinite,
      "a weight decay of \(weightDecay) is negative or not finite")
  }

  /// AdamW: Adam with a decoupled weight decay.
  public static func withWeightDecay(_ decay: Double = 1e-2, learningRate: Double = 1e-3) -> Adam {
    Adam(learningRate: learningRate, weightDecay: decay)
  }

  /// The two means.
  public var slotNames: [String] { ["first_moment", "second_moment"] }

  /// One step of Adam.
  public func update<Scalar: TensorScalar>(
    _ range: UpdateRange<Scalar>, step: Int, learningRate: Double
  ) {
    let least = Scalar.leastNormalMagnitude.squareRoot()
    require(
      Scalar(epsilon) >= least,
      "an epsilon of \(epsilon) is too small for parameters of \(Scalar.self), in which the squares "
        + "of gradients vanish below it; it takes \(least) or more")
    requireValue(of: learningRate, in: Scalar.self, "learning rate")
    requireValue(of: epsilon, in: Scalar.self, "epsilon")
    requireValue(of: weightDecay, in: Scalar.self, "weight decay")
    Scalar.kernels.networks.adam(
      range.parameters.baseAddress!, range.gradients.baseAddress!, range.slots[0].baseAddress!,
      range.slots[1].baseAddress!, range.parameters.count, range.gradientScale,
      Scalar(learningRate), Scalar(1 - beta1), Scalar(1 - beta2), Scalar(epsilon),
      Scalar(1 / (1 - power(beta1, step))), Scalar(1 / (1 - power(beta2, step))),
      Scalar(weightDecay))
  }
}

/// Stochastic gradient descent with momentum: `v ← momentum·v + g`, `p ← p − rate·v`.
///
/// Settings are checked when they are made and when they are changed.
public struct SGD: Optimizer {
  /// The rate before any schedule; finite and not negative.
  public var learningRate: Double { didSet { check() } }
  /// How much of the last step is kept, in `0..<1`.
  public var momentum: Double { didSet { check() } }

  /// Gradient descent; without momentum, plain.
  public init(learningRate: Double, momentum: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    check()
  }

  private func check() {
    checkRate(learningRate)
    require((0..<1).contains(momentum), "a momentum of \(momentum) lies outside of 0..<1")
  }

  /// The velocity.
  public var slotNames: [String] { ["velocity"] }

  /// One step of gradient descent.
  public func update<Scalar: TensorScalar>(
    _ range: UpdateRange<Scalar>, step: Int, learningRate: Double
  ) {
    requireValue(of: learningRate, in: Scalar.self, "learning rate")
    requireValue(of: momentum, in: Scalar.self, "momentum")
    Scalar.kernels.networks.momentum(
      range.parameters.baseAddress!, range.gradients.baseAddress!, range.slots[0].baseAddress!,
      range.parameters.count, range.gradientScale, Scalar(learningRate), Scalar(momentum))
  }
}

private func checkRate(_ rate: Double) {
  require(rate >= 0 && rate.isFinite, "a learning rate of \(rate) is negative or not finite")
}

/// Stops where a setting, finite in double and not negative, is infinite in the type of the parameters, or
/// so small that it is 0 there or has lost digits.
func requireValue<Scalar: TensorScalar>(
  of setting: Double, in type: Scalar.Type, _ name: StaticString
) {
  require(
    Scalar(setting).isFinite,
    "the \(name) of \(setting) exceeds the largest \(type), \(type.greatestFiniteMagnitude)")
  require(
    setting == 0 || Scalar(setting).isNormal,
    "the \(name) of \(setting) is below the least \(type) that has all digits, "
      + "\(type.leastNormalMagnitude); take a larger one, or 0 for none")
}
