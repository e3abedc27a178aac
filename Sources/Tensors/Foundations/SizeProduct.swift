/// The product of sizes; `nil` where a size is negative or the product overflows `Int`.
///
/// The product is 0 where any size is 0, however large the other sizes are.
package func product(of sizes: Int...) -> Int? {
  guard sizes.allSatisfy({ $0 >= 0 }) else { return nil }
  if sizes.contains(0) { return 0 }
  var result = 1
  for size in sizes {
    let (product, overflow) = result.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    result = product
  }
  return result
}
