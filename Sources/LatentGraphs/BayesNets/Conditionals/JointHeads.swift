import NeuralNetworks
import Tensors

extension NormalHead {
  /// The moments that several heads give, each of its own input: what `moments(of:mode:)` gives one
  /// after the other.
  ///
  /// In training this is one operation, whose heads are shared out among the threads, forward and
  /// back: the networks of a latent graph are too small to be worth several threads each.
  @specialized(where Scalar == Float)
  package static func jointMoments(
    _ heads: [NormalHead], of inputs: [Tensor<Scalar>], mode: Mode
  ) -> [Tensor<Scalar>] {
    let isPlain = heads.allSatisfy { $0.body.norms.count == 1 && $0.body.layers.count == 2 }
    guard mode == .training, isPlain, heads.count > 1 else {
      return zip(heads, inputs).map { $0.moments(of: $1, mode: mode) }
    }
    let joint = JointHeads(heads, inputs: inputs)
    let moments = joint.moments()
    joint.updateStatistics()
    return joint.places.map { moments.slice($0.output).reshaped(to: $0.outputShape) }
  }
}

/// Heads `x → W₁ → batch norm and activation → W₂, b₂ → W₃, b₃`, and the memory of their pass.
private final class JointHeads<Scalar: TensorScalar> {
  /// The sizes of a head, and where its numbers lie in the buffers of all.
  struct Place {
    let rows, inputs, hidden, dimension: Int
    /// In buffers of `rows·hidden`, of `hidden`, and of `rows·dimension` numbers a head.
    let wide, features, narrow: Int
    let output: Range<Int>
    let outputShape: Shape
  }

  let places: [Place]
  private let heads: [NormalHead<Scalar>]
  private let inputs: [Tensor<Scalar>]
  /// By head: W₁, the norm's scale and shift, W₂, b₂, W₃, b₃.
  private let parameters: [[Tensor<Scalar>]]
  /// Before and behind the batch norm, and behind W₂.
  private let raw, active, inner: Tensor<Scalar>
  private let mean, variance, inverseDeviation: Tensor<Scalar>

  @specialized(where Scalar == Float)
  init(_ heads: [NormalHead<Scalar>], inputs: [Tensor<Scalar>]) {
    var (wide, features, narrow) = (0, 0, 0)
    var places: [Place] = []
    for (head, x) in zip(heads, inputs) {
      let batch = x.shape.droppingLast()
      let rows = batch.count
      let (hidden, dimension) = (
        head.body.layers[0].weight.value.shape[1], head.moments.weight.value.shape[0]
      )
      require(
        x.shape[-1] == head.body.layers[0].weight.value.shape[0],
        "a head of \(head.body.layers[0].weight.value.shape[0]) inputs got \(x.shape)")
      require(rows > 1, "a batch norm in training got a batch of \(rows), which has no variance")
      places.append(
        Place(
          rows: rows, inputs: x.shape[-1], hidden: hidden, dimension: dimension, wide: wide,
          features: features, narrow: narrow,
          output: 2 * narrow..<2 * (narrow + rows * dimension),
          outputShape: batch + [2 * dimension]))
      wide += rows * hidden
      features += hidden
      narrow += rows * dimension
    }
    self.heads = heads
    self.inputs = inputs
    self.places = places
    parameters = heads.map { head in
      let (first, second, norm) = (head.body.layers[0], head.body.layers[1], head.body.norms[0])
      return [
        first.weight.value, norm.scale.value, norm.shift.value, second.weight.value,
        second.bias!.value, head.moments.weight.value, head.moments.bias!.value,
      ]
    }
    func buffer(_ count: Int) -> Tensor<Scalar> { Tensor([count]) { _ in } }
    (raw, active, inner) = (buffer(wide), buffer(wide), buffer(narrow))
    (mean, variance, inverseDeviation) = (buffer(features), buffer(features), buffer(features))
  }

  /// All heads' moments, one head behind the other.
  @specialized(where Scalar == Float)
  func moments() -> Tensor<Scalar> {
    let value = Tensor<Scalar>([2 * inner.count]) { out in
      parallelFor(count: heads.count, grain: 1, turns: heads.count) { range in
        for head in range { forward(head, into: out) }
      }
    }
    return value.recorded(from: inputs + parameters.joined()) { [self] g, gradients in
      backward(g.pointer, gradients)
    }
  }

  @specialized(where Scalar == Float)
  private func forward(_ index: Int, into out: UnsafeMutablePointer<Scalar>) {
    let (p, w) = (places[index], parameters[index].map { $0.pointer })
    let (product, norm) = (Scalar.kernels.linearAlgebra.product, heads[index].body.norms[0])
    let raw = raw.mutablePointer + p.wide
    let active = active.mutablePointer + p.wide
    let inner = inner.mutablePointer + p.narrow
    let out = out + p.output.lowerBound
    product(
      false, false, p.rows, p.hidden, p.inputs, inputs[index].pointer, p.inputs, w[0], p.hidden,
      false, raw, p.hidden)
    Scalar.kernels.networks.batchNorm(
      raw, w[1], w[2], Scalar(norm.epsilon), active, mean.mutablePointer + p.features,
      variance.mutablePointer + p.features, inverseDeviation.mutablePointer + p.features, p.rows,
      p.hidden, 0, p.hidden, norm.activation.fused)
    let (d, d2) = (p.dimension, 2 * p.dimension)
    for row in 0..<p.rows {
      (inner + row * d).update(from: w[4], count: d)
      (out + row * d2).update(from: w[6], count: d2)
    }
    product(false, false, p.rows, d, p.hidden, active, p.hidden, w[3], d, true, inner, d)
    product(false, false, p.rows, d2, d, inner, d, w[5], d2, true, out, d2)
  }

