import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Ends of bijections and supports") struct TransformationTests {
    @Test("A discrete base distribution stops the program")
    func discrete() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = TransformedDistribution(
            Poisson<Double>(rate: Tensor([1])),
            by: AffineMap(shift: Tensor([0]), scale: Tensor([2])))
        }, "got a Poisson<Double>, which is discrete")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let poisson = Poisson<Double>(rate: Tensor([1]))
          let mixture = Mixture(logits: Tensor([0, 0]), components: [poisson, poisson])
          _ = TransformedDistribution(
            IndependentProduct(Normal<Double>.standard(1), mixture), by: ExponentialMap())
        }, "which is discrete")
    }

    @Test("A bijection of another shape than its base stops the program")
    func shapes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = TransformedDistribution(
            Normal<Double>.standard(1), by: AffineMap(shift: Tensor([0, 1]), scale: Tensor([1])))
        }, "arguments of the shape [1]", "the shape [2], not [1]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = TransformedDistribution(
            Normal<Double>.standard(1), by: AffineMap(shift: .ones([3, 1]), scale: Tensor([1])))
        }, "the shape [3, 1], not [1]")
    }

    @Test("The density of broken sticks is −∞ where a variable is 0")
    func sticks() {
      let law = TransformedDistribution(Normal<Double>.standard(2), by: StickBreakingMap())
      let ends = Tensor<Double>([1, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5], shape: [3, 3])
      #expect(law.logDensity(of: ends).scalars == [-.infinity, -.infinity, -.infinity])
      #expect(law.support.contains(ends).scalars == [0, 0, 0])
      let wide = TransformedDistribution(
        Normal<Float>(mean: .zeros([20]), logStandardDeviation: .full(3.4, [20])),
        by: StickBreakingMap())
      var generator = Philox(seed: 1)
      let draws = wide.sample(1000, using: &generator)
      #expect(wide.logDensity(of: draws).isFinite)
      let stick = StickBreakingMap<Double>()
      #expect(stick.inverse(.ones([2, 1])).shape == [2, 0])
      #expect(stick(.zeros([2, 0])).scalars == [1, 1])
    }

    @Test("Increasing vectors overflow from the step that is too large")
    func ordered() {
      let y = OrderedMap<Double>()(Tensor([0, 1000, 1]))
      #expect(y.scalars == [0, .infinity, .infinity])
      #expect(OrderedMap<Float>()(Tensor([0, 90])).scalars == [0, .infinity])
    }

    @Test("Values of maps are inside of their open images")
    func inside() {
      func check<Scalar: TensorScalar>(_: Scalar.Type) {
        let x = Tensor<Scalar>([-1e4, 1e4]).tracked()
        let maps: [any Bijection<Scalar>] = [ExponentialMap(), SoftplusMap(), SigmoidMap()]
        for map in maps {
          #expect(map.image.contains(map(x)).scalar == 1, "\(map)")
          #expect(map.inverse(map(x)).isFinite)
        }
        #expect(SigmoidMap()(Tensor<Scalar>([.nan])).scalar.isNaN)
        #expect(ExponentialMap()(Tensor<Scalar>([.nan])).scalar.isNaN)
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("One element outside of many is found")
    func manyElements() {
      let count = 1 << 24 + 1
      let x = Tensor<Float>([count]) { out in
        for i in 0..<count { out[i] = i == 77 ? -1 : 1 }
      }
      #expect(Support.positive.contains(x).scalar == 0)
      #expect(Support.positive.contains(x.abs()).scalar == 1)
    }

    @Test("A simplex of many variables has the sum 1")
    func largeSimplex() {
      let k = 600_000
      let simplex = Support<Float>.simplex
      #expect(simplex.contains(.zeros([k])).scalar == 0)
      #expect(simplex.contains(.full(0.5 / Float(k), [k])).scalar == 0)
      #expect(simplex.contains(.full(1 / Float(k), [k])).scalar == 1)
      let law = Dirichlet<Float>(concentration: .ones([k]))
      #expect(law.logDensity(of: .full(0.5 / Float(k), [k])).scalar == -.infinity)
      var generator = Philox(seed: 2)
      #expect(law.logDensity(of: law.sample(using: &generator)).isFinite)
    }

    @Test("A Dirichlet density without a limit at a corner is NaN")
    func corner() {
      let law = Dirichlet<Double>(concentration: Tensor([0.5, 2, 2]))
      let x = Tensor<Double>([0, 0, 1, 0, 0.5, 0.5, 0.5, 0, 0.5], shape: [3, 3])
      let density = law.logDensity(of: x).scalars
      #expect(density[0].isNaN && density[1] == .infinity && density[2] == -.infinity)
    }
  }
}
