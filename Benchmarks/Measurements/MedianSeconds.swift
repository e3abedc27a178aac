import Tensors

/// The median wall-clock time of `body`, in seconds.
///
/// The first call is not timed, because it fills caches and buffers. Then at least 5 calls are
/// timed, and more until `budget` seconds have passed, up to 200; the peers are timed in the same
/// way. The result of `body` is kept alive until the clock is read, so that its release is not
/// timed.
package func medianSeconds<Result>(
  budget: Double = 1, _ body: () throws -> Result
) rethrows -> Double {
  require(budget >= 0, "a budget of \(budget) seconds")
  let clock = ContinuousClock()
  let limit = Duration.seconds(budget)
  _ = try body()
  var times: [Duration] = []
  let start = clock.now
  while times.count < 5 || (times.count < 200 && clock.now - start < limit) {
    let before = clock.now
    let result = try body()
    times.append(clock.now - before)
    withExtendedLifetime(result) {}
  }
  return times.sorted()[times.count / 2] / .seconds(1)
}
