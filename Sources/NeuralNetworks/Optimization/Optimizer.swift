import CKernels
import Tensors

/// An update rule: it moves parameters against their gradients.
///
/// A rule is a value without state. Its buffers, the slots, are kept by `OptimizerState`; each is a
/// flat vector as long as the parameters.
public protocol Optimizer: Sendable {
  /// The learning rate before a schedule's factor.
  var learningRate: Double { get }

  /// The names of the buffers that the rule needs.
  var slotNames: [String] { get }

  /// Updates a range of the parameters; `step` counts from 1. It may be called concurrently for
  /// several ranges of one step.
  func update<Scalar: TensorScalar>(_ range: UpdateRange<Scalar>, step: Int, learningRate: Double)
}

/// A range of the parameters with their gradients and the rule's buffers, for one update.
public struct UpdateRange<Scalar: TensorScalar> {
  /// The parameters, to be updated.
  public let parameters: UnsafeMutableBufferPointer<Scalar>
  /// The gradients, which must be multiplied by `gradientScale`.
  public let gradients: UnsafeBufferPointer<Scalar>
  /// The buffers in the order of `slotNames`, to be updated.
  public let slots: [UnsafeMutableBufferPointer<Scalar>]
  /// The factor of the gradients; below 1 if they are clipped.
  public let gradientScale: Scalar
}

/// Adam (Kingma and Ba, 2015) and, with weight decay, AdamW (Loshchilov and Hutter, 2019).
///
/// Settings are checked when they are set and when they are changed. `1 − β` is computed in double,
/// so that a `β` as close to 1 as `1 − 10⁻⁸` is accurate in `Float` too.
public struct Adam: Optimizer {
  /// The learning rate before a schedule's factor; finite and not negative. The rate and its product
  /// with the schedule's factor are 0 or normal numbers of the parameters' type: a smaller rate would
  /// train nothing.
  public var learningRate: Double { didSet { check() } }
  /// The decay of the running mean of the gradients, in `0..<1`.
  public var beta1: Double { didSet { check() } }
  /// The decay of the running mean of their squares, in `0..<1`.
  public var beta2: Double { didSet { check() } }
  /// The constant that is added to the root of the mean square.
  ///
  /// It must be at least the square root of the least normal number of the parameters' type, about
  /// 10⁻¹⁹ for `Float`. The squares of smaller gradients underflow, and steps would be divided by
  /// almost zero.
  public var epsilon: Double { didSet { check() } }
  /// The decoupled weight decay: each step subtracts `rate·weightDecay` times the parameter. Finite
  /// and not negative.
  public var weightDecay: Double { didSet { check() } }

  /// Adam with the usual defaults.
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
    // Where all gradients are zero, a step is 0/ε.
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

  /// The two running means.
  public var slotNames: [String] { ["first_moment", "second_moment"] }

  /// One step of Adam.
  public func update<Scalar: TensorScalar>(
    _ range: UpdateRange<Scalar>, step: Int, learningRate: Double
  ) {
    let least = Scalar.leastNormalMagnitude.squareRoot()
    require(
      Scalar(epsilon) >= least,
      "an epsilon of \(epsilon) is too small for parameters of \(Scalar.self), in which the squares "
        + "of gradients underflow; it must be at least \(least)")
    requireValue(of: learningRate, in: Scalar.self, "learning rate")
    requireValue(of: epsilon, in: Scalar.self, "epsilon")
    requireValue(of: weightDecay, in: Scalar.self, "weight decay")
    let adam = LGAdam(
      g_scale: Double(range.gradientScale), rate: learningRate, m_pace: 1 - beta1,
      v_pace: 1 - beta2, epsilon: epsilon, m_scale: 1 / (1 - power(beta1, step)),
      v_scale: 1 / (1 - power(beta2, step)), decay: weightDecay)
    Scalar.kernels.networks.adam(
      adam, range.parameters.count, range.gradients.baseAddress!, range.parameters.baseAddress!,
      range.slots[0].baseAddress!, range.slots[1].baseAddress!)
  }
}

/// Stochastic gradient descent with momentum: `v ← momentum·v + g`, `p ← p − rate·v`.
///
/// Settings are checked when they are set and when they are changed.
public struct SGD: Optimizer {
  /// The learning rate before a schedule's factor; finite and not negative.
  public var learningRate: Double { didSet { check() } }
  /// The decay of the velocity, in `0..<1`.
  public var momentum: Double { didSet { check() } }

  /// Gradient descent; plain gradient descent if `momentum` is 0.
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
    let step = LGMomentum(
      g_scale: Double(range.gradientScale), rate: learningRate, momentum: momentum)
    Scalar.kernels.networks.momentum(
      step, range.parameters.count, range.gradients.baseAddress!,
      range.parameters.baseAddress!, range.slots[0].baseAddress!)
  }
}

private func checkRate(_ rate: Double) {
  require(rate >= 0 && rate.isFinite, "a learning rate of \(rate) is negative or not finite")
}
