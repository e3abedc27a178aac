import Tensors

/// A value that determines, in addition to the arrays of a checkpoint, what a model computes: a
/// graph, the structure of a precision, the activation between layers.
///
/// A checkpoint stores its text and is refused by a module with a different text. The text is part
/// of the file format and does not change when a type is renamed.
public protocol ArchitectureDescribing {
  /// A short description on one line.
  var architecture: String { get }
}

extension ArchitectureDescribing {
  /// `role(Type)`, the description of a part whose type alone determines what it computes from its
  /// arrays.
  public func architecture(of role: String) -> String {
    "\(role)(\(String(describing: Self.self).prefix { $0 != "<" }))"
  }
}

extension Module {
  /// The parameters with their names, in the order of the properties. A shared parameter is listed
  /// once, under its first name.
  public func namedParameters() -> [(name: String, parameter: Parameter<Scalar>)] {
    members(Parameter<Scalar>.self).map { (name: $0.0, parameter: $0.1) }
  }

  /// The statistics with their names, in the same order.
  public func namedBuffers() -> [(name: String, buffer: Buffer<Scalar>)] {
    members(Buffer<Scalar>.self).map { (name: $0.0, buffer: $0.1) }
  }

  /// The total number of trainable elements.
  public var parameterCount: Int { namedParameters().reduce(0) { $0 + $1.parameter.value.count } }

  /// The descriptions of the module's parts, one on each line: the path and the text.
  var architecture: String {
    var lines: [String] = []
    var visitor = MemberVisitor(entersObjects: false) { value, path in
      if let part = value as? any ArchitectureDescribing {
        lines.append((path + [part.architecture]).joined(separator: "."))
      }
      return false
    }
    visitor.walk(from: self)
    return lines.joined(separator: "\n")
  }

  private func members<Member: AnyObject>(_ type: Member.Type) -> [(String, Member)] {
    var found: [(String, Member)] = []
    var (objects, names) = (Set<ObjectIdentifier>(), Set<String>())
    var visitor = MemberVisitor(entersObjects: true) { value, path in
      guard let member = value as? Member else {
        refuseOtherScalar(value, at: path)
        return value is any ModuleMember
      }
      if objects.insert(ObjectIdentifier(member)).inserted {
        let name = path.joined(separator: ".")
        require(
          names.insert(name).inserted, "two different members of \(Self.self) are named \(name)")
        found.append((name, member))
      }
      return true
    }
    visitor.walk(from: self)
    return found
  }

  /// Stops for a member with another scalar type, which would be neither trained nor saved.
  private func refuseOtherScalar(_ value: Any, at path: [String]) {
    guard let member = value as? any ModuleMember else { return }
    require(
      member.isMember(of: Scalar.self),
      "\(Self.self) is a module of \(Scalar.self), and its member \(path.joined(separator: ".")) is "
        + "a \(Swift.type(of: value)), which would be neither trained nor saved; use one scalar type"
    )
  }
}

/// A parameter or a buffer of any scalar type.
protocol ModuleMember: AnyObject {
  func isMember<Scalar: TensorScalar>(of: Scalar.Type) -> Bool
}

extension Parameter: ModuleMember {
  func isMember<Other: TensorScalar>(of: Other.Type) -> Bool { Other.self == Scalar.self }
}

extension Buffer: ModuleMember {
  func isMember<Other: TensorScalar>(of: Other.Type) -> Bool { Other.self == Scalar.self }
}

/// A traversal of everything that a value contains: the properties of structs and objects, the
/// elements of collections and tuples, the values of dictionaries by key, and the payloads of
/// optionals and enum cases.
private struct MemberVisitor {
  /// Called with each value and its path; returns whether the traversal stops at that value.
  let body: (_ value: Any, _ path: [String]) -> Bool
  /// Whether objects that are not modules are traversed too. They come last, so that a member that
  /// a module also holds is named after the module.
  let entersObjects: Bool
  /// Objects may form reference cycles; each is visited once, under its first path.
  private var visited = Set<ObjectIdentifier>()
  private var objectsLeft: [(object: Any, path: [String])] = []

  init(entersObjects: Bool, _ body: @escaping (Any, [String]) -> Bool) {
    (self.entersObjects, self.body) = (entersObjects, body)
  }

  mutating func walk(from root: Any) {
    visit(root, [])
    while !objectsLeft.isEmpty {
      let (object, path) = objectsLeft.removeFirst()
      visitProperties(of: Mirror(reflecting: object), path)
    }
  }

