import Programs
import Tensors

/// A row of the table.
func row(_ name: String, _ setting: String, _ passes: Int, _ quality: EstimatorQuality) -> String {
  let cells = [
    name, setting, "\(passes)",
    decimal(quality.bias, places: 3) + " ± " + decimal(quality.meanError, places: 3),
    decimal(quality.deviation, places: 2), decimal(quality.rootMeanSquare, places: 2),
    decimal(quality.cosine, places: 3), decimal(quality.largestZ, places: 1),
  ]
  return "| " + cells.joined(separator: " | ") + " |"
}

/// The page that explains the table.
func page(_ rows: [String], draws: Int, heads: Heads) -> String {
  let (title, suffix, option) =
    heads == .linear ? (", linear nodes", "-linear", " --heads linear") : ("", "", "")
  return """
    # Estimators of the gradient in the gates\(title)

    A loss that is expected over gates, `E_c[L(c)]`, `c_e ~ Bernoulli(μ_e)`, and its gradient in their
    log-odds. On a net of four nodes all `2^6` structures can be summed, so that the gradient is known
    (`GateEstimator.exhaustive`); each estimator is drawn \(draws) times beside it. The model is a small
    Graph VAE of binary observations, trained for a while by the score function, with gates between
    μ = 0.27 and 0.82; the batch and the noise of the latents stay the same. The gradient in the means
    differs from the one in the log-odds by the factors `μ(1 − μ)`, which are the same for all
    estimators.

    Lengths are in units of the exact gradient's. *Bias* is that of the mean, beside the standard error
    that the mean has by itself: a bias that does not exceed it by much is none that was seen.
    *Deviation* is that of one draw, over all edges; *error* the two together. *z* is the largest
    distance of an edge's mean from the truth, in standard errors; for an unbiased estimator it exceeds
    6 with a probability of about 10⁻⁸.

    | estimator | setting | passes | bias | deviation | error | cosine | z |
    |---|---|---:|---:|---:|---:|---:|---:|
    \(rows.joined(separator: "\n"))

    Where a node is closed off from all of its parents, a batch norm meets inputs of 0, and its slope
    there is about `1/√ε`: straight-through gradients, which take the slope at a gate of 0, are then of
    no use. Linear nodes have no such slope (`--heads linear`, `gate-estimators-linear.md`).

    Made by

    ```sh
    swift run -c release benchmark-gate-estimators\(option) \\
      --markdown Documentation/gate-estimators\(suffix).md
    ```

    """
}
