import AccuracySweep
import Foundation
import Tensors
import Testing

@Suite("Accuracy")
struct AccuracyTests {
  /// What `Documentation/accuracy.md` states.
  static let page: AccuracyPage? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let url = root.appendingPathComponent("Documentation/accuracy.md")
    return (try? String(contentsOf: url, encoding: .utf8)).map(AccuracyPage.init(parsing:))
  }()

  @Test(
    "of values and slopes is what the page states, and no worse than 10 ε",
    arguments: SweptFunction.allCases)
  func bounds(_ function: SweptFunction) throws {
    let page = try #require(Self.page, "Documentation/accuracy.md cannot be read")
    let stated = try #require(page.bounds[function], "\(function.title) is not on the page")
    let isOfBits = function.rawValue.hasPrefix("bernoulli")
    // The rule of the quadrature is chosen for an absolute error of 10⁻¹⁴, and 10⁻¹² of slopes.
    let isIntegral = function == .logitNormalMean
    let mostStated: Double = isIntegral ? 1e-12 / .ulpOfOne : isOfBits ? 8 : 10
    func expect(_ measured: Accuracy, _ bounds: (value: Double, slope: Double), _ type: String) {
      for (error, bound, name) in [
        (measured.value, bounds.value, "value"), (measured.slope, bounds.slope, "slope"),
      ] {
        #expect(
          error.error <= bound,
          "\(type), \(name): \(error.error) ε at \(error.place), stated are \(bound)")
        #expect(bound <= mostStated, "\(type), \(name): \(bound) ε are stated")
      }
    }
    expect(Accuracy(of: function, in: Float.self), stated.float, "Float")
    expect(Accuracy(of: function, in: Double.self), stated.double, "Double")
  }
}
