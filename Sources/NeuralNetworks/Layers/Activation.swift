import CKernels
import Tensors

/// An elementwise activation function between the layers of a network.
public enum Activation: String, Sendable, CaseIterable {
  /// `x`.
  case identity
  /// `max(x, 0)`.
  case relu
  /// `x` for positive `x`, `eˣ − 1` elsewhere.
  case elu
  /// The hyperbolic tangent.
  case tanh

  /// Applies the function to each element.
  public func callAsFunction<Scalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .identity: x
    case .relu: x.relu()
    case .elu: x.elu()
    case .tanh: x.tanh()
    }
  }

  package var fused: LGFusedActivation {
    switch self {
    case .identity: .identity
    case .relu: .relu
    case .elu: .elu
    case .tanh: .tanh
    }
  }
}

extension Activation: ArchitectureDescribing {
  /// The name of the function in a checkpoint.
  public var architecture: String {
    switch self {
    case .identity: "identity"
    case .relu: "relu"
    case .elu: "elu"
    case .tanh: "tanh"
    }
  }
}
