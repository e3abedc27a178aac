import Tensors

/// A property of a distribution that cannot be computed.
public enum DistributionError: DescribedError, Equatable {
  /// The property of this type of distribution has no formula.
  case noClosedForm(property: String, distribution: String)

  /// A description of the error and of what to do.
  public var description: String {
    switch self {
    case .noClosedForm(let property, let distribution):
      "the \(property) of a \(distribution) has no closed form; estimate it from draws"
    }
  }
}
