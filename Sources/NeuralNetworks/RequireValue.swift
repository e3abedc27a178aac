import Tensors

/// Stops if a setting, finite in double and not negative, is infinite in the type of the parameters,
/// or so small that it is 0 there or loses digits.
func requireValue<Scalar: TensorScalar>(
  of setting: Double, in type: Scalar.Type, _ name: StaticString
) {
  require(
    Scalar(setting).isFinite,
    "the \(name) of \(setting) exceeds the largest \(type), \(type.greatestFiniteMagnitude)")
  require(
    setting == 0 || Scalar(setting).isNormal,
    "the \(name) of \(setting) is below the least \(type) that has all digits, "
      + "\(type.leastNormalMagnitude); take a larger one, or 0 for none")
}
