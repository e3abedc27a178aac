/// How grey values become zeros and ones.
public enum Binarization: Sendable, Hashable {
  /// The pixels are sampled each time an image is used: 1 with the probability of the grey value
  /// (Salakhutdinov and Murray, 2008, on MNIST).
  case dynamic
  /// The pixels are sampled once, from this seed: an image has the same bits each time it is used.
  ///
  /// The bits are not those of the published files "binarized MNIST" (Larochelle and Murray, 2011);
  /// see `StaticMNIST`.
  case `static`(seed: UInt64)
  /// 1 if the grey value is at least half of the maximum, otherwise 0.
  case threshold
}
