import Foundation
import Tensors

/// The distribution of a weight's initial elements.
public enum Initializer: Sendable {
  /// Zeros.
  case zeros
  /// A constant value.
  case constant(Double)
  /// Uniform on `±scale/√inputs`; `scale = 1` is the default of PyTorch's linear layers.
  case uniform(scale: Double = 1)
  /// Uniform on `±√(6/(inputs + outputs))` (Glorot and Bengio, 2010).
  case glorot
  /// Normal with variance `2/inputs` (He et al., 2015).
  case he

  /// A weight of shape `[inputs, outputs]`.
  public func callAsFunction<Scalar>(
    inputs: Int, outputs: Int, using generator: inout Philox
  ) -> Tensor<Scalar> {
    let shape: Shape = [inputs, outputs]
    switch self {
    case .constant(let value): requireValue(of: abs(value), in: Scalar.self, "initial weight")
    case .uniform(let scale): requireValue(of: abs(scale), in: Scalar.self, "scale of weights")
    case .zeros, .glorot, .he: break
    }
    switch self {
    case .zeros: return .zeros(shape)
    case .constant(let value): return .full(Scalar(value), shape)
    case .uniform(let scale): return symmetric(scale / Double(inputs).squareRoot())
    case .glorot: return symmetric((6 / Double(inputs + outputs)).squareRoot())
    case .he:
      return Scalar((2 / Double(inputs)).squareRoot()) * .normal(shape, using: &generator)
    }

    func symmetric(_ bound: Double) -> Tensor<Scalar> {
      Scalar(2 * bound) * .uniform(shape, using: &generator) - Scalar(bound)
    }
  }
}
