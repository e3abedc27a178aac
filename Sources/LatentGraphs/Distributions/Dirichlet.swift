import Foundation
import Tensors

/// A point of the simplex, with the density `Γ(Σ aᵢ)/Π Γ(aᵢ)·Π xᵢ^(aᵢ − 1)` for the concentrations
/// `a`, with respect to all variables but one.
///
/// The parameter is that of PyTorch and of scipy's `dirichlet`. The density where variables are 0 is
/// the limit from inside; it is NaN where there is no limit, because some of the factors approach 0
/// and others ∞.
public struct Dirichlet<Scalar: TensorScalar>: SelfDivergence, ReparameterizedDistribution {
  // MARK: Parameters

  /// The concentrations `a`, `[batch…, k]`, positive and of a finite sum.
  public let concentration: Tensor<Scalar>

  /// The distribution with these concentrations.
  public init(concentration: Tensor<Scalar>) {
    self.concentration =
      commonParameters(
        of: "Dirichlet distribution", [("concentration", concentration, .positive)])[0]
    require(dimension > 0, "a Dirichlet distribution of no variables")
    checkParameter(total, of: "Dirichlet distribution", "sum of the concentrations", .finite)
  }

  /// The shape of the batch.
  public var batchShape: Shape { concentration.shape.dropLast() }

  /// The number of variables, `k`.
  public var dimension: Int { concentration.shape[-1] }

  /// `Σ aᵢ`, `[batch…, 1]`.
  var total: Tensor<Scalar> { concentration.sum(axis: -1, keepingAxis: true) }

  // MARK: Support

  /// The simplex.
  public var support: Support<Scalar> { .simplex }

  // MARK: Moments

  /// `a/Σ aᵢ`.
  public var mean: Tensor<Scalar> { concentration / total }

  /// `m·(1 − m)/(Σ aᵢ + 1)` for the mean `m`.
  public var variance: Tensor<Scalar> {
    mean * (concentration.sumOfOthers(of: total) / total) / (total + 1)
  }

  // MARK: Log-density

  /// `log Γ(Σ aᵢ) + Σ [(aᵢ − 1)·log xᵢ − log Γ(aᵢ)]`, in nats; −∞ if the value is not on the simplex.
  /// Nothing cancels for large concentrations.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: concentration.shape, of: "Dirichlet distribution")
    let isInside = support.contains(value)
    let safe = isInside.addingAxis(at: -1).select(value, Tensor(1 / Scalar(dimension)))
    let total = total
    let scaled = total.detached.broadcast(to: concentration.shape)
    // With m = Σ aᵢ·x, the terms aᵢ·log m − m − log Γ(aᵢ) are small differences.
    let terms = elementwise(
      safe, concentration, scaled,
      value: { x, a, n in logGammaDensity(n * x, a, 1) + log(n) },
      slopes: { x, a, n in
        (a == 1 ? 0 : (a - 1) / x, logGammaDensitySlope(n * x, a, 1), 0)
      })
    let density = terms.sum(axis: -1) - normalizer
    return isInside.select(density, value.scoreOutsideSupport)
  }

  /// `n·log n − n − log Γ(n)` with `n = Σ aᵢ`: `[batch…]`.
  var normalizer: Tensor<Scalar> {
    elementwise(
      total, value: { SpecialFunctions.logGammaKernel($0, $0) },
      slope: { SpecialFunctions.digammaError($0) }
    ).sum(axis: -1)
  }

  // MARK: Sampling

  /// Gamma draws divided by their sum, from their logarithms, with implicit gradients for the
  /// concentrations. Concentrations below 10⁻³⁰ stop the program. An element that would be rounded to
  /// 0 is the smallest normal number.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return draw(noise.draws, from: &generator).value
  }

  // MARK: Entropy and divergence

  /// `Σ [log Γ(aᵢ) − (aᵢ − 1)·ψ(aᵢ)] − log Γ(n) + (n − k)·ψ(n)` with `n = Σ aᵢ`, in nats: `[batch…]`.
  /// Nothing cancels for large concentrations.
  public var entropy: Tensor<Scalar> {
    let (total, k) = (total, Double(dimension))
    // The derivatives of the parts in the detached sum are in the slope of the sum.
    let parts = elementwise(
      concentration, total.detached.broadcast(to: concentration.shape),
      concentration.detached.sumOfOthers(of: total.detached),
      value: { a, n, rest in DirichletEntropy.part(a, ofTotal: n, rest: rest) },
      slopes: { a, _, _ in (DirichletEntropy.partSlope(a), 0, 0) })
    let sum = elementwise(
      total, value: DirichletEntropy.total,
      slope: { DirichletEntropy.totalSlope($0, variables: k) })
    return parts.sum(axis: -1) + sum.sum(axis: -1)
  }

  /// `log Γ(n) − log Γ(n′) + Σ [log Γ(a′ᵢ) − log Γ(aᵢ) + (aᵢ − a′ᵢ)·(ψ(aᵢ) − ψ(n))]` for the
  /// concentrations `a′` of the other distribution, in nats: `[batch…]`. It is accurate for nearly
  /// equal distributions, and never negative. It is computed in `Double`.
  public func klDivergence(from other: Dirichlet) -> Tensor<Scalar> {
    requireSameVariables(
      concentration.shape, other.concentration.shape, of: "Dirichlet distribution")
    return computed(in: Double.self, from: [concentration, other.concentration]) {
      Dirichlet<Double>(concentration: $0[0])
        .divergence(from: Dirichlet<Double>(concentration: $0[1]))
    }
  }

  private func divergence(from other: Dirichlet) -> Tensor<Scalar> {
    let step = (other.concentration - concentration).detached.sum(axis: -1, keepingAxis: true)
    let shape = step.shape.dropLast() + [dimension]
    let growth = (other.total / total).detached
    // The sum over the variables of the derivatives in the growth and the step is 0.
    let terms = elementwise(
      concentration, other.concentration, growth.broadcast(to: shape),
      (step / total.detached).broadcast(to: shape),
      value: { DirichletDivergence(from: $0, to: $1, growth: $2, step: $3).value },
      slopes: {
        let slopes = DirichletDivergence(from: $0, to: $1, growth: $2, step: $3).slopes
        return (slopes.0, slopes.1, 0, 0)
      })
    let totals = elementwise(
      total, other.total, step,
      value: { SpecialFunctions.logGammaDivergence($0, to: $1, by: $2) },
      slopes: {
        let slopes = logGammaDivergenceSlopes($0, to: $1, by: $2)
        return (slopes.0, slopes.1, 0)
      })
    let divergence = terms.sum(axis: -1) - totals.sum(axis: -1)
    return divergence + (divergence.relu() - divergence).detached
  }
}
