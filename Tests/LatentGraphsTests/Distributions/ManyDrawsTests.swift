import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Gradients of parameters that 100,000 observations share. A running sum in `Float` would give
  /// relative errors of up to 10⁻³, because equal terms are rounded alike.
  @Suite("Gradients summed over many observations") struct ManyDraws {
    static let count = 100_000

    /// The largest relative difference of the gradients in `Float` from those in `Double`.
    private func error(
      _ parameters: [[Double]], _ single: ([Tensor<Float>]) throws -> Tensor<Float>,
      _ double: ([Tensor<Double>]) throws -> Tensor<Double>
    ) rethrows -> Double {
      func slopes<S: TensorScalar>(
        _ function: ([Tensor<S>]) throws -> Tensor<S>
      ) rethrows -> [Double] {
        let inputs = parameters.map { Tensor($0.map { S($0) }).tracked() }
        return gradients(of: try function(inputs).sum(), withRespectTo: inputs).flatMap {
          $0.scalars.map { Double($0) }
        }
      }
      return zip(try slopes(single), try slopes(double)).reduce(0) {
        largerError($0, $1.0 == $1.1 ? 0 : abs($1.0 / $1.1 - 1))
      }
    }

    private func values<S: TensorScalar>(_ k: Int) -> Tensor<S> {
      .full(S(Float(0.1)), [Self.count, k])
    }

    private func precision<S: TensorScalar>(
      _ name: String, _ p: [Tensor<S>]
    ) throws -> any PrecisionStructure<S> {
      switch name {
      case "diagonal": try DiagonalPrecision(diagonal: p[0])
      case "chain": try ChainPrecision(diagonal: p[0], offDiagonal: p[1].slice(0..<3))
      case "dense":
        try DensePrecision(
          matrix: SymmetricElements(
            graph: .complete(4), diagonal: p[0],
            offDiagonal: .concatenated([p[1], p[1].slice(0..<2)], axis: 0)
          ).matrix)
      case "cycle":
        try SparsePrecision(
          elements: SymmetricElements(
            graph: UndirectedGraph(
              dimension: 4, edges: [.init(0, 1), .init(1, 2), .init(2, 3), .init(0, 3)]),
            diagonal: p[0], offDiagonal: p[1]))
      case "tree":
        try SparsePrecision(
          elements: SymmetricElements(
            graph: UndirectedGraph(dimension: 4, edges: [.init(0, 1), .init(0, 2), .init(0, 3)]),
            diagonal: p[0], offDiagonal: p[1].slice(0..<3)))
      case "grid":
        try GridPrecision(
          height: 2, width: 2, diagonal: p[0], right: p[1].slice(0..<2), down: p[1].slice(2..<4))
      case "block chain":
        try BlockChainPrecision(
          elements: SymmetricElements(
            graph: .blockChain(blocks: 2, size: 2), diagonal: p[0],
            offDiagonal: .concatenated([p[1], p[1].slice(0..<2)], axis: 0)), blockSize: 2)
      default:
        ScaledPrecision(
          try ChainPrecision(diagonal: .full(2.5, [4]), offDiagonal: .full(-1, [3])),
          logScale: 0.1 * p[0])
      }
    }

    @Test(
      "Gradients of densities and samples in Float are those in Double",
      arguments: [
        "diagonal", "chain", "dense", "cycle", "tree", "grid", "block chain", "scaled",
      ])
    func structures(_ name: String) throws {
      let parameters = [[2.5, 2.75, 3, 2.25], [-0.5, -0.75, -0.625, -0.5]]
      func density<S: TensorScalar>(_ p: [Tensor<S>]) throws -> Tensor<S> {
        let used = name == "diagonal" || name == "scaled" ? p[0] + 0.01 * p[1] : p[0]
        return GaussianGraphicalModel(precision: try precision(name, [used, p[1]]))
          .logDensity(of: values(4))
      }
      func sample<S: TensorScalar>(_ p: [Tensor<S>]) throws -> Tensor<S> {
        let used = name == "diagonal" || name == "scaled" ? p[0] + 0.01 * p[1] : p[0]
        return GaussianGraphicalModel(precision: try precision(name, [used, p[1]]))
          .sample(noise: values(4))
      }
      #expect(try error(parameters, { try density($0) }, { try density($0) }) < 1e-5)
      #expect(try error(parameters, { try sample($0) }, { try sample($0) }) < 1e-5)
    }

    @Test("Gradients of normals, bits and weights in Float are those in Double")
    func vectors() {
      func normal<S: TensorScalar>(_ p: [Tensor<S>]) -> Tensor<S> {
        Normal(mean: p[0], logVariance: p[1]).logDensity(of: values(2))
      }
      func draw<S: TensorScalar>(_ p: [Tensor<S>]) -> Tensor<S> {
        Normal(mean: p[0], logVariance: p[1]).sample(noise: values(2))
      }
      func divergence<S: TensorScalar>(_ p: [Tensor<S>]) -> Tensor<S> {
        Normal(mean: values(2), logVariance: values(2))
          .klDivergence(from: Normal(mean: p[0], logVariance: p[1]))
      }
      func bits<S: TensorScalar>(_ p: [Tensor<S>]) -> Tensor<S> {
        Bernoulli(logits: p[0] + p[1]).logDensity(of: .ones([Self.count, 2]))
      }
      func weights<S: TensorScalar>(_ p: [Tensor<S>]) -> Tensor<S> {
        let x: Tensor<S> = values(2)
        return matrixProduct(x, p[0].reshaped(to: [2, 1]))
          + matrixProduct(x, Tensor.concatenated([p[1], p[1]], axis: 0).reshaped(to: [2, 2]))
      }
      let parameters = [[0.25, -0.5], [0.125, 0.75]]
      #expect(error(parameters, { normal($0) }, { normal($0) }) < 5e-6)
      #expect(error(parameters, { draw($0) }, { draw($0) }) < 5e-6)
      #expect(error(parameters, { divergence($0) }, { divergence($0) }) < 5e-6)
      #expect(error(parameters, { bits($0) }, { bits($0) }) < 5e-6)
      #expect(error(parameters, { weights($0) }, { weights($0) }) < 5e-6)
    }

    @Test("A product of 10⁷ terms is accurate in Float, in every shape")
    func longProduct() {
      let n = 10_000_000
      let exact = Double(n) * Double(Float(0.1))
      for m in [1, 2] {
        let left = Tensor<Float>.full(0.1, [m, n])
        for columns in [1, 3] {
          let right = Tensor<Float>.ones([n, columns])
          for value in matrixProduct(left, right).scalars {
            #expect(abs(Double(value) / exact - 1) < 5e-6, "\(m)×\(columns)")
          }
        }
        let vector = left.product(withVector: .ones([n]))
        #expect(vector.scalars.allSatisfy { abs(Double($0) / exact - 1) < 5e-6 })
      }
    }
  }
}
