import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Testing

@Suite("Observation models")
struct ObservationModelTests {
  @Test("Binary pixels have the logits that the network gives")
  func binary() throws {
    var generator = Philox(seed: 51)
    let decoder = MLP<Double>([2, 4, 3], using: &generator)
    let z = Tensor<Double>.normal([2, 5, 2], using: &generator)
    let distribution = BernoulliObservation(decoder).distribution(given: z, mode: .evaluation)
    let bernoulli = try #require(distribution as? Bernoulli<Double>)
    #expect(bernoulli.logits.shape == [2, 5, 3])
    #expect(bernoulli.logits.scalars == decoder(z, mode: .evaluation).scalars)
  }

  @Test("A bias of log-odds gives the means of the pixels, and is finite if a pixel is constant")
  func startsAtTheMeans() throws {
    var generator = Philox(seed: 53)
    let decoder = MLP<Double>([2, 4, 3], using: &generator)
    decoder.layers[1].weight.assign(.zeros([4, 3]))
    let model = BernoulliObservation(decoder)
    model.setBias(toLogOddsOf: [0, 0.25, 1], over: 100)
    let z = Tensor<Double>.normal([1, 2], using: &generator)
    let bernoulli = try #require(
      model.distribution(given: z, mode: .evaluation) as? Bernoulli<Double>)
    let expected = [0.5 / 101, 25.5 / 101, 100.5 / 101]
    for (found, expected) in zip(bernoulli.mean.scalars, expected) {
      #expect(abs(found - expected) <= 1e-14)
    }
  }

  @Test("Continuous pixels have means in (0, 1) and deviations of at least one grey level")
  func continuous() throws {
    var generator = Philox(seed: 52)
    let decoder = MLP<Double>([2, 4, 3], using: &generator)
    let model = NormalObservation(decoder, using: &generator)
    let z = Tensor<Double>.normal([2, 5, 2], using: &generator)
    func normal() throws -> Normal<Double> {
      try #require(model.distribution(given: z, mode: .evaluation) as? Normal<Double>)
    }
    let (start, h) = (try normal(), decoder(z, mode: .evaluation))
    #expect(start.batchShape == [2, 5] && start.dimension == 3)
    let raw = model.logVariance(h, mode: .evaluation).scalars
    for (index, h) in h.scalars.enumerated() {
      #expect(abs(start.mean.scalars[index] - 1 / (1 + exp(-h))) < 1e-14)
      let logVariance = log(1 + exp(raw[index])) - 2 * log(256)
      #expect(abs(start.logVariance.scalars[index] - logVariance) < 1e-12)
    }
    #expect(start.standardDeviation.scalars.allSatisfy { (0.03..<0.3).contains($0) })
    // The variance is bounded from below for any output of the network.
    model.logVariance.bias!.assign(.full(-1e4, [3]))
    #expect(try normal().standardDeviation.scalars.allSatisfy { abs($0 * 256 - 1) < 1e-12 })
  }
}
