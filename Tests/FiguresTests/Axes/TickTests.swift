import Figures
import Testing

@Suite("Ticks of axes")
struct TickTests {
  private func texts(_ ticks: Ticks) -> [String] {
    ticks.major.map { tick in
      tick.label.exponent.isEmpty
        ? tick.label.text : tick.label.text + "^" + tick.label.exponent
    }
  }

  @Test(
    "Linear ticks are multiples of 1, 2 or 5 times a power of ten",
    arguments: [
      (0.0...1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (0.0...30.0, 6, ["0", "5", "10", "15", "20", "25", "30"]),
      (-97.0...(-91.5), 4, ["−96", "−94", "−92"]),
      (-0.13...0.12, 5, ["−0.10", "−0.05", "0.00", "0.05", "0.10"]),
      (0.0...21_000.0, 4, ["0", "10,000", "20,000"]),
      (0.0...3.1e6, 3, ["0", "2×10^6"]),
      (0.0...2e-6, 2, ["0", "10^−6", "2×10^−6"]),
      (9.0e6...1.1e7, 2, ["9×10^6", "10^7", "1.1×10^7"]),
      (1_000_000.3...1_000_000.7, 2, ["1,000,000.4", "1,000,000.6"]),
      (0.0...1e300, 1, ["0", "10^300"]),
    ] as [(ClosedRange<Double>, Int, [String])])
  func linear(range: ClosedRange<Double>, count: Int, expected: [String]) {
    #expect(texts(LinearTicks.ticks(in: range, count: count)) == expected)
  }

  @Test("Linear ticks are within the range, equally spaced and not too many")
  func linearProperties() {
    for exponent in -12...12 {
      for (low, width) in [(0.0, 1.0), (-3.3, 7.1), (0.1, 2.9), (-8.0, 1.7), (99.0, 1.0)] {
        for count in 2...10 {
          let unit = (0..<abs(exponent)).reduce(1.0) { size, _ in
            exponent < 0 ? size / 10 : size * 10
          }
          let range = low * unit...(low + width) * unit
          let values = LinearTicks.ticks(in: range, count: count).major.map(\.value)
          let slack = 1e-5 * width * unit
          #expect(values.count >= 2 && values.count <= count + 2, "\(range), \(count)")
          #expect(
            values.allSatisfy { $0 > range.lowerBound - slack && $0 < range.upperBound + slack })
          let steps = zip(values, values.dropFirst()).map { $1 - $0 }
          #expect(steps.allSatisfy { abs($0 - steps[0]) < slack })
        }
      }
    }
  }

  @Test("Axes of integers have integer ticks only")
  func integers() {
    #expect(texts(LinearTicks.ticks(in: 0...3, count: 8, isInteger: true)) == ["0", "1", "2", "3"])
  }

  @Test(
    "Logarithmic ticks are powers of ten, or 1, 2 and 5 times these in a short range",
    arguments: [
      (0.9...1100.0, 6, ["10^0", "10^1", "10^2", "10^3"]),
      (1e-3...1e-1, 6, ["10^−3", "10^−2", "10^−1"]),
      (1e-6...1e6, 5, ["10^−6", "10^−3", "10^0", "10^3", "10^6"]),
      (1e-250...1e250, 4, ["10^−200", "10^0", "10^200"]),
      (3.0...60.0, 5, ["5", "10", "20", "50"]),
      (2e-7...3e-6, 5, ["2×10^−7", "5×10^−7", "10^−6", "2×10^−6"]),
      (1.01...1.09, 4, ["1.02", "1.04", "1.06", "1.08"]),
    ] as [(ClosedRange<Double>, Int, [String])])
  func logarithmic(range: ClosedRange<Double>, count: Int, expected: [String]) {
    #expect(texts(LogarithmicTicks.ticks(in: range, count: count)) == expected)
  }
}
