import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// Tests of refusals and gradients, apart from the accuracy of results.
extension GraphTests.DirectedNets {
  @Test("The KL divergence of two nets has gradients that agree with central differences")
  func divergenceGradient() throws {
    let graph = try LatentGraph([
      .init("a", dimension: 1), .init("b", dimension: 2, parents: ["a"]),
    ])
    var generator = Philox(seed: 66)
    let inputs = (0..<2).flatMap { _ in
      [[1], [1, 2], [2]].map { Tensor<Double>.normal(Shape($0), using: &generator) }
    }
    func model(_ x: ArraySlice<Tensor<Double>>) -> GaussianGraphicalModel<Double> {
      let (root, weight, child) = (x.first!, x.dropFirst().first!, x.last!)
      return try! BayesNet(
        graph,
        conditionals: [
          FixedLinearGaussian(
            coefficients: .init(weight: nil, bias: .zeros([1]), logStandardDeviation: root)),
          FixedLinearGaussian(
            coefficients: .init(weight: weight, bias: .zeros([2]), logStandardDeviation: child)),
        ]
      ).compiled()
    }
    expectGradients(at: inputs) { model($0[0..<3]).klDivergence(from: model($0[3..<6])) }
  }

  @Test("A bias or a mean that is too large is refused with the node's name")
  func largeBias() throws {
    let graph = try LatentGraph([
      .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
    ])
    for (bias, deviation, weight, name) in [
      (1e10, 1e-30, 1, "a"), (1e30, 1.0, 1e30, "b"),
    ] as [(Float, Float, Float, String)] {
      let net = BayesNet<Float>(
        graph,
        conditionals: [
          LinearGaussian(
            weight: nil, bias: Tensor([bias]), logStandardDeviation: Tensor([deviation]).log()),
          LinearGaussian(
            weight: Tensor([weight], shape: [1, 1]), bias: .zeros([1]),
            logStandardDeviation: .zeros([1])),
        ])
      #expect(throws: LatentGraphError.coefficients(node: name)) { try net.compiled() }
    }
  }

  @Test("An error in conditioning names the variable by its index in the whole net")
  func names() throws {
    let graph = try LatentGraph([
      .init("known", dimension: 1), .init("a", dimension: 1), .init("b", dimension: 1),
      .init("total", dimension: 1, parents: ["a", "b"]),
    ])
    let net = BayesNet<Double>(
      graph,
      conditionals: [(nil, 1.0), (nil, 1), (nil, 1), (Tensor<Double>.ones([2, 1]), 1e-30)].map {
        LinearGaussian(weight: $0, bias: .zeros([1]), logStandardDeviation: Tensor([log($1)]))
      })
    let model = try net.compiled()
    #expect(throws: NotPositiveDefinite(pivot: 2)) { try model.conditioned(on: [0: 1, 3: 1]) }
  }

  @Test("A standard deviation that is 0 or not finite is refused with the node's name")
  func deviations() throws {
    let graph = try LatentGraph([
      .init("root", dimension: 1), .init("copy", dimension: 2, parents: ["root"]),
    ])
    func compile<Scalar: TensorScalar>(
      _ root: Scalar, _ copy: [Scalar], weight: Scalar = 1
    ) throws -> GaussianGraphicalModel<Scalar> {
      try BayesNet<Scalar>(
        graph,
        conditionals: [
          LinearGaussian(weight: nil, bias: .zeros([1]), logStandardDeviation: Tensor([root])),
          LinearGaussian(
            weight: .full(weight, [1, 2]), bias: .zeros([2]), logStandardDeviation: Tensor(copy)),
        ]
      ).compiled()
    }
    #expect(throws: LatentGraphError.deviation(node: "root", deviation: 0)) {
      try compile(-Double.infinity, [0, 0])
    }
    #expect(throws: LatentGraphError.deviation(node: "copy", deviation: 0)) {
      try compile(0, [0, -Double.infinity])
    }
    // The reciprocal of this standard deviation overflows in Float.
    #expect(throws: LatentGraphError.self) { try compile(Float(-100), [0, 0]) }
    for log in [Double.nan, .infinity] {
      #expect(throws: LatentGraphError.self) { try compile(0, [log, 0]) }
    }
    for weight in [Double.nan, .infinity] {
      #expect(throws: LatentGraphError.coefficients(node: "copy")) {
        try compile(0, [0, 0], weight: weight)
      }
    }
    let message = LatentGraphError.deviation(node: "root", deviation: 0).description
    #expect(message.contains("root") && message.contains("0.0"))
  }

}
