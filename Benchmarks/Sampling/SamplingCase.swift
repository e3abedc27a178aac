import Programs

/// The structures that are compared, by their names on the command line.
enum Structure: String, CaseIterable {
  case diagonal, chain
  case extendedGrid = "extended-grid"
  case dense
}

/// Whose the parameters are.
enum Parameters: String, CaseIterable {
  /// Each sample of the batch has its own, as an encoder network gives them.
  case perRow = "per-row"
  /// One set for all samples.
  case shared
}

/// What a sample starts from.
enum Source: String, CaseIterable {
  /// The Cholesky factor.
  case factor = "L"
  /// The precision; its factorization is timed with the sample.
  case precision = "P"
}

/// One thing to measure: `batch` samples of `dimension` variables.
struct SamplingCase: Sendable {
  var structure: Structure
  var dimension: Int
  var batch: Int
  var parameters: Parameters
  var source: Source
  var takesGradient = false

  /// Why this case does not exist or cannot be run; `nil` where it can.
  var refusal: String? {
    if structure == .extendedGrid, source == .precision {
      return "an extended grid is given by its factor, for the factor of a given P would fill in: "
        + "use --from L"
    }
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
    let (k, rows) = (Double(dimension), Double(batch))
    let parameterRows = parameters == .perRow ? rows : 1
    return max(rows * k, parameterRows * (structure == .dense ? k * k : k))
  }

  /// The rows and columns of an extended grid: as near to a square as `dimension` can be divided.
  var gridSize: (height: Int, width: Int) {
    var width = Int(Double(dimension).squareRoot())
    while dimension % width != 0 { width -= 1 }
    return (dimension / width, width)
  }

  /// The case in a few words: `chain, per-row, from L`.
  var name: String {
    "\(structure.rawValue), \(parameters.rawValue), from \(source.rawValue)"
      + (takesGradient ? ", gradient" : "")
  }
}
