import Foundation

/// An error whose `description` is its message: the values, the place, the cause, and what to do.
///
/// `localizedDescription` is the same text, where Foundation would say of an unknown error that "the
/// operation could not be completed".
public protocol DescribedError: LocalizedError, CustomStringConvertible {}

extension DescribedError {
  /// The description.
  public var errorDescription: String? { description }
}
