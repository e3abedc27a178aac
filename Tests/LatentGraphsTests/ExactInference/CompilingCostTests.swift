import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("Cost of compiling a net to a precision", .tags(.cost)) struct CompilingCost {
    @Test("Compiling takes time linear in the nodes, and a gradient takes a few times the value")
    func cost() throws {
      // Threads that wait for each other use processor time on a loaded machine.
      try Threads.withLimit(1) { try costOfOneThread() }
    }

    private func costOfOneThread() throws {
      func tree(_ count: Int) throws -> BayesNet<Double> {
        let graph = try LatentGraph(
          (0..<count).map { i in
            .init("z\(i)", dimension: 1, parents: i == 0 ? [] : ["z\((i - 1) / 2)"])
          })
        var generator = Philox(seed: 75)
        return BayesNet(graph) { LinearGaussian(parents: $1, dimension: 1, using: &generator) }
      }
      // The first call analyses the graph.
      let wide = try tree(40_000)
      let first = try threadSeconds { _ = try wide.compiled() }
      let second = try threadSeconds { _ = try wide.compiled() }
      #expect(max(first, second) < 0.5, "40,000 nodes: \(first) s, then \(second) s")
      let (small, large) = (try tree(2_000), try tree(32_000))
      let (slope, comment) = try slopeOfTime(
        sizeRatio: 16, repetitions: 5, small: { _ = try small.compiled() },
        large: { _ = try large.compiled() })
      #expect(slope < 1.4, comment)
      let x = Tensor<Double>.ones([32_000])
      let parameters = large.conditionals.flatMap { conditional in
        let linear = conditional as! LinearGaussian<Double>
        return [linear.weight?.value, linear.bias.value, linear.logStandardDeviation.value]
          .compactMap { $0 }
      }
      func value() throws -> Tensor<Double> { try large.compiled().logDensity(of: x) }
      let (ratio, times) = try slopeOfTime(
        sizeRatio: 2, repetitions: 5, small: { _ = try value() },
        large: { _ = gradients(of: try value(), withRespectTo: parameters) })
      // The slope is log₂ of the ratio of times. A slope of 2 means four times the time for the
      // value with its gradient.
      #expect(ratio < 2.4, times)
    }
  }
}
