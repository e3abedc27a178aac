import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Bands of the precision, its factor and its inverse") struct Bands {
    /// Patterns that a KL divergence may need: the diagonal, a chain, grids of several widths, and
    /// dense.
    static func patterns(_ k: Int) -> [BandPattern] {
      let grids = [1, 2, 3, 4, 5, 8].map { [0, 1, $0 - 1, $0] }
      let dense = Array(0..<k)
      return ([[0], [0, 1], [0, 2], [0, 1, 3]] + grids + [dense])
        .map { BandPattern(dimension: k, offsets: $0) }
    }

    /// Whether the structure computes the covariances on a pattern, as documented.
    static func knows(_ structure: StructureCase, _ pattern: BandPattern, own: BandPattern) -> Bool
    {
      switch structure {
      case .diagonal: true
      case .chain: pattern.isBanded
      case .grid: Set(pattern.offsets).isSubset(of: own.offsets)
      default: false
      }
    }

    @Test(
      "The bands of the precision agree with the dense twin", arguments: StructureCase.all,
      BatchCase.batches)
    func precision(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 10)
      let parameters = structure.parameters(batch: batch, using: &generator)
      guard let precision = structure.banded(parameters) else { return }
      let matrices = structure.factors(parameters).map { $0 * $0.transposed }
      let offsets = precision.pattern.offsets
      let bands = precision.precisionBands(offsets)
      #expect(bands.count == offsets.count)
      for (offset, band) in zip(offsets, bands) {
        #expect(band.shape == batch + [structure.dimension - offset])
        expectClose(band, matrices.flatMap { $0.band(offset) }, "offset \(offset)")
        // A single offset gives the same band as all offsets together.
        #expect(precision.precisionBands([offset])[0].scalars == band.scalars)
      }
      expectGradients(at: parameters) {
        weightedSum(structure.banded($0)!.precisionBands(offsets))
      }
      CoverageTable.note("precisionBands", structure)
    }

    @Test(
      "The bands of the factor agree with the dense twin", arguments: StructureCase.all,
      BatchCase.batches)
    func factor(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 16)
      let parameters = structure.parameters(batch: batch, using: &generator)
      guard let bands = structure.banded(parameters)?.factorBands else { return }
      let factors = structure.factors(parameters).map(\.transposed)
      for offset in 0..<structure.dimension {
        let expected = factors.flatMap { $0.band(offset) }
        guard let band = bands[offset] else {
          #expect(expected.allSatisfy { $0 == 0 })
          continue
        }
        #expect(band.shape == batch + [structure.dimension - offset])
        expectClose(band, expected, within: 1e-15)
      }
      #expect(bands.keys.allSatisfy { $0 < structure.dimension })
      CoverageTable.note("factorBands", structure)
    }

    @Test(
      "The bands of the covariance agree with the dense twin", arguments: StructureCase.all,
      BatchCase.batches)
    func covariance(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 11)
      let parameters = structure.parameters(batch: batch, using: &generator)
      guard let precision = structure.banded(parameters) else { return }
      let covariances = structure.factors(parameters).map {
        ($0 * $0.transposed).inverted().inverse
      }
      let own = precision.pattern
      for pattern in [own] + Self.patterns(structure.dimension) {
        let bands = precision.covarianceBands(on: pattern)
        #expect((bands != nil) == Self.knows(structure, pattern, own: own), "\(pattern.offsets)")
        guard let bands else { continue }
        #expect(Set(bands.keys).isSubset(of: pattern.offsets))
        for offset in pattern.offsets {
          let expected = covariances.flatMap { $0.band(offset) }
          guard let band = bands[offset] else {
            #expect(expected.allSatisfy { $0 == 0 }, "offset \(offset) of \(pattern.offsets)")
            continue
          }
          #expect(band.shape == batch + [structure.dimension - offset])
          expectClose(band, expected, "offset \(offset) of \(pattern.offsets)")
        }
        CoverageTable.note("covarianceBands", structure)
      }
    }

    @Test(
      "The gradients of the covariance's bands agree with central differences",
      arguments: StructureCase.all, BatchCase.batches)
    func gradients(_ structure: StructureCase, _ batch: Shape) {
      var generator = Philox(seed: 12)
      let parameters = structure.parameters(batch: batch, using: &generator)
      guard let precision = structure.banded(parameters) else { return }
      let patterns = Set([precision.pattern] + Self.patterns(structure.dimension))
      for pattern in patterns where precision.covarianceBands(on: pattern) != nil {
        expectGradients(at: parameters, within: 1e-7, "\(pattern.offsets)") {
          let bands = structure.banded($0)!.covarianceBands(on: pattern)!
          return weightedSum(bands.keys.sorted().map { bands[$0]! })
        }
        CoverageTable.note("gradient of covarianceBands", structure)
      }
    }

    @Test("The offsets of a pattern are sorted and distinct and lie within the matrix")
    func patterns() {
      #expect(BandPattern(dimension: 4, offsets: [3, 0, 4, 1, 1, -1]).offsets == [0, 1, 3])
      #expect(BandPattern(dimension: 1, offsets: [0, 1]).offsets == [0])
      #expect(BandPattern.diagonal(3).isBanded)
      #expect(!BandPattern(dimension: 5, offsets: [1, 2, 3, 4]).isBanded)
    }
  }
}
