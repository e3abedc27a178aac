/// A dictionary that keeps the order of insertion and compares its keys bytewise.
///
/// `é` as one character and `e` with a combining accent are two names, as in files written by other
/// programs. (A `Dictionary` of strings treats them as equal, and the time to compare names with
/// many combining marks grows with the square of their length.)
public struct NamedValues<Value> {
  private var entries: [(name: String, value: Value)] = []
  private var places: [Name: Int] = [:]

  /// A name that is hashed and compared by its UTF-8 bytes.
  private struct Name: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: Name, b: Name) -> Bool { a.text.hasBytes(of: b.text) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// An empty collection.
  public init() {}

  /// The names in order.
  public var names: [String] { entries.map(\.name) }

  /// The value of this name, or `nil` if there is none. Assigning a value adds it at the end or
  /// replaces the existing value in place; assigning `nil` removes it.
  ///
  /// Complexity: O(bytes of the name); O(count) to remove.
  public subscript(name: String) -> Value? {
    get { places[Name(name)].map { entries[$0].value } }
    set {
      let key = Name(name)
      switch (places[key], newValue) {
      case (let place?, let value?): entries[place].value = value
      case (nil, let value?):
        places[key] = entries.count
        entries.append((name, value))
      case (let place?, nil):
        entries.remove(at: place)
        places[key] = nil
        for later in place..<entries.count { places[Name(entries[later].name)] = later }
      case (nil, nil): break
      }
    }
  }
}

extension NamedValues: RandomAccessCollection {
  /// The index of the first name, 0.
  public var startIndex: Int { 0 }
  /// The index after the last name: the number of names.
  public var endIndex: Int { entries.count }

  /// The name and the value at an index of the order.
  public subscript(place: Int) -> (name: String, value: Value) { entries[place] }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
  /// The values of a literal; if a name occurs more than once, its last value.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The values of a dictionary, sorted by name.
  public init(_ dictionary: [String: Value]) {
    for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) { self[name] = value }
  }
}

extension NamedValues: Sendable where Value: Sendable {}

extension NamedValues: Equatable where Value: Equatable {
  /// Whether both have the same names with equal values, in any order.
  public static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.allSatisfy { b[$0.name] == $0.value }
  }
}

extension NamedValues: CustomStringConvertible {
  /// The names and values in order.
  public var description: String {
    "[" + entries.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "]"
  }
}

extension String {
  /// Whether both have the same UTF-8 bytes, a stricter relation than `==`.
  func hasBytes(of other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
