import Tensors

/// Observations that training and evaluation take in batches.
public protocol BatchSource<Scalar>: Sendable {
  /// The type of their numbers.
  associatedtype Scalar: TensorScalar

  /// The number of observations.
  var count: Int { get }

  /// The length of an observation.
  var dimension: Int { get }

  /// The observations with these indices, as rows `[indices.count, dimension]`.
  ///
  /// The generator is for what is drawn anew each time, such as the bits of grey pixels.
  func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar>

  /// How observations are made of what is stored, as text for a run's checkpoint: a run is continued
  /// on data of an equal text only. Empty by default.
  var recipe: String { get }
}

extension BatchSource {
  /// Empty.
  public var recipe: String { "" }
}
