/// The structures that are compared; the raw values are their names on the command line.
public enum PrecisionFamily: String, CaseIterable, Sendable {
  case diagonal, chain
  case blockChain = "block-chain"
  case tree
  case orderedTree = "ordered-tree"
  case extendedGrid = "extended-grid"
  case grid, sparse, dense
}

/// Whether the factor or the precision is given.
public enum PrecisionSource: String, CaseIterable, Sendable {
  /// The Cholesky factor.
  case factor = "L"
  /// The precision; timings include its factorization.
  case precision = "P"
}
