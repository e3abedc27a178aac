import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  /// Of 10⁷ variables, which one after the other in `Float` are off by hundreds of nats.
  @Suite("Densities of many variables") struct LongDensities {
    static let count = 10_000_000

    private func expectClose(_ value: Float, _ exact: Double, _ name: String) {
      #expect(abs(Double(value) / exact - 1) <= 2.4e-7, "\(name): \(value) for \(exact)")
    }

    @Test("of normals, in one vector and one by one")
    func normals() {
      var generator = Philox(seed: 64)
      let x = Tensor<Float>.normal([Self.count], using: &generator)
      let exact = Normal<Double>.standard(Self.count).logDensity(of: x.converted()).scalar
      expectClose(Normal<Float>.standard(Self.count).logDensity(of: x).scalar, exact, "a vector")
      let alone = Normal<Float>.standard(1).logDensity(of: x.reshaped(to: [Self.count, 1]))
      expectClose(alone.sum().scalar, exact, "one by one")
      let (q, p) = (Normal<Float>(moments: 0.1 * x), Normal<Float>.standard(Self.count / 2))
      let divergence = klDivergence(
        Normal<Double>(moments: (0.1 * x).converted()), Normal<Double>.standard(Self.count / 2))
      expectClose(klDivergence(q, p).scalar, divergence.scalar, "KL")
    }

    @Test("of bits, of equal and of random log-odds", arguments: [0, 1.5] as [Float])
    func bits(scale: Float) {
      var generator = Philox(seed: 65)
      let logits = scale * Tensor<Float>.normal([Self.count], using: &generator)
      let x = Tensor<Float>.bernoulli(.full(0.3, [Self.count]), using: &generator)
      let exact = Bernoulli<Double>(logits: logits.converted()).logDensity(of: x.converted())
        .scalar
      expectClose(Bernoulli(logits: logits).logDensity(of: x).scalar, exact, "a vector")
      let alone = Bernoulli(logits: logits.reshaped(to: [Self.count, 1]))
        .logDensity(of: x.reshaped(to: [Self.count, 1]))
      expectClose(alone.sum().scalar, exact, "one by one")
      let entropy = Bernoulli<Double>(logits: logits.converted()).entropy.scalar
      expectClose(Bernoulli(logits: logits).entropy.scalar, entropy, "entropy")
    }
  }
}
