import Tensors

/// How grey pixels become what a model observes.
public enum Binarization: Sendable, Hashable {
  /// Each time an image is taken its pixels are drawn anew, 1 with the probability of their grey
  /// value (Salakhutdinov and Murray, 2008, on MNIST).
  case dynamic
  /// Drawn once, from this seed: an image has the same bits whenever it is taken.
  case `static`(seed: UInt64)
  /// 1 where the grey value is at least half of the largest, else 0.
  case threshold
  /// Not at all: grey values from 0 to 1.
  case none
}
