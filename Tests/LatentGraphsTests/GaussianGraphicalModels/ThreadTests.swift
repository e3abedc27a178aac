import LatentGraphs
import Testing

extension GraphTests {
  @Suite("Results do not depend on the number of threads") struct ThreadCount {
    /// The results of `body` with one, two and three threads.
    func results(_ body: () -> [Tensor<Float>]) -> [[[Float]]] {
      [1, 2, 3].map { Threads.withLimit($0, body).map(\.scalars) }
    }

    func expectSame(_ body: () -> [Tensor<Float>]) {
      let found = results(body)
      #expect(found[0].allSatisfy { $0.allSatisfy { $0.isFinite } })
      #expect(found[1] == found[0])
      #expect(found[2] == found[0])
    }

    /// Sizes for which the loops are divided among threads. The parameters are shared by all rows,
    /// or by groups of rows, or differ for each row. With groups, the loops are divided by elements
    /// or by parameter rows, depending on the limit.
    static let sizes: [(draws: Int, batch: Shape)] = [
      (600, []), (200, [3]), (120, [5]), (1, [600]), (40, [4, 4]),
    ]
    static let structures: [StructureCase] = [
      .diagonal(300), .chain(300), .chain(1025), .grid(15, 20), .grid(1, 300), .grid(300, 1),
      .blockChain(150, 2), .blockChain(100, 3), .blockChain(30, 9), .blockChain(4, 65),
    ]

    @Test(
      "Operations and their gradients give the same bits for any number of threads",
      arguments: structures, sizes)
    func operations(_ structure: StructureCase, _ size: (draws: Int, batch: Shape)) {
      var generator = Philox(seed: 13)
      let parameters = structure.parameters(batch: size.batch, using: &generator)
        .map { $0.converted(to: Float.self) }
      let x = Tensor<Float>.normal(
        [size.draws] + size.batch + [structure.dimension], using: &generator)
      for operation in VectorOperation.allCases {
        expectSame {
          let variables = ([x] + parameters).map { $0.tracked() }
          let value = operation(structure.precision(Array(variables.dropFirst())), variables[0])
          let loss = (value * value).sum()
          return [value] + gradients(of: loss, withRespectTo: variables)
        }
      }
    }

    @Test(
      "Covariances and their gradients give the same bits for any number of threads",
      arguments: [StructureCase.chain(4000), .grid(30, 40), .grid(100, 3), .blockChain(300, 3)])
    func covariances(_ structure: StructureCase) {
      var generator = Philox(seed: 14)
      let parameters = structure.parameters(batch: [17], using: &generator)
        .map { $0.converted(to: Float.self) }
      expectSame {
        let variables = parameters.map { $0.tracked() }
        let precision = structure.precision(variables)
        let covariances = precision.neighbourCovariances
        let values = [covariances.diagonal, covariances.offDiagonal]
        let loss = values.map { ($0 * $0).sum() }.reduce(Tensor(0), +)
        return values + gradients(of: loss, withRespectTo: variables)
      }
    }

    @Test(
      "Bernoulli densities and their gradients give the same bits for any number of threads",
      arguments: [[7, 50], [50], []] as [Shape])
    func bernoulli(_ valueBatch: Shape) {
      var generator = Philox(seed: 15)
      let logits = Tensor<Float>.normal([11, 7, 50, 30], using: &generator)
      let value = Tensor<Float>.uniform(valueBatch + [30], using: &generator)
      expectSame {
        let variables = [logits, value].map { $0.tracked() }
        let density = Bernoulli(logits: variables[0], acceptsFractions: true)
          .logDensity(of: variables[1])
        return [density] + gradients(of: density.sum(), withRespectTo: variables)
      }
    }
  }
}
