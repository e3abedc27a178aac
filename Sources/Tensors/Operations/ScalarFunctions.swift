/// Elementwise functions that are written in Swift for single numbers, with their partial
/// derivatives beside them. They serve densities with many cases, which as compositions of tensor
/// operations would be inaccurate or undefined in some of them.
///
/// The function is computed in `Double` for both scalar types. The shape of the result is the
/// longest shape of the arguments; every other shape must be its last axes, and is repeated. The
/// derivatives are computed in the backward pass only. An element whose upstream gradient is 0 gets
/// the gradient 0, even where the derivative is infinite.
///
/// - Complexity: a call of the function for each element, and a call of the derivatives in the
///   backward pass, typically 20 to 100 ns each.

/// A function of one number.
package func elementwise<Scalar>(
  _ x: Tensor<Scalar>, value: @escaping (Double) -> Double, slope: @escaping (Double) -> Double
) -> Tensor<Scalar> {
  scalarFunction([x], value: { value($0[0]) }, slopes: { SIMD4(slope($0[0]), 0, 0, 0) })
}

/// A function of two numbers.
package func elementwise<Scalar>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>, value: @escaping (Double, Double) -> Double,
  slopes: @escaping (Double, Double) -> (Double, Double)
) -> Tensor<Scalar> {
  scalarFunction(
    [x, y], value: { value($0[0], $0[1]) },
    slopes: {
      let slopes = slopes($0[0], $0[1])
      return SIMD4(slopes.0, slopes.1, 0, 0)
    })
}

/// A function of three numbers.
package func elementwise<Scalar>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>, _ z: Tensor<Scalar>,
  value: @escaping (Double, Double, Double) -> Double,
  slopes: @escaping (Double, Double, Double) -> (Double, Double, Double)
) -> Tensor<Scalar> {
  scalarFunction(
    [x, y, z], value: { value($0[0], $0[1], $0[2]) },
    slopes: {
      let slopes = slopes($0[0], $0[1], $0[2])
      return SIMD4(slopes.0, slopes.1, slopes.2, 0)
    })
}

/// A function of four numbers.
package func elementwise<Scalar>(
  _ x: Tensor<Scalar>, _ y: Tensor<Scalar>, _ z: Tensor<Scalar>, _ w: Tensor<Scalar>,
  value: @escaping (Double, Double, Double, Double) -> Double,
  slopes: @escaping (Double, Double, Double, Double) -> (Double, Double, Double, Double)
) -> Tensor<Scalar> {
  scalarFunction(
    [x, y, z, w], value: { value($0[0], $0[1], $0[2], $0[3]) },
    slopes: {
      let slopes = slopes($0[0], $0[1], $0[2], $0[3])
      return SIMD4(slopes.0, slopes.1, slopes.2, slopes.3)
    })
}

extension Tensor {
  /// The same elements, recorded as an implicit function of parameters whose derivatives are known
  /// at these elements: `∂xᵢ/∂θᵢ = slopes(xᵢ, θᵢ)`. The shapes of the parameters are the last axes
  /// of this shape.
  ///
  /// It is the adjoint of a sampler: the value was drawn without a record, and its derivative at a
  /// fixed probability is a function of the value and the parameters (Figurnov et al., 2018).
  package func implicitFunction(
    of first: Tensor, _ second: Tensor,
    slopes: @escaping (_ x: Double, _ first: Double, _ second: Double) -> (Double, Double)
  ) -> Tensor {
    let x = detached
    return recorded(from: [first, second]) { [first = first.detached, second = second.detached] in
      addSlopes([first, second, x], upstream: $0, to: $1, inputs: 2) {
        let slopes = slopes($0[2], $0[0], $0[1])
        return SIMD4(slopes.0, slopes.1, 0, 0)
      }
    }
  }
}

private func scalarFunction<Scalar>(
  _ inputs: [Tensor<Scalar>], value: @escaping (SIMD4<Double>) -> Double,
  slopes: @escaping (SIMD4<Double>) -> SIMD4<Double>
) -> Tensor<Scalar> {
  evaluate(inputs, value).recorded(from: inputs) { [constants = inputs.map { $0.detached }] in
    addSlopes(constants, upstream: $0, to: $1, inputs: constants.count, slopes)
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func evaluate<Scalar>(
  _ inputs: [Tensor<Scalar>], _ value: (SIMD4<Double>) -> Double
) -> Tensor<Scalar> {
  let shape = inputs.map { $0.shape }.max { $0.rank < $1.rank }!
  for input in inputs {
    require(
      shape.last(input.rank) == input.shape,
      "an elementwise function of the shapes \(inputs.map(\.shape)); each must be the last axes of "
        + "the longest")
  }
  let arguments = inputs.map { ($0.pointer, $0.count) }
  return withExtendedLifetime(inputs) {
    Tensor(shape) { out in
      parallelFor(count: shape.count, grain: 1 << 11) { range in
        var x = SIMD4<Double>.zero
        for element in range {
          for (place, argument) in arguments.enumerated() {
            x[place] = Double(argument.0[element % argument.1])
          }
          out[element] = Scalar(value(x))
        }
      }
    }
  }
}

/// Adds the products of an upstream gradient and the derivatives to the gradients of the first
/// inputs. The sums over repeated elements accumulate in `Double`, in the order of the elements.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addSlopes<Scalar>(
  _ arguments: [Tensor<Scalar>], upstream: Tensor<Scalar>, to gradients: Gradients<Scalar>,
  inputs: Int, _ slopes: (SIMD4<Double>) -> SIMD4<Double>
) {
  let needed = (0..<inputs).filter { gradients.isNeeded($0) }
  if needed.isEmpty { return }
  var sums = arguments.map { [Double](repeating: 0, count: $0.count) }
  withExtendedLifetime((arguments, upstream)) {
    var x = SIMD4<Double>.zero
    for element in 0..<upstream.count {
      let weight = Double(upstream.pointer[element])
      if weight == 0 { continue }
      for (place, argument) in arguments.enumerated() {
        x[place] = Double(argument.pointer[element % argument.count])
      }
      let slope = slopes(x)
      for place in needed { sums[place][element % arguments[place].count] += weight * slope[place] }
    }
  }
  for place in needed {
    gradients.add(
      to: place, Tensor(sums[place].map { Scalar($0) }, shape: arguments[place].shape))
  }
}
