/// What of He et al. (2019) is reproduced.
enum Exhibit: String, Sendable {
  /// Test log-likelihood, KL and ELBO of the four models.
  case table1 = "table-1"
  /// The means of the gates over the epochs.
  case figure3 = "figure-3"
  /// The factorizations of a number of latents into nodes and dimensions.
  case figure4 = "figure-4"
  /// The spread of the log-likelihood over seeds, at several epochs.
  case figure5 = "figure-5"

  /// The options that ask for it.
  var flags: String {
    switch self {
    case .table1: "--table 1"
    case .figure3: "--figure 3"
    case .figure4: "--figure 4"
    case .figure5: "--figure 5"
    }
  }

  /// The runs of each model where nothing else is asked for; the paper has five where it tells.
  var defaultSeeds: Int { self == .table1 || self == .figure5 ? 5 : 1 }
}
