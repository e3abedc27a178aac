import Experiments
import Figures
import Programs

extension Report {
  private static let kinds: [LatentGraphKind] = [
    .vae, .ladderVAE, .fullyConnectedVAE, .graphVAE,
  ]

  /// The epochs at which the models are scored.
  private var milestones: [Int] {
    let period = arguments[Options.every] ?? max(1, epochs / 5)
    return Array(Set(Array(stride(from: period, through: epochs, by: period)) + [epochs])).sorted()
  }

  /// Trains the four models with several seeds and plots the spread of their log-likelihoods.
  func figure5() throws {
    let size = (arguments[Options.nodes], arguments[Options.nodeDimension])
    try record(
      runs(Self.kinds.map { ($0, size.0, size.1) }), scoredAt: milestones
    ) { records in
      try write(page(records))
      try figure(records).write(to: place("svg"))
    }
    print(try String(contentsOf: place("md"), encoding: .utf8))
    for ending in ["md", "svg"] { print("written to \(place(ending).path)") }
  }

  private func logLikelihoods(
    _ records: [RunRecord], _ kind: LatentGraphKind, epoch: Int
  ) -> [Double] {
    records.filter { $0.run.kind == kind }.compactMap { $0.scores[epoch] }
      .map { logDensity($0.logLikelihood) }
  }

  private func figure(_ records: [RunRecord]) -> LinePlot {
    LinePlot(
      title: "Test log-likelihood, mean and standard deviation over seeds",
      xAxis: Axis("epoch"), yAxis: Axis("log-likelihood", unit: unit),
      series: Self.kinds.map { kind in
        let points = milestones.map { Statistic(logLikelihoods(records, kind, epoch: $0)) }
        func bound(_ sign: Double) -> [Double] {
          points.map { point in
            point.map { $0.mean + sign * ($0.deviation ?? 0) } ?? .nan
          }
        }
        return Series(
          kind.title, x: milestones.map { Double($0) }, y: bound(0),
          band: seeds > 1 ? Series.Band(lower: bound(-1), upper: bound(1)) : nil,
          style: .markedLine)
      })
  }

  private func page(_ records: [RunRecord]) -> String {
    var table = TextTable([.number("epoch")] + Self.kinds.map { .number($0.title) })
    for epoch in milestones {
      table.add(["\(epoch)"] + Self.kinds.map { text(logLikelihoods(records, $0, epoch: epoch)) })
    }
    let finals = Self.kinds.map { PublishedScores.row($0, on: dataset)?.logLikelihood ?? "–" }
    table.add(["paper, at the end"] + finals)
    return """
      # Figure 5 on \(laboratory.images.split.name)

      \(command)

      \(protocolText) Test log-likelihood by \(laboratory.samples) importance samples for each of \
      \(laboratory.testImages) images, in \(unit). \(spread(records)) \
      The paper shows its figure without numbers, except for the final ones in Table 1; there the \
      standard deviations are about 0.1 nats, and the order of the models is that of the columns.

      \(table.markdown)
      """
  }
}
