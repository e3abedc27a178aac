import NeuralNetworks
import Tensors

/// The memory layout of `NormalNodes`. Parts are placed one after the other.
struct NormalNodesLayout<Scalar: TensorScalar> {
  typealias Nodes = NormalNodes<Scalar>

  let rowShape: Shape
  let isTraining: Bool
  private(set) var sources: [Tensor<Scalar>] = []
  private(set) var bufferCount = 0
  /// The number of elements of the passes' memory.
  private(set) var passMemoryCount = 0
  /// The end of the part of that memory that is in use.
  private var passMemoryEnd = 0
  private(set) var valueCount = 0

  init(rowShape: Shape, isTraining: Bool) {
    (self.rowShape, self.isTraining) = (rowShape, isTraining)
  }

  var rows: Int { rowShape.count }

  mutating func placeInBuffer(_ count: Int) -> Int {
    defer { bufferCount += (count + 15) / 16 * 16 }
    return bufferCount
  }

  /// Lets the passes of the next node use the memory of earlier ones, if these keep no values.
  mutating func startNode() {
    if !RecordingSwitch.isOn && !isTraining { passMemoryEnd = 0 }
  }

  private mutating func placeInPassMemory(_ count: Int) -> Int {
    defer {
      passMemoryEnd += count
      passMemoryCount = max(passMemoryCount, passMemoryEnd)
    }
    return passMemoryEnd
  }

  mutating func placeInValue(_ count: Int) -> Int {
    defer { valueCount += count }
    return valueCount
  }

  /// Appends tensors to the sources and returns the index of the first.
  mutating func addSources(_ tensors: [Tensor<Scalar>]) -> Int {
    defer { sources.append(contentsOf: tensors) }
    return sources.count
  }

  /// Adds a tensor to the sources.
  mutating func input(_ tensor: Tensor<Scalar>) -> Nodes.Input {
    Nodes.Input(tensor: tensor.detached, source: addSources([tensor]))
  }

  /// Adds moments or gates, which several rows may share, to the sources.
  mutating func sharedInput(_ tensor: Tensor<Scalar>) -> Nodes.Input {
    input(separate(tensor, for: rowShape))
  }

  /// The distribution of a node in a net.
  /// - Parameters:
  ///   - gates: the gates of the net.
  ///   - input: the offset of the gated parents in the buffer.
  @specialized(where Scalar == Float)
  mutating func side(
    of conditional: any Conditional<Scalar>, dimension: Int, message: Tensor<Scalar>?,
    gates: Nodes.Input?, input: Int
  ) -> Nodes.Side {
    let momentCount = 2 * dimension
    let given = message.map { sharedInput($0) }
    guard let head = conditional.heads?.topDown else {
      return .init(
        prediction: nil, given: given ?? .init(tensor: .zeros([momentCount])), moments: 0)
    }
    let pass = head.perceptron.pass(rows: rows, isTraining: isTraining)
    let predicted = placeInValue(rows * momentCount)
    return .init(
      prediction: .init(
        pass: pass, source: addSources(pass.parameters.map { $0.value }), gates: gates,
        input: input, memory: placeInPassMemory(pass.bufferCount), moments: predicted),
      given: given, moments: given == nil ? predicted : placeInValue(rows * momentCount))
  }
}
