import Tensors

/// A set of observations from which training and evaluation take batches.
public protocol BatchSource<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// The number of observations.
  var count: Int { get }

  /// The number of elements of an observation.
  var dimension: Int { get }

  /// The observations with these indices, as rows `[indices.count, dimension]`.
  ///
  /// The generator is used for values that are sampled at each call, such as the bits of grey
  /// pixels.
  func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar>

  /// A description, for a run's checkpoint, of how observations are computed from the stored data.
  /// A run is resumed only on data with an equal description. The default is empty.
  var recipe: String { get }
}

extension BatchSource {
  /// Empty.
  public var recipe: String { "" }
}
