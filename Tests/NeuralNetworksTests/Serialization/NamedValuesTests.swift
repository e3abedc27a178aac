import NeuralNetworks
import Testing

@Suite struct NamedValuesTests {
  @Test("Named values keep their order, and are replaced and removed in place")
  func order() {
    var values: NamedValues<Int> = ["c": 1, "a": 2, "b": 3, "a": 4]
    #expect(values.names == ["c", "a", "b"] && values["a"] == 4)
    values["c"] = nil
    values["d"] = 5
    values["none"] = nil
    #expect(values.names == ["a", "b", "d"])
    #expect(values.map(\.value) == [4, 3, 5])
    #expect(values["b"] == 3 && values["d"] == 5 && values["c"] == nil)
    #expect(values == ["d": 5, "b": 3, "a": 4] && values != ["d": 5, "b": 3])
    #expect(NamedValues(["y": 1, "x": 2]).names == ["x", "y"])
  }
}
