/// The parts of He et al. (2019) that are reproduced.
enum Exhibit: String, Sendable {
  /// Test log-likelihood, KL and ELBO of the four models.
  case table1 = "table-1"
  /// The means of the gates over the epochs.
  case figure3 = "figure-3"
  /// The log-likelihood for factorizations of the number of latents into nodes and dimensions.
  case figure4 = "figure-4"
  /// The log-likelihood at several epochs, mean and spread over seeds.
  case figure5 = "figure-5"

  /// The options that select it.
  var flags: String {
    switch self {
    case .table1: "--table 1"
    case .figure3: "--figure 3"
    case .figure4: "--figure 4"
    case .figure5: "--figure 5"
    }
  }

  /// The default number of runs of each model; the paper states five for these exhibits.
  var defaultSeeds: Int { self == .table1 || self == .figure5 ? 5 : 1 }
}
