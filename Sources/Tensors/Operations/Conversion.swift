extension Tensor {
  /// This tensor's elements converted to another type. The conversion is not recorded;
  /// `computed(in:from:_:)` differentiates through conversions.
  public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> Tensor<Other> {
    withScalars { scalars in
      Tensor<Other>(shape) { out in
        for i in scalars.indices { out[i] = Other(scalars[i]) }
      }
    }
  }
}

/// A differentiable function that is computed in another type, usually in `Double` for `Float`
/// tensors, because its intermediate results cancel.
///
/// `body` gets the inputs, converted, and its result is converted back. It is differentiated in the
/// other type, and the gradients are converted back.
/// ```swift
/// let difference = computed(in: Double.self, from: [x, y]) { ($0[0] - $0[1]).exp().sum() }
/// ```
/// - Complexity: that of `body`, and of the conversion of the inputs. Intermediate results of
///   `body` are kept until the result is released if an input is tracked.
public func computed<Scalar: TensorScalar, Other: TensorScalar>(
  in type: Other.Type, from inputs: [Tensor<Scalar>],
  _ body: (_ inputs: [Tensor<Other>]) throws -> Tensor<Other>
) rethrows -> Tensor<Scalar> {
  let converted = inputs.map { input -> Tensor<Other> in
    let constant = input.converted(to: Other.self)
    return input.isTracked ? constant.tracked() : constant
  }
  let result = try body(converted)
  let tracked = converted.indices.filter { converted[$0].isTracked }
  return result.converted(to: Scalar.self).recorded(from: inputs) { upstream, gradients in
    let output = (result * upstream.converted(to: Other.self)).sum()
    let needed = tracked.filter(gradients.isNeeded)
    let slopes = Tensors.gradients(of: output, withRespectTo: needed.map { converted[$0] })
    for (input, slope) in zip(needed, slopes) {
      gradients.add(to: input, slope.converted(to: Scalar.self))
    }
  }
}
