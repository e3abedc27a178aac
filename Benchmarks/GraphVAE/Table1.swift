import Experiments
import Programs

extension Report {
  /// Trains the models of Table 1 and writes their scores beside the published ones.
  func table1() throws {
    let kinds = LatentGraphKind.allCases.filter {
      $0 != .graphVAEFullyConnectedEncoder || arguments[Options.ablation]
    }
    let size = (arguments[Options.nodes], arguments[Options.nodeDimension])
    try record(runs(kinds.map { ($0, size.0, size.1) }), scoredAt: [epochs]) { records in
      try write(page(kinds, records))
    }
    print(try String(contentsOf: place("md"), encoding: .utf8))
    print("written to \(place("md").path)")
  }

  private func page(_ kinds: [LatentGraphKind], _ records: [RunRecord]) -> String {
    var table = TextTable(
      [.text("model")]
        + ["LL", "KL", "ELBO", "LL, paper", "KL, paper", "ELBO, paper", "training (s)"]
        .map { .number($0) })
    for kind in kinds {
      let ours = records.filter { $0.run.kind == kind }
      let scores = ours.compactMap { $0.scores[epochs] }
      let published = PublishedScores.row(kind, on: dataset)
      table.add(
        kind.title, text(scores.map { logDensity($0.logLikelihood) }),
        text(scores.map { divergence($0.kl) }), text(scores.map { logDensity($0.elbo) }),
        published?.logLikelihood ?? "–", published?.kl ?? "–", published?.elbo ?? "–",
        Statistic(ours.compactMap(\.seconds)).map { decimal($0.mean, places: 1) } ?? "–")
    }
    return """
      # Table 1 on \(laboratory.images.split.name)

      \(command)

      \(protocolText) \(scoreText) \(spread(records))\
      \(dataset == .digits ? "" : paperText)

      \(table.markdown)
      """
  }

  private var paperText: String {
    let epochs = dataset == .cifar10 ? "3,000" : "2,000"
    let caution =
      dataset == .omniglot
      ? " The paper does not state its version of Omniglot; ours may differ." : ""
    return " The paper's columns are those of He et al. (2019), Table 1: five runs after "
      + "\(epochs) epochs, 5,000 samples, Δ below 0.01.\(caution)"
  }
}