  @specialized(where Scalar == Float)
  private func backward(_ g: UnsafePointer<Scalar>, _ gradients: Gradients<Scalar>) {
    let count = heads.count
    // A parameter that two heads share is written by one after the other.
    let isShared = Set(heads.map { ObjectIdentifier($0.moments.weight) }).count < count
    let destinations = (0..<count).map { head in
      (0..<7).map { gradients.destination(count + 7 * head + $0) }
    }
    let dInputs = inputs.indices.map { index -> Tensor<Scalar>? in
      gradients.isNeeded(index) ? Tensor(inputs[index].shape) { _ in } : nil
    }
    let (dActive, dRaw) = (Tensor<Scalar>(raw.shape) { _ in }, Tensor<Scalar>(raw.shape) { _ in })
    let dInner = Tensor<Scalar>(inner.shape) { _ in }
    let dNorms = Tensor<Scalar>([2 * mean.count]) { _ in }
    parallelFor(count: count, grain: 1, threads: isShared ? 1 : Threads.limit, turns: count) {
      for index in $0 {
        adjoint(
          index, g + places[index].output.lowerBound, to: destinations[index], dInputs[index],
          dActive.mutablePointer, dRaw.mutablePointer, dInner.mutablePointer,
          dNorms.mutablePointer)
      }
    }
    for (index, dInput) in dInputs.enumerated() {
      if let dInput { gradients.add(to: index, dInput) }
    }
  }

  @specialized(where Scalar == Float)
  private func adjoint(
    _ index: Int, _ g: UnsafePointer<Scalar>, to destinations: [GradientMemory<Scalar>?],
    _ dInput: Tensor<Scalar>?, _ dActive: UnsafeMutablePointer<Scalar>,
    _ dRaw: UnsafeMutablePointer<Scalar>, _ dInner: UnsafeMutablePointer<Scalar>,
    _ dNorms: UnsafeMutablePointer<Scalar>
  ) {
    let (p, w) = (places[index], parameters[index].map { $0.pointer })
    let (product, reduce) = (
      Scalar.kernels.linearAlgebra.product, Scalar.kernels.reductions.reduce
    )
    let (d, d2, h) = (p.dimension, 2 * p.dimension, p.hidden)
    let (dActive, dRaw, dInner) = (dActive + p.wide, dRaw + p.wide, dInner + p.narrow)
    let (active, inner) = (active.pointer + p.wide, inner.pointer + p.narrow)
    if let b = destinations[6] { reduce(.sum, g, b.pointer, 1, p.rows, d2, b.flag) }
    if let m = destinations[5] {
      product(true, false, d, d2, p.rows, inner, d, g, d2, m.accumulates, m.pointer, d2)
    }
    product(false, true, p.rows, d, d2, g, d2, w[5], d2, false, dInner, d)
    if let b = destinations[4] { reduce(.sum, dInner, b.pointer, 1, p.rows, d, b.flag) }
    if let m = destinations[3] {
      product(true, false, h, d, p.rows, active, h, dInner, d, m.accumulates, m.pointer, d)
    }
    product(false, true, p.rows, h, d, dInner, d, w[3], d, false, dActive, h)
    let (dScale, dShift) = (dNorms + 2 * p.features, dNorms + 2 * p.features + h)
    Scalar.kernels.networks.batchNormAdjoint(
      raw.pointer + p.wide, active, dActive, w[1], mean.pointer + p.features,
      inverseDeviation.pointer + p.features, dRaw, dScale, dShift, p.rows, h, 0, h,
      heads[index].body.norms[0].activation.fused, 0)
    for (part, memory) in [(dScale, destinations[1]), (dShift, destinations[2])] {
      if let memory {
        Scalar.kernels.elementwise.affine(part, 1, 0, memory.pointer, h, memory.flag)
      }
    }
    if let m = destinations[0] {
      product(
        true, false, p.inputs, h, p.rows, inputs[index].pointer, p.inputs, dRaw, h,
        m.accumulates, m.pointer, h)
    }
    if let dInput {
      product(
        false, true, p.rows, p.inputs, h, dRaw, h, w[0], h, false, dInput.mutablePointer, p.inputs)
    }
  }

  /// Moves the running statistics of the batch norms.
  @specialized(where Scalar == Float)
  func updateStatistics() {
    for (head, p) in zip(heads, places) {
      let range = p.features..<p.features + p.hidden
      head.body.norms[0].update(
        from: BatchStatistics(mean: mean.slice(range), variance: variance.slice(range)),
        rows: p.rows)
    }
  }
}
