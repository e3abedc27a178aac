import Figures
import Programs

extension Report {
  /// Trains a Graph VAE for each factorization of the numbers of latents, and plots the
  /// log-likelihoods against the dimension of a node.
  func figure4() throws {
    let numbers = Options.latentNumbers(arguments) ?? []
    let sizes = numbers.flatMap { latents in
      (1...min(latents, arguments[Options.mostNodes])).filter { latents % $0 == 0 }
        .map { (nodes: $0, dimension: latents / $0) }
    }
    try record(
      runs(sizes.map { (.graphVAE, $0.nodes, $0.dimension) }), scoredAt: [epochs]
    ) { records in
      try write(page(sizes, records))
      try figure(numbers, records).write(to: place("svg"))
    }
    print(try String(contentsOf: place("md"), encoding: .utf8))
    for ending in ["md", "svg"] { print("written to \(place(ending).path)") }
  }

  private func figure(_ numbers: [Int], _ records: [RunRecord]) -> LinePlot {
    LinePlot(
      title: "Factorizations of M latents into nodes, \(laboratory.images.split.name)",
      xAxis: Axis("dimensions of a node, N′ (M/N′ nodes)", scale: .logarithmic),
      yAxis: Axis("test log-likelihood", unit: unit),
      series: numbers.map { latents in
        let own = records.filter { $0.run.nodes * $0.run.dimension == latents }
        let dimensions = Set(own.map(\.run.dimension)).sorted()
        return Series(
          "M = \(latents)", x: dimensions.map { Double($0) },
          y: dimensions.map { dimension in
            let same = own.filter { $0.run.dimension == dimension }
            return Statistic(logLikelihoods(same))?.mean ?? .nan
          },
          style: .markedLine)
      },
      legend: .automatic)
  }

  private func logLikelihoods(_ records: [RunRecord]) -> [Double] {
    records.compactMap { $0.scores[epochs] }.map { logDensity($0.logLikelihood) }
  }

  private func page(
    _ sizes: [(nodes: Int, dimension: Int)], _ records: [RunRecord]
  ) -> String {
    var table = TextTable(
      ["M", "nodes N", "dimensions N′", "LL", "KL", "ELBO", "training (s)"].map { .number($0) })
    for size in sizes {
      let own = records.filter {
        $0.run.nodes == size.nodes && $0.run.dimension == size.dimension
      }
      let scores = own.compactMap { $0.scores[epochs] }
      table.add(
        "\(size.nodes * size.dimension)", "\(size.nodes)", "\(size.dimension)",
        text(logLikelihoods(own)), text(scores.map { divergence($0.kl) }),
        text(scores.map { logDensity($0.elbo) }),
        Statistic(own.compactMap(\.seconds)).map { decimal($0.mean, places: 1) } ?? "–")
    }
    return """
      # Figure 4 on \(laboratory.images.split.name)

      \(command)

      Graph VAEs with M latents in N nodes of N′ dimensions. \(protocolText) \(scoreText) The paper \
      shows its figure without numbers. It finds that more latents are better and that, with equally many \
      latents, more and smaller nodes usually are.

      \(table.markdown)
      """
  }
}
