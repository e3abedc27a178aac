import Tensors

/// The noise of a sampler that takes any amount of random numbers, such as a rejection method: the
/// shape of the draws and a generator.
public struct GeneratorNoise: Hashable, Sendable {
  /// The shape of the draws, the first axes of the value.
  public let draws: Shape
  /// The generator of all of the value's random numbers.
  public let generator: Philox

  /// Noise for draws of this shape.
  public init(draws: Shape, generator: Philox) {
    (self.draws, self.generator) = (draws, generator)
  }
}

/// Standard logistic numbers, the differences of two Gumbel numbers: `[draws…, batch…, event]`.
public struct LogisticNoise<Scalar: TensorScalar>: Sendable {
  /// The numbers.
  public let values: Tensor<Scalar>

  /// Noise with these values.
  public init(_ values: Tensor<Scalar>) { self.values = values }

  /// Noise of this shape.
  public init(_ shape: Shape, using generator: inout Philox) {
    let first = Tensor<Scalar>.gumbel(shape, using: &generator)
    values = first - .gumbel(shape, using: &generator)
  }
}

/// Standard Gumbel numbers, `−log(−log u)`: `[draws…, batch…, event]`.
public struct GumbelNoise<Scalar: TensorScalar>: Sendable {
  /// The numbers.
  public let values: Tensor<Scalar>

  /// Noise with these values.
  public init(_ values: Tensor<Scalar>) { self.values = values }
}

/// The noise of two independent parts.
public struct NoisePair<First: Sendable, Second: Sendable>: Sendable {
  /// The noise of the first part.
  public let first: First
  /// The noise of the second part.
  public let second: Second

  /// A pair of noises.
  public init(_ first: First, _ second: Second) { (self.first, self.second) = (first, second) }
}
