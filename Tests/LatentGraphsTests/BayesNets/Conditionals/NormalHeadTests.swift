import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("Normal heads") struct NormalHeadTests {
    @Test("A head gives one normal for each row of features", arguments: [[6], [2, 3]] as [Shape])
    func shapes(_ batch: Shape) {
      var generator = Philox(seed: 100)
      let head = NormalHead<Float>(inputs: 5, dimension: 3, hidden: 7, using: &generator)
      let features = Tensor<Float>.normal(batch + [5], using: &generator)
      for mode in [Mode.training, .evaluation] {
        let normal = head(features, mode: mode)
        #expect(normal.batchShape == batch && normal.dimension == 3)
        #expect(normal.mean.isFinite && normal.logStandardDeviation.isFinite)
      }
    }

    @Test("The two halves of a head's last layer are the mean and the log-variance")
    func halves() {
      var generator = Philox(seed: 101)
      let head = NormalHead<Double>(inputs: 5, dimension: 3, hidden: 7, using: &generator)
      let features = Tensor<Double>.normal([6, 5], using: &generator)
      let moments = head.moments(head.body(features, mode: .evaluation), mode: .evaluation)
      let normal = head(features, mode: .evaluation)
      for (row, moments) in moments.vectors.enumerated() {
        #expect(normal.mean.vectors[row] == Array(moments[..<3]))
        #expect(normal.logStandardDeviation.vectors[row] == moments[3...].map { $0 / 2 })
      }
    }

    @Test("The gradient of a head reaches every parameter and the features")
    func gradient() {
      var generator = Philox(seed: 102)
      let head = NormalHead<Double>(inputs: 5, dimension: 3, hidden: 7, using: &generator)
      let features = Tensor<Double>.normal([6, 5], using: &generator).tracked()
      let value = Tensor<Double>.normal([6, 3], using: &generator)
      let named = head.namedParameters()
      #expect(named.count == 7 && head.parameterCount == 5 * 7 + 2 * 7 + 7 * 3 + 3 + 3 * 6 + 6)
      let loss = head(features, mode: .training).logDensity(of: value).sum()
      let found = gradients(of: loss, withRespectTo: named.map(\.parameter.value) + [features])
      for (name, gradient) in zip(named.map(\.name) + ["features"], found) {
        #expect(gradient.isFinite && gradient.scalars.contains { abs($0) > 1e-6 }, "\(name)")
      }
      expectGradients(at: [features.detached]) {
        head($0[0], mode: .evaluation).logDensity(of: value).sum()
      }
    }
  }
}
