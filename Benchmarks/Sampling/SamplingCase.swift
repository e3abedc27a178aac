import Experiments
import Programs

/// How parameters are assigned to samples.
enum Parameters: String, CaseIterable {
  /// Each sample of the batch has its own parameters, as those of an encoder network.
  case perRow = "per-row"
  /// All samples share one set of parameters.
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

  /// The reason why this case does not exist or cannot be run; `nil` if it can.
  var refusal: String? {
    if let refusal = example.refusal { return refusal }
    let gibibytes = largestCount * 4 / 0x1p30
    if gibibytes > 1 {
      return "this needs tensors of \(decimal(gibibytes, places: 1)) GiB: "
        + "use a smaller --k or --batch" + (parameters == .perRow ? ", or --parameters shared" : "")
    }
    return nil
  }

  /// The number of elements of the samples or of the parameters, whichever is larger, as a `Double`
  /// because it may exceed an `Int`.
  private var largestCount: Double {
    let rows = Double(batch)
    return max(
      rows * Double(dimension),
      (parameters == .perRow ? rows : 1) * example.parameterCount / (structure == .dense ? 1 : 3))
  }

  /// A short name of the case: `chain, per-row, from L`.
  var name: String {
    "\(structure.rawValue), \(parameters.rawValue), from \(example.source.rawValue)"
      + (takesGradient ? ", gradient" : "")
  }
}
