import Tensors

/// The median wall-clock time of `body`, in seconds.
///
/// The first call is not counted: it fills caches and buffers. Then come at least 5 calls, and more
/// until `budget` seconds have passed, but no more than 200: as the peers are timed. What `body`
/// returns is kept alive until the clock is read, so that its release is not timed.
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
