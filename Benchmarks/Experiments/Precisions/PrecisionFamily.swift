/// The structures that are compared, by their names on the command line.
public enum PrecisionFamily: String, CaseIterable, Sendable {
  case diagonal, chain
  case blockChain = "block-chain"
  case tree
  case orderedTree = "ordered-tree"
  case extendedGrid = "extended-grid"
  case grid, sparse, dense
}

/// What a precision is given by.
public enum PrecisionSource: String, CaseIterable, Sendable {
  /// The Cholesky factor.
  case factor = "L"
  /// The precision; its factorization is timed too.
  case precision = "P"
}
