import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  /// One element of a batch that is NaN, or has no variance, leaves the others as they are.
  @Suite("One bad element of a batch") struct BadElements {
    /// What spoils one element of a parameter: NaN, and what has no inverse.
    enum Fault: CaseIterable {
      case notANumber, infinite, zero

      var value: Double {
        switch self {
        case .notANumber: .nan
        case .infinite: .infinity
        case .zero: 0
        }
      }
    }

    /// The first parameter of the matrix 1 with its first element spoilt.
    private func spoilt(
      _ parameters: [Tensor<Double>], _ fault: Fault, batch: Int
    ) -> [Tensor<Double>] {
      var first = parameters[0].scalars
      first[first.count / batch] = fault.value
      return [Tensor(first, shape: parameters[0].shape)] + parameters.dropFirst()
    }

    /// All that a model gives, a row for each matrix of the batch.
    private func results(
      _ precision: any PrecisionStructure<Double>, _ noise: Tensor<Double>,
      from other: any PrecisionStructure<Double>
    ) -> [(name: String, rows: [[Double]])] {
      let model = GaussianGraphicalModel(mean: 0.5 * noise, precision: precision)
      let reference = GaussianGraphicalModel(precision: other)
      let count = noise.shape[0]
      return [
        ("log-density", model.logDensity(of: noise)), ("sample", model.sample(noise: noise)),
        ("entropy", model.entropy), ("variances", model.marginalVariances),
        ("KL", klDivergence(model, reference)), ("KL to it", klDivergence(reference, model)),
      ].map { name, value in
        let width = value.count / count
        return (name, (0..<count).map { Array(value.scalars[$0 * width..<($0 + 1) * width]) })
      }
    }

    @Test(
      "of a factor: its own results are not finite, and the others the same bit for bit",
      arguments: StructureCase.kinds.filter { !["sparse", "regular-grid"].contains($0.kind) },
      Fault.allCases)
    func factors(structure: StructureCase, fault: Fault) {
      // The first parameter of a diagonal is a logarithm, of which 0 is as good as any.
      if case .diagonal = structure, fault == .zero { return }
      var generator = Philox(seed: 90)
      let (count, k) = (3, structure.dimension)
      let parameters = structure.parameters(batch: [count], using: &generator)
      let other = structure.precision(structure.parameters(batch: [], using: &generator))
      let noise = Tensor<Double>.normal([count, k], using: &generator)
      let clean = results(structure.precision(parameters), noise, from: other)
      let bad = results(
        structure.precision(spoilt(parameters, fault, batch: count)), noise, from: other)
      for ((name, expected), (_, found)) in zip(clean, bad) {
        #expect(found[0] == expected[0] && found[2] == expected[2], "\(name)")
        #expect(!found[1].allSatisfy { $0.isFinite }, "\(name): \(found[1])")
      }
    }

    @Test(
      "of a precision by its elements: the error names the matrix, or its results alone are NaN",
      arguments: StructureCase.kinds, Fault.allCases)
    func elements(structure: StructureCase, fault: Fault) throws {
      var generator = Philox(seed: 91)
      let (count, k) = (3, structure.dimension)
      let factors = structure.precision(structure.parameters(batch: [count], using: &generator))
      let other = structure.precision(structure.parameters(batch: [], using: &generator))
      let noise = Tensor<Double>.normal([count, k], using: &generator)
      let elements = factors.elements
      var diagonal = elements.diagonal.scalars
      diagonal[k] = fault.value
      let spoilt = try SymmetricElements(
        graph: elements.graph, diagonal: Tensor(diagonal, shape: [count, k]),
        offDiagonal: elements.offDiagonal)
      do {
        let clean = results(try SparsePrecision(elements: elements), noise, from: other)
        let bad = results(try SparsePrecision(elements: spoilt), noise, from: other)
        for ((name, expected), (_, found)) in zip(clean, bad) {
          #expect(found[0] == expected[0] && found[2] == expected[2], "\(name)")
          #expect(!found[1].allSatisfy { $0.isFinite }, "\(name): \(found[1])")
        }
        Issue.record("accepted")
      } catch let error as NotPositiveDefinite {
        #expect(error.matrix == 1)
      }
      // By the type's own matrix.
      let matrix = spoilt.matrix
      let error = #expect(throws: NotPositiveDefinite.self) { try DensePrecision(matrix: matrix) }
      #expect(error?.matrix == 1)
    }
  }
}
