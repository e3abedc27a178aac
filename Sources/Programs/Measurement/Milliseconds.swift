/// A time in milliseconds, with its unit.
package func milliseconds(_ time: Duration) -> String {
  let value = time / .milliseconds(1)
  return decimal(value, places: value < 10 ? 2 : 0) + " ms"
}
