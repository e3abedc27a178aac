import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  /// KL divergences of the distributions whose densities have gamma functions of the parameters.
  @Suite("Divergences between gamma, beta and Dirichlet distributions") struct GammaDivergences {
    /// A pair of distributions with the parameters `p`, those of the second one last.
    private struct Pair {
      let law: String
      let parameters: [Double]
      let divergence: Double
      let slopes: [Double]

      func divergence<Scalar>(_ p: [Tensor<Scalar>]) -> Tensor<Scalar> {
        switch law {
        case "gamma":
          Gamma(concentration: p[0], rate: p[1])
            .klDivergence(from: Gamma(concentration: p[2], rate: p[3]))
        case "beta":
          Beta(alpha: p[0], beta: p[1]).klDivergence(from: Beta(alpha: p[2], beta: p[3]))
        default:
          Dirichlet(concentration: p[0]).klDivergence(from: Dirichlet(concentration: p[1]))
        }
      }

      /// The arguments of `divergence`, one for each parameter or, for the Dirichlet distribution, for
      /// each distribution.
      func arguments<Scalar>(_: Scalar.Type) -> [Tensor<Scalar>] {
        let numbers = parameters.map { Scalar($0) }
        guard law == "dirichlet" else { return numbers.map { Tensor([$0]) } }
        let half = numbers.count / 2
        return [Tensor(Array(numbers[..<half])), Tensor(Array(numbers[half...]))]
      }
    }

    private static let pairs = gammaDivergenceReferences.split(separator: "\n").map { line in
      let fields = line.split(separator: " ").map(String.init)
      let place = fields.firstIndex(of: "=")!
      let numbers = fields[(place + 1)...].map { Double($0)! }
      return Pair(
        law: fields[0], parameters: fields[1..<place].map { Double($0)! },
        divergence: numbers[0], slopes: Array(numbers[1...]))
    }

    @Test(
      "Divergences and gradients agree with 80 digits, for nearly equal and for far distributions")
    func references() {
      #expect(Self.pairs.count == 126)
      for pair in Self.pairs {
        let arguments = pair.arguments(Double.self)
        let divergence = pair.divergence(arguments)
        #expect(
          abs(divergence.scalar - pair.divergence) <= 1e-12 * pair.divergence,
          "\(pair.law) \(pair.parameters): \(divergence.scalar), expected \(pair.divergence)")
        let variables = arguments.map { $0.tracked() }
        let slopes = gradients(of: pair.divergence(variables), withRespectTo: variables)
          .flatMap(\.scalars)
        // A slope is a difference of terms of the size of the relative steps of the parameters.
        let half = pair.parameters.count / 2
        let step = zip(pair.parameters[..<half], pair.parameters[half...]).reduce(0) {
          max($0, abs($1.1 - $1.0) / $1.0)
        }
        for (slope, expected) in zip(slopes, pair.slopes) {
          #expect(
            abs(slope - expected) <= 1e-12 * abs(expected) + 32 * step * .ulpOfOne,
            "\(pair.law) \(pair.parameters): a slope of \(slope), expected \(expected)")
        }
      }
    }

    @Test("In Float, a divergence is that in Double of the rounded parameters")
    func float() {
      for pair in Self.pairs {
        let rounded = pair.arguments(Float.self)
        let expected = pair.divergence(rounded.map { Tensor($0.scalars.map(Double.init)) }).scalar
        let divergence = Double(pair.divergence(rounded).scalar)
        #expect(
          divergence >= 0 && abs(divergence - expected) <= 4e-6 * expected + 1e-44,
          "\(pair.law) \(pair.parameters): \(divergence), expected \(expected)")
      }
    }

    @Test("The divergence from itself is 0, with the gradient 0")
    func itself() {
      for pair in Self.pairs {
        let arguments = pair.arguments(Double.self)
        let own = arguments[..<(arguments.count / 2)].map { $0.tracked() }
        let divergence = pair.divergence(own + own)
        #expect(divergence.scalar == 0)
        for slope in gradients(of: divergence, withRespectTo: own).flatMap(\.scalars) {
          #expect(slope == 0)
        }
      }
    }
  }
}
