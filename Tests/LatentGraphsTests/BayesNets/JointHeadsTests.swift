import LatentGraphs
import NeuralNetworks
import Testing

/// Heads as members of a module, so that all parameters have names.
private struct Heads: Module {
  typealias Scalar = Double
  let heads: [NormalHead<Double>]

  init(seed: UInt64, sizes: [(inputs: Int, dimension: Int, hidden: Int)]) {
    var generator = Philox(seed: seed)
    heads = sizes.map {
      NormalHead(
        inputs: $0.inputs, dimension: $0.dimension, hidden: $0.hidden, using: &generator)
    }
    for (_, parameter) in namedParameters() {
      parameter.assign(.normal(parameter.value.shape, using: &generator))
    }
  }
}

/// A head's moments, computed layer by layer without joint evaluation.
private func layerByLayer(
  _ head: NormalHead<Double>, _ x: Tensor<Double>, mode: Mode
) -> Tensor<Double> {
  let hidden = head.body.norms[0](head.body.layers[0](x, mode: mode), mode: mode)
  return head.moments(head.body.layers[1](hidden, mode: mode), mode: mode)
}

@Suite("Joint evaluation of heads")
struct JointHeadsTests {
  private let sizes = [(3, 2, 5), (7, 1, 4), (3, 4, 130), (3, 2, 5)]

  /// The sum of all moments multiplied by fixed random numbers.
  private func loss(_ moments: [Tensor<Double>]) -> Tensor<Double> {
    var generator = Philox(seed: 9)
    return moments.map { ($0 * .normal($0.shape, using: &generator)).sum() }
      .reduce(Tensor(0), +)
  }

  @Test(
    "Joint evaluation of heads gives the moments, gradients and statistics of each head alone"
  )
  func agreement() {
    let (joint, single) = (Heads(seed: 1, sizes: sizes), Heads(seed: 1, sizes: sizes))
    var generator = Philox(seed: 2)
    // Two heads have the same input, like the heads of a prior and a posterior.
    let shared = Tensor<Double>.normal([2, 4, 3], using: &generator)
    let other = Tensor<Double>.normal([6, 7], using: &generator)
    let last = Tensor<Double>.normal([8, 3], using: &generator)

    func results(
      _ model: Heads, _ evaluate: ([Tensor<Double>]) -> [Tensor<Double>]
    ) -> [[Double]] {
      let (x, y) = (shared.tracked(), other.tracked())
      let moments = evaluate([x, y, x, last])
      let variables = model.namedParameters().map(\.parameter.value) + [x, y]
      return moments.map(\.scalars)
        + gradients(of: loss(moments), withRespectTo: variables).map(\.scalars)
        + model.namedBuffers().map(\.buffer.value.scalars)
    }
    let a = results(joint) {
      NormalHead.jointMoments(joint.heads, of: $0, mode: .training)
    }
    let b = results(single) {
      zip(single.heads, $0).map { layerByLayer($0, $1, mode: .training) }
    }
    #expect(a.count == b.count && a[0].count == 2 * 4 * 4)
    for (a, b) in zip(a, b) {
      #expect(a.count == b.count)
      for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-11 * max(1, abs(b))) }
    }
  }

  @Test("A head that is evaluated twice jointly gets the sum of both gradients")
  func oneHeadTwice() {
    let model = Heads(seed: 3, sizes: [(3, 2, 5)])
    let head = model.heads[0]
    var generator = Philox(seed: 4)
    let inputs = (0..<2).map { _ in Tensor<Double>.normal([6, 3], using: &generator) }
    let variables = model.namedParameters().map(\.parameter.value)
    let joint = gradients(
      of: loss(NormalHead.jointMoments([head, head], of: inputs, mode: .training)),
      withRespectTo: variables)
    let single = gradients(
      of: loss(inputs.map { layerByLayer(head, $0, mode: .training) }), withRespectTo: variables)
    for (a, b) in zip(joint, single) {
      for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) <= 1e-11 * max(1, abs(b))) }
    }
  }

  @Test("Joint evaluation of heads in evaluation mode uses the running statistics")
  func evaluation() {
    let model = Heads(seed: 5, sizes: sizes)
    var generator = Philox(seed: 6)
    let inputs = sizes.map { Tensor<Double>.normal([3, $0.0], using: &generator) }
    let joint = NormalHead.jointMoments(model.heads, of: inputs, mode: .evaluation)
    for (index, moments) in joint.enumerated() {
      #expect(
        moments.scalars
          == layerByLayer(model.heads[index], inputs[index], mode: .evaluation).scalars)
    }
  }
}
