import Foundation
import NeuralNetworks
import TestSupport
import Testing

@Suite("Parameters found by reflection")
struct ReflectionTests {
  struct Leaf: Module {
    typealias Scalar = Double
    let weight = Parameter(Tensor<Double>.ones([2]))
    let bias: Parameter<Double>?
    let average = Buffer(Tensor<Double>.zeros([1]))
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
  }

  @Test("Parameters and statistics have names in the order of the properties")
  func names() {
    let tree = Tree()
    #expect(
      tree.namedParameters().map(\.name) == [
        "leaf.weight", "leaf.bias", "leaves.0.weight", "leaves.1.weight", "leaves.1.bias",
        "nested.0.0.weight", "present.weight", "maybe.1.weight", "object.first", "object.second",
        "extra.0",
      ])
    #expect(
      tree.namedBuffers().map(\.name) == [
        "leaf.average", "leaves.0.average", "leaves.1.average", "nested.0.0.average",
        "present.average", "maybe.1.average",
      ])
    #expect(tree.parameterCount == 5 + 2 + 5 + 2 + 2 + 2 + 2 + 4)
    #expect(tree.leaf.namedParameters()[0].parameter === tree.leaf.weight)
  }

  @Test("A shared parameter is listed once, under its first name")
  func shared() {
    struct Pair: Module {
      typealias Scalar = Double
      let first: Leaf
      let second: Leaf
    }
    let leaf = Leaf()
    #expect(Pair(first: leaf, second: leaf).namedParameters().map(\.name) == ["first.weight"])
    #expect(Pair(first: leaf, second: leaf).namedBuffers().map(\.name) == ["first.average"])
  }

  @Test("Objects that refer to each other are visited once")
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

  @Test("Parameters and statistics hold copies of the tensors that are assigned to them")
  func copies() {
    let start = Tensor<Double>([1, 2])
    let (parameter, buffer) = (Parameter(start), Buffer(start))
    start.overwrite(with: Tensor([9, 9]))
    #expect(parameter.value.scalars == [1, 2] && buffer.value.scalars == [1, 2])
    let update = Tensor<Double>([3, 4])
    let before = parameter.value
    parameter.assign(update)
    buffer.assign(update)
    update.overwrite(with: Tensor([9, 9]))
    #expect(parameter.value.scalars == [3, 4] && buffer.value.scalars == [3, 4])
    #expect(before.scalars == [3, 4], "An assignment overwrites the memory of a parameter.")
    #expect(parameter.value.isTracked && !buffer.value.isTracked)
  }

  struct Plain {
    let inside = Leaf()
    let number = 3
  }
  enum Choice {
    case none
    case one(Leaf)
    case two(Leaf, name: Parameter<Double>)
  }
  final class Object { let inside = Leaf() }

  struct Containers: Module {
    typealias Scalar = Double
    let object = Object()
    let table = ["b": Leaf(), "a": Leaf()]
    let numbered = [10: Leaf(), 9: Leaf()]
    let pair = (Leaf(), right: Leaf())
    let plain = Plain()
    let choices = [Choice.none, .one(Leaf()), .two(Leaf(), name: Parameter(.ones([1])))]
    let any: Any = Leaf()
  }

  @Test("Parameters are found in dictionaries, tuples, plain structs, enums and objects")
  func containers() {
    #expect(
      Containers().namedParameters().map(\.name) == [
        "table.a.weight", "table.b.weight", "numbered.10.weight", "numbered.9.weight",
        "pair.0.weight", "pair.right.weight", "plain.inside.weight", "choices.1.one.weight",
        "choices.2.two.0.weight", "choices.2.two.name", "any.weight", "object.inside.weight",
      ])
  }

  @Test("Parameters in containers are trained and saved")
  func containersAreTrained() throws {
    let (trained, read) = (Containers(), Containers())
    let optimizerState = OptimizerState(of: trained, by: SGD(learningRate: 0.5))
    let parameters = trained.namedParameters().map(\.parameter)
    optimizerState.minimize(parameters.reduce(Tensor(0)) { $0 + $1.value.squared().sum() })
    for parameter in parameters { #expect(parameter.value.scalars.allSatisfy { $0 == 0 }) }
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("containers.safetensors")
      try Checkpoint.write(trained, to: file)
      try Checkpoint.read(into: read, from: file)
    }
    for (_, parameter) in read.namedParameters() {
      #expect(parameter.value.scalars.allSatisfy { $0 == 0 })
    }
  }

  @Test("A member that cannot be trained or saved stops the program with its name in the message")
  func refused() async {
    let scalar = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Mixed: Module {
        typealias Scalar = Double
        let other = [Parameter(Tensor<Float>.ones([1]))]
      }
      _ = Mixed().namedParameters()
    }
    expectMessage(scalar, "its member other.0 is a Parameter<Float>")
    let set = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      final class Element: Module, Hashable {
        typealias Scalar = Double
        static func == (a: Element, b: Element) -> Bool { a === b }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
      }
      struct Unordered: Module {
        typealias Scalar = Double
        let elements: Set<Element> = [Element()]
      }
      _ = Unordered().namedParameters()
    }
    expectMessage(set, "the property elements is a set of modules")
    let name = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Ambiguous: Module {
        typealias Scalar = Double
        let table: [AnyHashable: Leaf] = [1: Leaf(), "1": Leaf()]
      }
      _ = Ambiguous().namedParameters()
    }
    expectMessage(name, "are named table.1.weight")
  }

  @Test("Modules are found in a type whose mirror is a dictionary, in the mirror's order")
  func otherDictionaries() {
    struct Table: CustomReflectable {
      let pairs = [(key: "b", value: Leaf()), (key: "a", value: Leaf())]
      var customMirror: Mirror { Mirror(self, unlabeledChildren: pairs, displayStyle: .dictionary) }
    }
    struct Ordered: Module {
      typealias Scalar = Double
      let table = Table()
    }
    #expect(
      Ordered().namedParameters().map(\.name).filter { $0.hasSuffix("weight") }
        == ["table.b.weight", "table.a.weight"])
  }

  @Test("A type with a custom mirror stops the program with the name of the property")
  func mirrorsOfTheirOwn() async {
    let empty = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Hidden: CustomReflectable {
        let weight = Parameter(Tensor<Double>([1]))
        var customMirror: Mirror { Mirror(self, children: []) }
      }
      struct Holder: Module {
        typealias Scalar = Double
        let parts = [Hidden()]
      }
      _ = Holder().namedParameters()
    }
    expectMessage(empty, "the property parts.0 is a", "CustomReflectable")
    let ancestor = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      class Described: CustomReflectable {
        var customMirror: Mirror {
          Mirror(self, children: ["note": "none"], displayStyle: .class)
        }
      }
      final class Hidden: Described, Module {
        typealias Scalar = Double
        let weight = Parameter(Tensor<Double>([1]))
      }
      _ = Hidden().namedParameters()
    }
    expectMessage(ancestor, "the module is a", "mirror of its own")
  }

  @Test("Collections with a custom mirror and types of the system are accepted")
  func mirrorsOfCollections() {
    struct Row: CustomReflectable {
      let leaves = [Leaf(), Leaf()]
      var customMirror: Mirror {
        Mirror(self, unlabeledChildren: leaves, displayStyle: .collection)
      }
    }
    struct Holder: Module {
      typealias Scalar = Double
      let row = Row()
      let slice = [Leaf(), Leaf()][1...]
      let range = 0..<3
      let closed = 0.0...1
      let place = URL(fileURLWithPath: "/")
      let date: Date? = Date(timeIntervalSince1970: 0)
      let text: Substring = "text"
      let bits = Data([1, 2])
    }
    #expect(
      Holder().namedParameters().map(\.name) == ["row.0.weight", "row.1.weight", "slice.0.weight"])
  }

  @Test("A parameter in a collection of one is found")
  func collectionOfOne() {
    struct Holder: Module {
      typealias Scalar = Double
      let one = CollectionOfOne(Leaf())
      let slice = ["a": Leaf()].mapValues { $0 }
      let repeated = repeatElement(3, count: 2)
    }
    #expect(Holder().namedParameters().map(\.name) == ["one.element.weight", "slice.a.weight"])
  }

  @Test("Parameters in keys, and in the values of a dictionary without keys, stop the program")
  func keys() async {
    let key = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Keyed: Module {
        typealias Scalar = Double
        let names: [ParameterKey: Int] = [ParameterKey(): 1]
      }
      _ = Keyed().namedParameters()
    }
    expectMessage(key, "the property names is a dictionary by modules or parameters")
    let values = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Viewed: Module {
        typealias Scalar = Double
        let leaves = ["a": Leaf()].values
      }
      _ = Viewed().namedParameters()
    }
    expectMessage(values, "the property leaves is a view of a dictionary of modules")
  }

  @Test("A set of values that hold modules stops the program with the name of the property")
  func setOfHolders() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Holder: Hashable {
        let parameter = Parameter(Tensor<Double>([1]))
        static func == (a: Self, b: Self) -> Bool { a.parameter === b.parameter }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(parameter)) }
      }
      struct Unordered: Module {
        typealias Scalar = Double
        let holders: Set<Holder> = [Holder()]
      }
      _ = Unordered().namedParameters()
    }
    expectMessage(result, "the property holders is a set of modules")
  }

  @Test("A loss is refused if a parameter was assigned after the loss was computed")
  func assignedBetween() async {
    let byHand = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Double>([3]))
      let loss = (w.value * w.value).sum()
      w.assign(Tensor([10]))
      _ = gradients(of: loss, withRespectTo: [w.value])
    }
    expectMessage(byHand, "an input of the operation *(_:_:) was assigned")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let leaf = Leaf()
        let optimizerState = OptimizerState(of: leaf, by: SGD(learningRate: 0.1))
        let loss = leaf.weight.value.squared().sum()
        optimizerState.minimize(loss)
        optimizerState.minimize(loss)
      }, "was assigned after the operation was computed")
    // An assignment before the loss is computed, or to another parameter, is allowed.
    let (v, w) = (Parameter(Tensor<Double>([2])), Parameter(Tensor<Double>([3])))
    let loss = (w.value * w.value).sum()
    v.assign(Tensor([7]))
    #expect(gradients(of: loss, withRespectTo: [w.value])[0].scalars == [6])
  }

  @Test(
    "A loss is refused if it uses a constant in the memory of a parameter that was assigned later")
  func assignedConstant() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (w, x) = (Parameter(Tensor<Double>([3])), Tensor<Double>([2]).tracked())
        let loss = (x * w.value.detached).sum()
        w.assign(Tensor([10]))
        _ = gradients(of: loss, withRespectTo: [x])
      }, "was assigned after the operation was computed")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let leaf = Leaf()
        let optimizerState = OptimizerState(of: leaf, by: SGD(learningRate: 0.1))
        let x = Tensor<Double>([1, 2]).tracked()
        let loss = withConstantParameters { (x * leaf.weight.value.reshaped(to: [2])).sum() }
        optimizerState.minimize(leaf.weight.value.squared().sum())
        _ = gradients(of: loss, withRespectTo: [x])
      }, "was assigned after the operation was computed")
    // A variable made from a parameter is a copy, so a later assignment does not affect it.
    let w = Parameter(Tensor<Double>([3]))
    let x = w.value.tracked()
    let loss = (x * x).sum()
    w.assign(Tensor([10]))
    #expect(x.scalars == [3] && gradients(of: loss, withRespectTo: [x])[0].scalars == [6])
  }

  @Test("Updating a buffer does not change values computed from it earlier")
  func statisticMoves() {
    let norm = BatchNorm<Double>(1)
    let before = norm.variance.value
    _ = norm(Tensor([1, 2, 4], shape: [3, 1]), mode: .training)
    #expect(before.scalars == [1] && norm.variance.value.scalars != [1])
  }
}

/// A key that holds a parameter.
private struct ParameterKey: Hashable {
  let parameter = Parameter(Tensor<Double>([1]))
  static func == (a: Self, b: Self) -> Bool { a.parameter === b.parameter }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(parameter)) }
}
