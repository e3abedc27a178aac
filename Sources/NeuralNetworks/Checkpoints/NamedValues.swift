/// Values by name, in the order in which they were added, whose names are compared by their bytes.
///
/// `é` as one character and as `e` with a combining accent are two names, as they are in the files of
/// other programs. (A `Dictionary` of strings takes them for one, and needs a time that grows with the
/// square of the length to compare names of many combining marks.)
public struct NamedValues<Value> {
  private var entries: [(name: String, value: Value)] = []
  private var places: [Name: Int] = [:]

  /// A name as a key.
  private struct Name: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: Name, b: Name) -> Bool { a.text.hasBytes(of: b.text) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// No values.
  public init() {}

  /// The names in order.
  public var names: [String] { entries.map(\.name) }

  /// The value of this name, or `nil` where there is none. Setting it adds a value at the end, replaces
  /// one in its place, or removes one.
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
  /// The place of the first name, 0.
  public var startIndex: Int { 0 }
  /// The place behind the last name, their number.
  public var endIndex: Int { entries.count }

  /// The name and the value at a place in the order.
  public subscript(place: Int) -> (name: String, value: Value) { entries[place] }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
  /// The values of a literal; of two of one name, the last.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The values of a dictionary, in the order of their names.
  public init(_ dictionary: [String: Value]) {
    for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) { self[name] = value }
  }
}

extension NamedValues: Sendable where Value: Sendable {}

extension NamedValues: Equatable where Value: Equatable {
  /// Whether both have the same names with the same values, in whatever order.
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
  /// Whether both have the same UTF-8, which is more than that they are equal.
  func hasBytes(of other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
