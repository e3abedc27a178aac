/// Values of KL(q ‖ p) by mpmath with Tests/References/divergence_reference.py. The elements differ
/// by quarters of 2⁻¹² or of 2⁻³⁰.
enum DivergenceReference {
  static let values: [String: (coarse: Double, fine: Double)] = [
    "diagonal": (3.102998505427761e-08, 4.51572195927711e-19),
    "chain": (4.598821710869144e-08, 6.69229164067215e-19),
    "complete": (2.315566258778051e-08, 3.369724490712912e-19),
    "blockChain": (1.793994491734264e-08, 2.6105788497742525e-19),
    "grid": (4.683972168811732e-08, 6.816008635770888e-19),
    "tree": (4.168518145941471e-08, 6.066649979864184e-19),
    "cycle": (3.205179273951682e-08, 4.664276696349963e-19),
    "wideGrid": (1.3172816478512507e-07, 1.916967645293865e-18),
    "mesh": (5.186322525095714e-08, 7.547343481366402e-19),
  ]
}
