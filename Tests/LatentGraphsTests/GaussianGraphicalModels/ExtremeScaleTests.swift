import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Structures in which a product is representable and the square of one of its factors is not.
  @Suite("Scales whose squares overflow or underflow") struct ExtremeScaleTests {
    private func expectEqual<Scalar: TensorScalar>(
      _ found: Tensor<Scalar>, _ expected: Tensor<Scalar>, within tolerance: Scalar,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      for (x, y) in zip(found.scalars, expected.scalars) {
        #expect(
          x == y || abs(x / y - 1) <= tolerance, "\(found) for \(expected)",
          sourceLocation: sourceLocation)
      }
    }

    @Test("Variances and divergences of an arrow whose slopes underflow when squared")
    func arrowVariances() throws {
      let (l, m): (Tensor<Float>, Tensor<Float>) = (Tensor([1e17, 1e-10]), Tensor([1e-8]))
      let arrow = ArrowPrecision(factorDiagonal: l, factorLastRow: m)
      expectEqual(arrow.marginalVariances, Tensor([1.0001e-30, 1e20]), within: 1e-6)
      let chain = ChainPrecision(factorDiagonal: l, factorOffDiagonal: m)
      let other = GaussianGraphicalModel(
        precision: try DiagonalPrecision<Float>(diagonal: Tensor([1e30, 1e-20])))
      // The sum of the magnitudes of the terms is 10⁴.
      expectEqual(
        GaussianGraphicalModel(precision: arrow).klDivergence(from: other),
        GaussianGraphicalModel(precision: chain).klDivergence(from: other), within: 1e-4)
      expectEqual(
        ArrowPrecision<Double>(
          factorDiagonal: Tensor([1e140, 1e-100]), factorLastRow: Tensor([1e-30])
        )
        .marginalVariances, Tensor([1e-140 * (1 + 1e-140), 1e200]), within: 1e-14)
      // Here m/l₁ is subnormal, or m/l₂ overflows.
      let steep = ArrowPrecision<Float>(
        factorDiagonal: Tensor([1e17, 1e-30]), factorLastRow: Tensor([1e-25]))
      expectEqual(steep.covariances(on: .arrow(2)).offDiagonal, Tensor([-1e18]), within: 1e-6)
      let flat = ArrowPrecision<Float>(
        factorDiagonal: Tensor([1e22, 1e-20]), factorLastRow: Tensor([1e19]))
      expectEqual(flat.marginalVariances, Tensor([1e34, .infinity]), within: 1e-6)
    }

    @Test("A part of an arrow whose pivot overflows or underflows is refused")
    func arrowPivots() throws {
      let wide = ArrowPrecision<Float>(
        factorDiagonal: .ones([3]), factorLastRow: Tensor([0, 1e20]))
      #expect(throws: NotPositiveDefinite.self) {
        try GaussianGraphicalModel(precision: wide).conditioned(on: [1: 1])
      }
      let small = ArrowPrecision<Float>(
        factorDiagonal: Tensor([1, 1, 1e-25]), factorLastRow: Tensor([0, 1e-25]))
      #expect(throws: NotPositiveDefinite.self) { try small.submatrix(of: [0, 2]) }
    }

    @Test("A scaled precision whose scales underflow or overflow when squared")
    func scaledPrecision() throws {
      let base = try DiagonalPrecision<Float>(diagonal: Tensor([1e-30]))
      for logScale: Float in [49.5, 51, -51] {
        let scale = Double(exp(logScale))
        let expected = 1e30 / scale / scale
        let found = ScaledPrecision(base, logScale: Tensor([logScale])).marginalVariances.scalar
        if expected < 1e38 { #expect(abs(Double(found) / expected - 1) < 1e-5, "\(logScale)") }
      }
      let chain = try ChainPrecision<Float>(
        diagonal: Tensor([2e30, 2e30]), offDiagonal: Tensor([-1e30]))
      let scaled = ScaledPrecision(chain, logScale: .full(-51, [2]))
      let unit = exp(-102.0) * 1e30
      expectEqual(scaled.diagonal, .full(Float(2 * unit), [2]), within: 1e-5)
      // The same model in double precision, without scales
      let exact = try GaussianGraphicalModel(
        precision: ChainPrecision<Double>(
          diagonal: .full(2 * unit, [2]), offDiagonal: .full(-unit, [1]))
      ).conditioned(
        on: Evidence(of: [0], values: Tensor([1e5]), noiseVariances: Tensor([1e12])))
      let given = try GaussianGraphicalModel(precision: scaled)
        .conditioned(
          on: Evidence(of: [0], values: Tensor([1e5]), noiseVariances: Tensor([1e12])))
      expectEqual(given.mean, exact.mean.converted(), within: 1e-5)
      expectEqual(given.variance, exact.variance.converted(), within: 1e-5)
      let sum = try ScaledPrecision(chain, logScale: .full(-45, [2]))
        .adding(toDiagonal: .full(1e-12, [2]))
      let own = exp(-90.0) * 1e30
      let dense = try ChainPrecision<Double>(
        diagonal: .full(2 * own + 1e-12, [2]), offDiagonal: .full(-own, [1]))
      expectEqual(sum.marginalVariances, dense.marginalVariances.converted(), within: 1e-5)
    }

    @Test("The density at an infinite value is −∞, and at NaN it is NaN")
    func infiniteValues() throws {
      let chain = try ChainPrecision<Double>(diagonal: .full(2.5, [3]), offDiagonal: .full(-1, [2]))
      let structures: [any PrecisionStructure<Double>] = [
        chain, try DensePrecision(matrix: chain.elements.matrix),
        ScaledPrecision(chain, logScale: .zeros([3])),
      ]
      let infinity = Double.infinity
      let values = Tensor(
        [
          infinity, infinity, infinity, -infinity, infinity, 0, 0, -infinity, 0, 0, .nan, infinity,
          1, 2, 3,
        ],
        shape: [5, 3])
      for precision in structures {
        let gaussian = GaussianGraphicalModel(precision: precision)
        let student = MultivariateStudentT(
          degreesOfFreedom: 3, location: .zeros([3]), precision: precision)
        for density in [gaussian.logDensity(of: values), student.logDensity(of: values)] {
          #expect(density.scalars[0..<3].allSatisfy { $0 == -infinity }, "\(precision)")
          #expect(density.scalars[3].isNaN && density.scalars[4].isFinite)
        }
        let unknown = GaussianGraphicalModel(mean: .full(.nan, [3]), precision: precision)
        #expect(unknown.logDensity(of: values).scalars.allSatisfy { $0.isNaN })
      }
    }
  }
}
