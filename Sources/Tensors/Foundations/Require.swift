import Foundation

/// Stops the program, in release builds too, where a condition on the caller's arguments is false.
///
/// `precondition` drops its message in release builds, and users run release builds. Every check of
/// a caller's arguments uses this function, so that the message with the offending values and the
/// caller's file and line always reach standard error. Failures that data can cause are typed
/// errors instead.
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
