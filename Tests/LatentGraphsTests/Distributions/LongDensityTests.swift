import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Distributions of 10⁷ variables. A running sum in `Float` would give errors of hundreds of
  /// nats.
  @Suite("Log-densities of many variables") struct LongDensities {
    static let count = 10_000_000

    private func expectClose(_ value: Float, _ exact: Double, _ name: String) {
      #expect(abs(Double(value) / exact - 1) <= 2.4e-7, "\(name): \(value) for \(exact)")
    }

    @Test(
      "The log-density of 10⁷ normal variables is accurate in Float, as one vector and one by one")
    func normals() {
      var generator = Philox(seed: 64)
      let x = Tensor<Float>.normal([Self.count], using: &generator)
      let exact = Normal<Double>.standard(Self.count).logDensity(of: x.converted()).scalar
      expectClose(Normal<Float>.standard(Self.count).logDensity(of: x).scalar, exact, "a vector")
      let alone = Normal<Float>.standard(1).logDensity(of: x.reshaped(to: [Self.count, 1]))
      expectClose(alone.sum().scalar, exact, "one by one")
      let (q, p) = (Normal<Float>(moments: 0.1 * x), Normal<Float>.standard(Self.count / 2))
      let divergence = Normal<Double>(moments: (0.1 * x).converted()).klDivergence(
        from: Normal<Double>.standard(Self.count / 2))
      expectClose(q.klDivergence(from: p).scalar, divergence.scalar, "KL")
    }

    @Test(
      "The log-density and entropy of 10⁷ bits are accurate in Float",
      arguments: [0, 1.5] as [Float])
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

    /// At the temperature of 0.7 the mean log-density of an element is 0.1, although its terms are
    /// near 1.
    @Test("The log-density of 10⁷ relaxed bits is accurate in Float", arguments: [0.1, 0.7, 2])
    func relaxedBits(temperature: Double) {
      var generator = Philox(seed: 67)
      for scale in [Float(0), 1.5] {
        let logits = scale * Tensor<Float>.normal([Self.count], using: &generator)
        let relaxed = RelaxedBernoulli(logits: logits, temperature: temperature)
        let exact = RelaxedBernoulli<Double>(
          logits: logits.converted(), temperature: temperature)
        let odds = relaxed.sampleLogits(using: &generator)
        expectClose(
          relaxed.logDensity(ofLogits: odds).scalar,
          exact.logDensity(ofLogits: odds.converted()).scalar, "log-odds")
        let x = odds.sigmoid().clamped(to: .leastNormalMagnitude...Float(1).nextDown)
        expectClose(
          relaxed.logDensity(of: x).scalar, exact.logDensity(of: x.converted()).scalar, "values")
      }
    }

    /// Compares the results in `Float` with those in `Double` for the same elements.
    private func expectClose(
      _ name: String, _ float: any PrecisionStructure<Float>,
      _ double: any PrecisionStructure<Double>
    ) {
      var generator = Philox(seed: 68)
      let noise = Tensor<Float>.normal([Self.count], using: &generator)
      let (model, exact) = (
        GaussianGraphicalModel(precision: float), GaussianGraphicalModel(precision: double)
      )
      let x = model.sample(noise: noise)
      expectClose(
        model.logDensity(of: x).scalar, exact.logDensity(of: x.converted()).scalar, name)
      expectClose(model.entropy.scalar, exact.entropy.scalar, name + ", entropy")
      let value = x.sigmoid()
      expectClose(
        LogitNormal(logits: model).logDensity(of: value).scalar,
        LogitNormal(logits: exact).logDensity(of: value.converted()).scalar,
        name + ", logit-normal")
    }

    @Test("The log-density of graphical models of 10⁷ variables is accurate in Float")
    func graphicalModels() {
      var generator = Philox(seed: 69)
      let log = 0.3 * Tensor<Float>.normal([Self.count], using: &generator)
      let off = 0.3 * Tensor<Float>.normal([Self.count - 1], using: &generator)
      expectClose(
        "diagonal", DiagonalPrecision(logFactor: log),
        DiagonalPrecision<Double>(logFactor: log.converted()))
      expectClose(
        "chain", ChainPrecision(factorDiagonal: log.exp(), factorOffDiagonal: off),
        ChainPrecision<Double>(
          factorDiagonal: log.exp().converted(), factorOffDiagonal: off.converted()))
    }
  }
}
