import Experiments
import Programs

/// Whose the parameters are.
enum Parameters: String, CaseIterable {
  /// Each sample of the batch has its own, as an encoder network gives them.
  case perRow = "per-row"
  /// One set for all samples.
  case shared
}

/// One thing to measure: `batch` samples of a structure.
struct SamplingCase: Sendable {
  var example: PrecisionExample
  var batch: Int
  var parameters: Parameters
  var takesGradient = false

  var structure: PrecisionFamily { example.family }
  var dimension: Int { example.dimension }

  /// Why this case does not exist or cannot be run; `nil` where it can.
  var refusal: String? {
    if let refusal = example.refusal { return refusal }
    let gibibytes = largestCount * 4 / 0x1p30
    if gibibytes > 1 {
      return "this takes tensors of \(decimal(gibibytes, places: 1)) GiB: "
        + "use a smaller --k or --batch" + (parameters == .perRow ? ", or --parameters shared" : "")
    }
    return nil
  }

  /// The number of the samples' elements or, where that is larger, of the parameters'; a `Double`,
  /// for it may exceed what an `Int` holds.
  private var largestCount: Double {
    let rows = Double(batch)
    return max(
      rows * Double(dimension),
      (parameters == .perRow ? rows : 1) * example.parameterCount / (structure == .dense ? 1 : 3))
  }

  /// The case in a few words: `chain, per-row, from L`.
  var name: String {
    "\(structure.rawValue), \(parameters.rawValue), from \(example.source.rawValue)"
      + (takesGradient ? ", gradient" : "")
  }
}
