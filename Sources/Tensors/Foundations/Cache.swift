/// Values that are made once and kept: the ones made last, up to a number and a total weight.
///
/// A value is made outside of the lock, so that its making may ask the same cache for other values.
/// If two threads make a value for the same key at once, both get the one that was stored first.
/// Values that are dropped are released outside of the lock too.
package final class Cache<Key: Sendable, Value: Sendable>: Sendable {
  private let capacity: Int
  private let weightLimit: Int
  private let weight: @Sendable (Value) -> Int
  /// From the last one made to the first.
  private let entries = Lock<[(key: Key, value: Value)]>([])

  /// - Parameters:
  ///   - capacity: The largest number of values that are kept.
  ///   - weightLimit: The largest total weight of the values. The last one is kept whatever it weighs.
  ///   - weight: The weight of a value.
  package init(
    capacity: Int, weightLimit: Int = .max, weight: @escaping @Sendable (Value) -> Int = { _ in 0 }
  ) {
    (self.capacity, self.weightLimit, self.weight) = (capacity, weightLimit, weight)
  }

  /// The value of the key for which `isMatch` holds, or one that is made and stored for `key`.
  package func value(
    where isMatch: (Key) -> Bool, key: @autoclosure () -> Key, make: () throws -> Value
  ) rethrows -> Value {
    if let known = entries.withLock({ $0.first { isMatch($0.key) }?.value }) { return known }
    let (made, new) = (try make(), key())
    let (value, dropped) = entries.withLock { entries in
      if let known = entries.first(where: { isMatch($0.key) })?.value { return (known, []) }
      entries.insert((new, made), at: 0)
      var (count, total) = (1, weight(made))
      while count < min(entries.count, capacity) {
        let added = weight(entries[count].value)
        if added > weightLimit - total { break }
        (count, total) = (count + 1, total + added)
      }
      defer { entries.removeLast(entries.count - count) }
      return (made, entries[count...].map { $0.value })
    }
    _ = dropped
    return value
  }

  /// The weight of all values that are kept.
  package var totalWeight: Int { entries.withLock { $0.reduce(0) { $0 + weight($1.value) } } }
}

extension Cache where Key: Equatable {
  /// The value of a key, made if it is not there.
  package func value(for key: Key, make: () throws -> Value) rethrows -> Value {
    try value(where: { $0 == key }, key: key, make: make)
  }
}
