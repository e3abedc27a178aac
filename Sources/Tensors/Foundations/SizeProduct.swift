/// The product of sizes; `nil` where one is negative, or the product is more than an `Int` holds.
///
/// With a size of 0 the product is 0, whatever the others are.
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
