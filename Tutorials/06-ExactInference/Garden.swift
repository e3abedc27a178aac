import LatentGraphs
import Programs
import Tensors

/// A garden as a linear-Gaussian net, in units of standard deviations: rain and irrigation make the
/// soil wet, soil and sun make plants grow, and a sensor measures the soil.
struct Garden {
  let net: BayesNet<Double>
  let model: GaussianGraphicalModel<Double>

  init() throws {
    let graph = try LatentGraph([
      .init("sun", dimension: 1), .init("rain", dimension: 1, parents: ["sun"]),
      .init("irrigation", dimension: 1),
      .init("soil", dimension: 1, parents: ["rain", "irrigation", "sun"]),
      .init("sensor", dimension: 1, parents: ["soil"]),
      .init("growth", dimension: 1, parents: ["soil", "sun"]),
    ])
    func node(_ weights: [Double], deviation: Double) -> LinearGaussian<Double> {
      LinearGaussian(
        weight: weights.isEmpty ? nil : Tensor(weights, shape: [weights.count, 1]),
        bias: .zeros([1]), logStandardDeviation: Tensor([deviation]).log())
    }
    net = BayesNet(
      graph,
      conditionals: [
        node([], deviation: 1), node([-0.6], deviation: 0.8), node([], deviation: 1),
        node([0.8, 0.7, -0.3], deviation: 0.4), node([1], deviation: 0.3),
        node([0.7, 0.5], deviation: 0.5),
      ])
    // The whole net is one Gaussian. Its precision has the edges of the moral graph, in which the
    // parents of a node are joined too.
    model = try net.compiled()
  }

  var names: [String] { net.graph.nodes.map(\.name) }

  /// Values of named nodes, as evidence on the variables.
  func evidence(_ values: [String: Double]) -> [Int: Double] {
    Dictionary(
      uniqueKeysWithValues: values.map { (net.graph.index(of: $0)!, $1) })
  }

  /// The mean and standard deviation of each node, given the values of some nodes.
  func answer(_ values: [String: Double]) throws -> [String] {
    let evidence = evidence(values)
    let posterior = evidence.isEmpty ? model : try model.conditioned(on: evidence)
    let deviations = posterior.variance.squareRoot()
    var free = 0
    return names.indices.map { node in
      if let value = evidence[node] { return "= \(decimal(value, places: 1))" }
      defer { free += 1 }
      return "\(signed(posterior.mean[free])) ± \(decimal(deviations[free], places: 2))"
    }
  }

  /// The answers to several queries as a table, one row for each.
  func table(_ questions: [(name: String, values: [String: Double])]) throws -> TextTable {
    var table = TextTable([.text("given")] + names.map { .number($0) })
    table.add(["nothing"] + (try answer([:])))
    for question in questions { table.add([question.name] + (try answer(question.values))) }
    return table
  }
}

private func signed(_ value: Double) -> String {
  (value < 0 ? "−" : "+") + decimal(abs(value), places: 2)
}
