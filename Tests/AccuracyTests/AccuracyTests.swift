import AccuracySweep
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Accuracy of functions and densities")
struct AccuracyTests {
  /// The bounds in `Documentation/accuracy.md`.
  static let page: AccuracyPage? = {
    let url = packageFolder.appendingPathComponent("Documentation/accuracy.md")
    return (try? String(contentsOf: url, encoding: .utf8)).map(AccuracyPage.init(parsing:))
  }()

  @Test(
    "The errors of values and slopes are within the documented bounds, which are at most 10 ε",
    arguments: SweptFunction.allCases)
  func bounds(_ function: SweptFunction) throws {
    let page = try #require(Self.page, "Documentation/accuracy.md cannot be read")
    let stated = try #require(page.bounds[function], "\(function.title) is not on the page")
    let isOfBits = function.rawValue.hasPrefix("bernoulli")
    // The quadrature is designed for an absolute error of 10⁻¹⁴ in values and 10⁻¹² in slopes.
    let isIntegral = function == .logitNormalMean
    let mostStated: Double = isIntegral ? 1e-12 / .ulpOfOne : isOfBits ? 8 : 10
    func expect(_ measured: Accuracy, _ bounds: (value: Double, slope: Double), _ type: String) {
      for (error, bound, name) in [
        (measured.value, bounds.value, "value"), (measured.slope, bounds.slope, "slope"),
      ] {
        #expect(
          error.error <= bound,
          "\(type), \(name): \(error.error) ε at \(error.place), the page states \(bound)")
        #expect(bound <= mostStated, "\(type), \(name): the page states \(bound) ε")
      }
    }
    expect(Accuracy(of: function, in: Float.self), stated.float, "Float")
    expect(Accuracy(of: function, in: Double.self), stated.double, "Double")
  }
}
