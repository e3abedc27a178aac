import Figures
import Inference
import LatentGraphs
import Programs
import VariationalAutoencoders

extension Report {
  /// Trains Graph VAEs and draws the means of their gates over the epochs, and the graphs.
  func figure3() throws {
    let size = (arguments[Options.nodes], arguments[Options.nodeDimension])
    let graph = LatentGraph.fullyConnected(nodes: size.0, dimension: size.1)
    try record(runs([(.graphVAE, size.0, size.1)]), scoredAt: []) { records in
      try write(page(graph, records))
      let panels: [any Figure] = records.flatMap { record -> [any Figure] in
        [gateMeans(record, of: graph), structure(record, of: graph)]
      }
      try FigureGrid(columns: 2, panels: panels).write(to: place("svg"))
      try structure(records[0], of: graph).write(to: place("dot"))
    }
    print(try String(contentsOf: place("md"), encoding: .utf8))
    for ending in ["md", "svg", "dot"] { print("written to \(place(ending).path)") }
  }

  private func gateMeans(_ record: RunRecord, of graph: LatentGraph) -> LinePlot {
    let epochs = [0] + record.history.map { Double($0.epoch) }
    return LinePlot(
      title: "Gate means, seed \(record.run.seed)", xAxis: Axis("epoch"),
      yAxis: Axis("probability of the edge", range: -0.03...1.03),
      series: graph.edgeNames.indices.map { edge in
        Series(
          graph.edgeNames[edge], x: epochs,
          y: [0.5] + record.history.map { $0.edgeProbabilities?[edge] ?? .nan },
          style: .line.colored(Color.ofEdge(edge)))
      },
      legend: .outside, size: Size(width: 560, height: 360))
  }

  private func structure(_ record: RunRecord, of graph: LatentGraph) -> DirectedGraphPlot {
    DirectedGraphPlot(
      title: "The graph after \(record.epochs) epochs", graph: graph,
      probabilities: record.edgeProbabilities,
      colors: graph.edges.indices.map { Color.ofEdge($0) })
  }

  private func page(_ graph: LatentGraph, _ records: [RunRecord]) -> String {
    var table = TextTable(
      [.text("edge")] + records.map { .number("seed \($0.run.seed)") })
    let finals = records.map(\.edgeProbabilities)
    for (edge, name) in graph.edgeNames.enumerated() {
      table.add([name] + finals.map { decimal($0[edge], places: 3) })
    }
    let reports = finals.map { StructureReport(probabilities: $0) }
    table.add(["edges kept"] + reports.map { "\($0.mostProbable.count { $0 })" })
    table.add(["entropy (nats)"] + reports.map { decimal($0.entropy, places: 2) })
    return """
      # Figure 3 on \(laboratory.images.split.name)

      \(command)

      \(protocolText) The mean of each gate after training, and the entropy of the structure. The \
      paper reports, on MNIST with 5 nodes of 16 dimensions, 3 of 10 edges removed, the same ones \
      for all seeds.

      \(table.markdown)
      """
  }
}
