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

    This page compares estimators of the gradient of an expected loss `E_c[L(c)]`, `c_e ~ Bernoulli(μ_e)`,
    with respect to the log-odds of the gates. On a net of four nodes all `2^6` structures can be summed,
    which gives the exact gradient (`GateEstimator.exhaustive`); each estimator is sampled \(draws) times.
    The model is a small Graph VAE of binary observations, trained briefly with the score function, with
    gates between μ = 0.27 and 0.82. The batch and the noise of the latents are fixed. The gradient with
    respect to the means differs from the one with respect to the log-odds by the factors `μ(1 − μ)`,
    which are the same for all estimators.

    All lengths are relative to the length of the exact gradient. *Bias* is the distance of the mean from
    the exact gradient, followed by the standard error of the mean; a bias that is not clearly larger than
    this error is not significant. *Deviation* is the standard deviation of one sample over all edges;
    *error* is the root mean square error, which combines the two. *z* is the largest distance of an
    edge's mean from the exact value, in standard errors; for an unbiased estimator it exceeds 6 with a
    probability of about 10⁻⁸.

    | estimator | setting | passes | bias | deviation | error | cosine | z |
    |---|---|---:|---:|---:|---:|---:|---:|
    \(rows.joined(separator: "\n"))

    If all gates of a node's parents are closed, its batch norm gets inputs of 0, where its derivative is
    about `1/√ε`. Straight-through gradients use the derivative at a gate of 0 and are then useless. Linear
    nodes have no such derivative (`--heads linear`, `gate-estimators-linear.md`).

    Written by

    ```sh
    swift run -c release benchmark-gate-estimators\(option) \\
      --markdown Documentation/gate-estimators\(suffix).md
    ```

    """
}
