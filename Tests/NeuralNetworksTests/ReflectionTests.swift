import NeuralNetworks
import Tensors
import Testing

@Suite("Parameters found by reflection")
struct ReflectionTests {
  struct Leaf: Module {
    typealias Scalar = Double
    let weight = Parameter(Tensor<Double>.ones([2]))
    let bias: Parameter<Double>?
    let average = Statistic(Tensor<Double>.zeros([1]))
    let sizes = [1, 2, 3]
    let note = "not a parameter"
    let plain = Tensor<Double>.ones([9])
    init(hasBias: Bool = false) { bias = hasBias ? Parameter(.zeros([3])) : nil }
  }

  class Base: Module {
    typealias Scalar = Double
    let first = Parameter(Tensor<Double>.ones([1]))
  }

  final class Derived: Base {
    let second = Parameter(Tensor<Double>.ones([1]))
  }

  struct Tree: Module {
    typealias Scalar = Double
    let leaf = Leaf(hasBias: true)
    let leaves = [Leaf(), Leaf(hasBias: true)]
    let nested = [[Leaf()], []]
    let present: Leaf? = Leaf()
    let absent: Leaf? = nil
    let maybe: [Leaf?] = [nil, Leaf()]
    let object: any Module = Derived()
    let extra = [Parameter(Tensor<Double>.ones([4]))]
    let other = Dense<Float>(1, 1, using: &Self.generator)
    nonisolated(unsafe) static var generator = Philox(seed: 1)
  }

  @Test("names, in the order of the properties")
  func names() {
    let tree = Tree()
    #expect(
      tree.namedParameters().map(\.name) == [
        "leaf.weight", "leaf.bias", "leaves.0.weight", "leaves.1.weight", "leaves.1.bias",
        "nested.0.0.weight", "present.weight", "maybe.1.weight", "object.first", "object.second",
        "extra.0",
      ])
    #expect(
      tree.namedStatistics().map(\.name) == [
        "leaf.average", "leaves.0.average", "leaves.1.average", "nested.0.0.average",
        "present.average", "maybe.1.average",
      ])
    #expect(tree.parameterCount == 5 + 2 + 5 + 2 + 2 + 2 + 2 + 4)
    #expect(tree.leaf.namedParameters()[0].parameter === tree.leaf.weight)
  }

  @Test("a shared parameter is listed once, under its first name")
  func shared() {
    struct Pair: Module {
      typealias Scalar = Double
      let first: Leaf
      let second: Leaf
    }
    let leaf = Leaf()
    #expect(Pair(first: leaf, second: leaf).namedParameters().map(\.name) == ["first.weight"])
    #expect(Pair(first: leaf, second: leaf).namedStatistics().map(\.name) == ["first.average"])
  }

  @Test("objects that refer to each other are visited once")
  func cycle() {
    final class Ring: Module {
      typealias Scalar = Double
      let weight = Parameter(Tensor<Double>.ones([1]))
      var next: Ring?
    }
    let (a, b) = (Ring(), Ring())
    (a.next, b.next) = (b, a)
    defer { a.next = nil }
    #expect(a.namedParameters().map(\.name) == ["weight", "next.weight"])
  }

  @Test("a parameter starts with a copy, and so does a statistic")
  func copies() {
    let start = Tensor<Double>([1, 2])
    let (parameter, statistic) = (Parameter(start), Statistic(start))
    start.overwrite(with: Tensor([9, 9]))
    #expect(parameter.value.scalars == [1, 2] && statistic.value.scalars == [1, 2])
    let update = Tensor<Double>([3, 4])
    let before = parameter.value
    parameter.assign(update)
    statistic.assign(update)
    update.overwrite(with: Tensor([9, 9]))
    #expect(parameter.value.scalars == [3, 4] && statistic.value.scalars == [3, 4])
    #expect(before.scalars == [3, 4], "a parameter's memory is rewritten in place")
    #expect(parameter.value.isTracked && !statistic.value.isTracked)
  }
}
