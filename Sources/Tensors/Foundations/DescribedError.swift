import Foundation

/// An error whose `description` is its message: the values, the place, the cause, and what to do.
///
/// `localizedDescription` returns the same text. Without this protocol, Foundation would say only
/// that "the operation could not be completed".
public protocol DescribedError: LocalizedError, CustomStringConvertible {}

extension DescribedError {
  /// The same text as `description`.
  public var errorDescription: String? { description }
}