  private mutating func visit(_ value: Any, _ path: [String]) {
    if value is any PlainValue || body(value, path) { return }
    if let view = value as? any DictionaryView {
      for element in view.contents { refuseModules(in: element, path, "a view of a dictionary of") }
      return
    }
    let mirror = Mirror(reflecting: value)
    if value is any CustomReflectable { requireSight(into: value, mirror, path) }
    switch mirror.displayStyle {
    case .optional: for child in mirror.children { visit(child.value, path) }
    case .dictionary: visitDictionary(value, path)
    case .set:
      for child in mirror.children { refuseModules(in: child.value, path, "a set of") }
    case .class:
      guard visited.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
      if value is any Module {
        visitProperties(of: mirror, path)
      } else if entersObjects {
        objectsLeft.append((value, path))
      }
    default: visitChildren(of: mirror, path)
    }
  }

  /// Stops where a type shows itself as it likes and not by its stored properties, so that parameters
  /// among them could not be found. Collections show their elements; types of the standard library and
  /// of Foundation hold no parameters but as elements.
  private func requireSight(into value: Any, _ mirror: Mirror, _ path: [String]) {
    switch mirror.displayStyle {
    case .collection, .dictionary, .set, .optional, .tuple: return
    case .struct, .class, .enum, nil: break
    default: break
    }
    let type = String(reflecting: Swift.type(of: value))
    if ["Swift.", "Foundation"].contains(where: type.hasPrefix) { return }
    let place = path.isEmpty ? "the module" : "the property \(path.joined(separator: "."))"
    stop(
      "\(place) is a \(type), which has a mirror of its own (CustomReflectable): parameters that it "
        + "holds would neither be trained nor saved; take the conformance away, or show the "
        + "members as a collection")
  }

  /// The properties of an object, those of its superclasses first.
  private mutating func visitProperties(of mirror: Mirror, _ path: [String]) {
    let ancestors = Array(sequence(first: mirror, next: \.superclassMirror))
    for mirror in ancestors.reversed() { visitChildren(of: mirror, path) }
  }

  private mutating func visitChildren(of mirror: Mirror, _ path: [String]) {
    for (index, child) in mirror.children.enumerated() {
      // Mirror labels the unlabelled elements of a tuple ".0", ".1" and so on.
      let label = child.label.flatMap { $0.hasPrefix(".") ? nil : $0 } ?? "\(index)"
      visit(child.value, path + [label])
    }
  }

  private mutating func visitDictionary(_ value: Any, _ path: [String]) {
    guard let dictionary = value as? [AnyHashable: Any] else {
      // Another type whose mirror is a dictionary, with pairs in an order of its own.
      for pair in Mirror(reflecting: value).children {
        let parts = Mirror(reflecting: pair.value).children.map(\.value)
        require(
          parts.count == 2,
          "the property \(path.joined(separator: ".")) has the mirror of a dictionary without pairs, in "
            + "which no modules are found; use a Dictionary or an array")
        refuseModules(in: parts[0], path, "a dictionary by")
        visit(parts[1], path + ["\(parts[0])"])
      }
      return
    }
    let values = dictionary.map { (key: "\($0.key)", value: $0.value) }
    for key in dictionary.keys { refuseModules(in: key.base, path, "a dictionary by") }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) { visit(value, path + [key]) }
  }

  /// Stops for an element of a set, a key, or an element of a view of a dictionary, that is or
  /// contains a module. It has no place that a run or a file could reproduce.
  private func refuseModules(in element: Any, _ path: [String], _ container: String) {
    let place = path.joined(separator: ".")
    var search = MemberVisitor(entersObjects: true) { value, _ in
      require(
        !(value is any Module || value is any ModuleMember),
        "the property \(place) is \(container) modules or parameters, which have no order; use an "
          + "array")
      return false
    }
    search.walk(from: element)
  }
}

/// The keys or the values of a dictionary, which a mirror does not show.
private protocol DictionaryView {
  var contents: [Any] { get }
}
extension Dictionary.Keys: DictionaryView { var contents: [Any] { Array(self) } }
extension Dictionary.Values: DictionaryView { var contents: [Any] { Array(self) } }

/// A value that contains no module. Large arrays usually consist of such values.
private protocol PlainValue {}
private protocol PlainElement {}
extension Int: PlainElement, PlainValue {}
extension UInt8: PlainElement, PlainValue {}
extension Float: PlainElement, PlainValue {}
extension Double: PlainElement, PlainValue {}
extension Bool: PlainElement, PlainValue {}
extension String: PlainElement, PlainValue {}
extension Array: PlainValue where Element: PlainElement {}
