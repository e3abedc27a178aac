"""Smoothed states and likelihoods of a state-space model with missing observations, by statsmodels.

    python state_space_reference.py > ../LatentGraphsTests/StateSpaceModels/StateSpaceReference.swift

The model has three variables in a state and two in an observation. Of twelve observations one is
missing entirely and some are missing in part.
"""
import numpy as np
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

rng = np.random.default_rng(7)
T, d, p = 12, 3, 2


def covariance(n, scale):
    root = rng.normal(size=(n, n))
    return scale * (root @ root.T / n + np.eye(n))


F = 0.35 * rng.normal(size=(d, d)) + 0.5 * np.eye(d)
b, c, m0 = rng.normal(size=d), rng.normal(size=p), rng.normal(size=d)
Q, R, P0 = covariance(d, 0.4), covariance(p, 0.6), covariance(d, 2.0)
H = rng.normal(size=(p, d))
y = 2 * rng.normal(size=(T, p)).round(3)
gaps = y.copy()
gaps[3], gaps[5, 0], gaps[8, 1], gaps[11, 0] = np.nan, np.nan, np.nan, np.nan


def smoothed(y, stationary=False):
    model = KalmanSmoother(
        k_endog=p, k_states=d, design=H, transition=F, selection=np.eye(d), obs_cov=R, state_cov=Q,
        obs_intercept=c[:, None], state_intercept=b[:, None])
    if stationary:
        model.initialize_stationary()
    else:
        model.initialize_known(m0, P0)
    model.bind(np.ascontiguousarray(y))
    result = model.smooth()
    lag = result.smoothed_state_autocovariance(1).transpose(2, 0, 1)  # The element at t is Cov[x_t, x_{t-1}].
    return {
        "means": result.smoothed_state.T, "covariances": result.smoothed_state_cov.transpose(2, 0, 1),
        "lagOne": lag[1:], "logLikelihood": np.array([result.llf_obs.sum()])}


def show(name, x, kind="[Double]"):
    numbers = [".nan" if np.isnan(v) else repr(float(v)) for v in np.ravel(x)]
    lines, line = [], "   "
    for number in numbers:
        if len(line) + len(number) + 2 > 98:
            lines.append(line)
            line = "   "
        line += f" {number},"
    if len(numbers) == 1:
        print(f"  static let {name}: {kind} = [{numbers[0]}]")
        return
    print(f"  static let {name}: {kind} = [")
    print("\n".join(lines + [line]))
    print("  ]")


print("// Written by Tests/References/state_space_reference.py.\n")
print("/// Smoothed states and likelihoods of a state-space model, by statsmodels.")
print("enum StateSpaceReference {")
print(f"  static let times = {T}\n")
for name, x in [("initialMean", m0), ("initialCovariance", P0), ("transition", F),
                ("transitionOffset", b), ("transitionCovariance", Q), ("observation", H),
                ("observationOffset", c), ("observationCovariance", R), ("complete", y),
                ("withGaps", gaps)]:
    show(name, x)
for prefix, result in [("complete", smoothed(y)), ("gaps", smoothed(gaps)),
                       ("stationary", smoothed(gaps, stationary=True))]:
    for name, x in result.items():
        show(prefix + name[0].upper() + name[1:], x)
print("}")
