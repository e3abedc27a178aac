/// How grey pixels become zeros and ones.
public enum Binarization: Sendable, Hashable {
  /// Each time an image is taken its pixels are drawn anew, 1 with the probability of their grey
  /// value (Salakhutdinov and Murray, 2008, on MNIST).
  case dynamic
  /// Drawn once, from this seed: an image has the same bits whenever it is taken.
  ///
  /// The bits are this library's own, not those of the files "binarized MNIST" (Larochelle and
  /// Murray, 2011), which were drawn once and published.
  case `static`(seed: UInt64)
  /// 1 where the grey value is at least half of the largest, else 0.
  case threshold
}
