import NeuralNetworks
import Tensors

/// The places at which the gradient of a loss with respect to the parameters of a module differs
/// from central differences, as text; empty if there are none.
///
/// For each parameter, the elements with the largest gradients are checked, and the derivative in a
/// random direction of length 1, to which every element contributes. The step of 10⁻⁵ has an error
/// of about 10⁻¹¹ times the third derivative. The tolerance is 10⁻⁷ times the derivative or 1,
/// whichever is larger, which allows for the kinks in the second derivative of ELU. The rounding
/// error of the loss is added to it.
///
/// - Parameter loss: must give the same value for the same parameters, so its noise must come from
///   a fixed seed.
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

/// Gives every parameter of a module random normal values with this standard deviation. The initial
/// values of some parameters are zero, where errors in a gradient could remain unseen.
public func randomizeParameters(
  of module: some Module<Double>, deviation: Double, seed: UInt64
) {
  var generator = Philox(seed: seed)
  for (_, parameter) in module.namedParameters() {
    parameter.assign(deviation * .normal(parameter.value.shape, using: &generator))
  }
}
