import NeuralNetworks
import Tensors

/// Where the gradients of a loss in the parameters of a module differ from central differences, as
/// text; empty where nowhere.
///
/// Of each parameter the elements of the largest gradient are checked, and a random direction of length
/// 1, in which every element takes part. The step 10⁻⁵ makes an error of 10⁻¹¹ third derivatives; the
/// tolerance, 10⁻⁷ of gradient or 1, leaves room for the kinks in the second derivative of ELU, and
/// what is added to it for the rounding of the loss.
///
/// - Parameter loss: the same for the same parameters: its noise comes from a seed.
public func parameterGradientMismatches(
  of module: some Module<Double>, elements: Int = 2, tolerance: Double = 1e-7,
  loss: () -> Tensor<Double>
) -> [String] {
  let members = module.namedParameters()
  let value = loss()
  let rounding = 4e-16 * abs(value.scalar) / 1e-5
  let exact = gradients(of: value, withRespectTo: members.map(\.parameter.value))
  var generator = Philox(seed: 0x7061_7261)
  var mismatches: [String] = []
  for (member, gradient) in zip(members, exact) {
    let start = member.parameter.value.snapshot()
    let slopes = gradient.scalars
    func compare(_ place: String, along direction: [Double]) {
      let step = 1e-5
      func moved(_ distance: Double) -> Double {
        let scalars = zip(start.scalars, direction).map { $0 + distance * $1 }
        member.parameter.assign(Tensor(scalars, shape: start.shape))
        return loss().scalar
      }
      let difference = (moved(step) - moved(-step)) / (2 * step)
      member.parameter.assign(start)
      let slope = zip(slopes, direction).reduce(0) { $0 + $1.0 * $1.1 }
      if !(abs(slope - difference) <= tolerance * max(1, abs(difference)) + rounding) {
        mismatches.append("\(member.name) \(place): \(slope), by differences \(difference)")
      }
    }
    let steepest = slopes.indices.sorted { abs(slopes[$0]) > abs(slopes[$1]) }.prefix(elements)
    for element in steepest {
      compare("[\(element)]", along: slopes.indices.map { $0 == element ? 1 : 0 })
    }
    let direction = Tensor<Double>.normal([slopes.count], using: &generator)
    let length = direction.squared().sum().scalar.squareRoot()
    compare("in a random direction", along: direction.scalars.map { $0 / length })
  }
  return mismatches
}

/// Gives every parameter of a module random values of this deviation: away from its start, where some
/// are zero.
public func randomizeParameters(
  of module: some Module<Double>, deviation: Double, seed: UInt64
) {
  var generator = Philox(seed: seed)
  for (_, parameter) in module.namedParameters() {
    parameter.assign(deviation * .normal(parameter.value.shape, using: &generator))
  }
}
