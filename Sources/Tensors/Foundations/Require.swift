import Foundation

/// Stops the program, in release builds too, when the caller has made a mistake.
///
/// `precondition` drops its message in release builds, and users run release builds. Every check of
/// a caller's arguments goes through this function, so that the message, with the values in it, and
/// the caller's file and line always reach standard error. What data can cause is a typed error
/// instead.
@inline(__always)
package func require(
  _ condition: @autoclosure () -> Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { stop(message(), file: file, line: line) }
}

/// The unconditional form of `require`.
@inline(never)
package func stop(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
  fatalError(message, file: file, line: line)
}
