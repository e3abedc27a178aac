import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A bijection under test.
enum MapCase: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case exponential, softplus, sigmoid, affine, ordered, stickBreaking, composition

  var testDescription: String { rawValue }

  func map<Scalar: TensorScalar>(_: Scalar.Type) -> any Bijection<Scalar> {
    switch self {
    case .exponential: ExponentialMap()
    case .softplus: SoftplusMap()
    case .sigmoid: SigmoidMap()
    case .affine: AffineMap(shift: Tensor([1, -2, 0.5]), scale: Tensor([-2, 3, 0.1]))
    case .ordered: OrderedMap()
    case .stickBreaking: StickBreakingMap()
    case .composition:
      Composition(
        AffineMap<Scalar>(shift: Tensor([0.5]), scale: Tensor([-1.5])),
        then: StickBreakingMap<Scalar>())
    }
  }
}

extension GraphTests {
  @Suite("Bijections") struct Bijections {
    @Test(
      "The inverse gives the argument back, and values are in the image",
      arguments: MapCase.allCases)
    func inverse(_ example: MapCase) {
      var generator = Philox(seed: 1)
      let map = example.map(Double.self)
      let x = Tensor<Double>.normal([2, 50, 3], using: &generator)
      let y = map(x)
      #expect(y.shape == [2, 50, map.dimension(for: 3)])
      expectClose(map.inverse(y), x.scalars, within: 1e-12)
      #expect(map.image.contains(y).scalars.allSatisfy { $0 == 1 })
    }

    @Test(
      "The log-determinant is that of the Jacobian by central differences",
      arguments: MapCase.allCases)
    func determinant(_ example: MapCase) {
      var generator = Philox(seed: 2)
      let map = example.map(Double.self)
      let x = Tensor<Double>.normal([3], using: &generator)
      let h = 0x1p-12
      // Column j of the Jacobian, of the first three values.
      let columns = (0..<3).map { j -> [Double] in
        func value(_ step: Double) -> Tensor<Double> {
          map(x + Tensor((0..<3).map { $0 == j ? step * h : 0 })).slice(0..<3, axis: -1)
        }
        return ((8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * h)).scalars
      }
      let c = columns
      let determinant =
        c[0][0] * (c[1][1] * c[2][2] - c[1][2] * c[2][1])
        - c[0][1] * (c[1][0] * c[2][2] - c[1][2] * c[2][0])
        + c[0][2] * (c[1][0] * c[2][1] - c[1][1] * c[2][0])
      let found = map.logDeterminant(at: x)
      #expect(found.shape == [])
      #expect(abs(found.scalar - log(abs(determinant))) < 1e-9)
    }

    @Test("Gradients agree with central differences", arguments: MapCase.allCases)
    func gradients(_ example: MapCase) {
      var generator = Philox(seed: 3)
      let map = example.map(Double.self)
      let x = Tensor<Double>.normal([2, 3], using: &generator)
      expectGradients(at: [x]) {
        weightedSum([map($0[0]), map.logDeterminant(at: $0[0]), map.inverse(map($0[0]))])
      }
    }

    @Test("Values far out keep their inverse and their determinant")
    func far() {
      let x = Tensor<Double>([-700, -30, 30])
      expectClose(SoftplusMap().inverse(SoftplusMap()(x)), x.scalars, within: 1e-14)
      expectClose(ExponentialMap().inverse(ExponentialMap()(x)), x.scalars, within: 1e-15)
      expectClose(SoftplusMap().logDeterminant(at: x), [-730], within: 1e-13)
      let simplex = StickBreakingMap<Double>()(Tensor([-700, 0]))
      #expect(simplex.scalars[0] > 0 && abs(simplex.sum().scalar - 1) < 1e-15)
    }

    @Test("The density of a transformed normal is that of the log-normal")
    func logNormal() {
      let normal = Normal<Double>(
        mean: Tensor([0.3, -1]), logStandardDeviation: Tensor([-0.2, 0.4]))
      let transformed = TransformedDistribution(normal, by: ExponentialMap())
      let known = LogNormal(location: normal.mean, scale: normal.standardDeviation)
      let x = Tensor<Double>([0.1, 3, 2, 1e-4], shape: [2, 2])
      expectClose(transformed.logDensity(of: x), known.logDensity(of: x).scalars, within: 1e-14)
      #expect(transformed.logDensity(of: Tensor([0.1, -1])).scalar == -.infinity)
      #expect(throws: DistributionError.self) { try transformed.mean }
    }
  }
}
