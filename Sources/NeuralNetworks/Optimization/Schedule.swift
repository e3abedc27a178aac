import Foundation
import Tensors

/// How a learning rate, or any other coefficient, changes with time: a factor of its start value.
///
/// Time runs in whatever unit the caller steps in; the `Trainer` counts epochs, with fractions.
public indirect enum Schedule: Sendable, Hashable {
  /// 1 at all times.
  case constant
  /// `factor` to the number of times that `period` has passed.
  case step(period: Double, factor: Double)
  /// `rateᵗ`.
  case exponential(rate: Double)
  /// From 1 down to `final` along half a cosine over `duration`, and `final` thereafter
  /// (Loshchilov and Hutter, 2017).
  case cosine(duration: Double, final: Double = 0)
  /// Linearly from 0 to 1 over `duration`, then another schedule, whose time starts there.
  case warmUp(duration: Double, then: Schedule)

  /// The factor at a time from 0.
  public func factor(at time: Double) -> Double {
    require(time >= 0, "a schedule was asked for time \(time)")
    switch self {
    case .constant: return 1
    case .step(let period, let factor):
      require(period > 0, "a schedule's period of \(period) is not positive")
      return pow(factor, (time / period).rounded(.down))
    case .exponential(let rate): return pow(rate, time)
    case .cosine(let duration, let final):
      require(duration > 0, "a schedule's duration of \(duration) is not positive")
      let progress = min(time / duration, 1)
      return final + (1 - final) * (1 + cos(.pi * progress)) / 2
    case .warmUp(let duration, let then):
      return time < duration ? time / duration : then.factor(at: time - duration)
    }
  }
}
