import Foundation
import Tensors

/// How a learning rate, or any other coefficient, changes with time: a factor of its start value.
///
/// Time runs in whatever unit the caller steps in; the `Trainer` counts epochs, with fractions.
/// Durations and factors that make no schedule are refused at the first use of it, wherever in it they
/// stand.
public indirect enum Schedule: Sendable, Hashable {
  /// 1 at all times.
  case constant
  /// `factor` to the number of times that `period` has passed; a time that rounding has put a few units
  /// in the last place below a multiple of the period counts as that multiple.
  case step(period: Double, factor: Double)
  /// `rateᵗ`, of a rate that is finite and not negative.
  case exponential(rate: Double)
  /// From 1 down to `final` along half a cosine over `duration`, and `final` thereafter
  /// (Loshchilov and Hutter, 2017).
  case cosine(duration: Double, final: Double = 0)
  /// Linearly from 0 to 1 over `duration`, then another schedule, whose time starts there. A duration
  /// of 0 is none.
  case warmUp(duration: Double, then: Schedule)

  /// The factor at a time from 0.
  public func factor(at time: Double) -> Double {
    require(time >= 0, "a schedule was asked for time \(time)")
    check()
    return factor(at: time, since: 0)
  }

  /// Stops where a number makes no schedule.
  package func check() {
    func require(_ value: Double, _ name: String, _ isValid: Bool, _ domain: String) {
      Tensors.require(
        isValid && value.isFinite, "a schedule's \(name) of \(value) is not \(domain)")
    }
    switch self {
    case .constant: break
    case .step(let period, let factor):
      require(period, "period", period > 0, "positive")
      require(factor, "factor", factor >= 0, "finite and at least 0")
    case .exponential(let rate): require(rate, "rate", rate >= 0, "finite and at least 0")
    case .cosine(let duration, let final):
      require(duration, "duration", duration > 0, "positive")
      require(final, "final factor", final >= 0, "finite and at least 0")
    case .warmUp(let duration, let then):
      require(duration, "duration", duration >= 0, "finite and at least 0")
      then.check()
    }
  }

  /// The factor at a time, of a schedule that started at another.
  private func factor(at time: Double, since start: Double) -> Double {
    let elapsed = time - start
    switch self {
    case .constant: return 1
    case .step(let period, let factor):
      let periods = elapsed / period
      // The time, such as 3/10, its difference from the start and the quotient are rounded.
      let rounding = 4 * time.ulp / period + 2 * periods.ulp
      let nearest = periods.rounded()
      let isAtStep = abs(periods - nearest) <= min(rounding, 0.25)
      return pow(factor, isAtStep ? nearest : periods.rounded(.down))
    case .exponential(let rate): return pow(rate, elapsed)
    case .cosine(let duration, let final):
      let progress = min(elapsed / duration, 1)
      return final + (1 - final) * (1 + cos(.pi * progress)) / 2
    case .warmUp(let duration, let then):
      return elapsed < duration
        ? elapsed / duration : then.factor(at: time, since: start + duration)
    }
  }
}
