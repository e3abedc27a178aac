import Foundation
import Tensors

/// The factor of a learning rate, or of any other coefficient, as a function of time.
///
/// The caller chooses the unit of time; `Trainer` counts epochs, including fractions. Invalid
/// durations and factors, also in nested schedules, stop the program at the first use of the
/// schedule.
public indirect enum Schedule: Sendable, Hashable {
  /// 1 at all times.
  case constant
  /// `factorⁿ`, where `n` is the number of complete periods. A time that is less than a multiple of
  /// the period only by rounding errors counts as that multiple.
  case step(period: Double, factor: Double)
  /// `rateᵗ`; the rate is finite and not negative.
  case exponential(rate: Double)
  /// From 1 to `final` along half a cosine over `duration`, then constant (Loshchilov and Hutter,
  /// 2017).
  case cosine(duration: Double, final: Double = 0)
  /// Linearly from 0 to 1 over `duration`, then another schedule, whose time starts at that point.
  /// A duration of 0 means no warm-up.
  case warmUp(duration: Double, then: Schedule)

  /// The factor at a time, at least 0.
  public func factor(at time: Double) -> Double {
    require(time >= 0, "a schedule was evaluated at time \(time); times are at least 0")
    check()
    return factor(at: time, since: 0)
  }

  /// Stops if a number of the schedule is invalid.
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

  /// The factor at a time for a schedule that starts at `start`.
  private func factor(at time: Double, since start: Double) -> Double {
    let elapsed = time - start
    switch self {
    case .constant: return 1
    case .step(let period, let factor):
      let periods = elapsed / period
      // The time (such as 3/10), its difference from the start and the quotient are all rounded.
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
