/// The larger of two errors; infinite if the second is NaN, which `max` would drop.
public func largerError(_ largest: Double, _ error: Double) -> Double {
  error.isNaN ? .infinity : max(largest, error)
}
