"""Checks the reference values of state-space models against a filter and smoother in 60 digits (mpmath).

    python exact_state_space_reference.py       needs numpy and mpmath

Prints the largest error of each list of values in Tests/LatentGraphsTests/StateSpaceModels/
StateSpaceReference.swift, which statsmodels computed in double precision, relative to the largest value of
the list. Ends with status 1 if an error is above 1e-12.

`smooth` can be imported: it accepts singular covariances and missing observations.
"""
import pathlib
import re
import sys

import numpy as np
from mpmath import det, inverse, log, matrix, mp, mpf, pi

mp.dps = 60


def exact(a):
    return matrix([[mpf(float(v)) for v in row] for row in np.atleast_2d(np.asarray(a, float))])


def column(a):
    return matrix([mpf(float(v)) for v in a])


def doubles(matrices):
    return np.array([[[float(a[i, j]) for j in range(a.cols)] for i in range(a.rows)] for a in matrices])


def smooth(m0, P0, F, Q, H, R, y, b=None, c=None):
    """The log-likelihood of a series in nats, and the means and covariances of its states given all of it.

        x[0] ~ N(m0, P0),   x[t+1] = F x[t] + b + N(0, Q),   y[t] = H x[t] + c + N(0, R)

    Shapes: m0, b [d]; P0, F, Q [d, d]; H [p, d]; R [p, p]; c [p]; y [T, p], NaN where an observation is
    missing. The filter is Kalman's, the smoother that of Rauch, Tung and Striebel.
    """
    y, d = np.asarray(y, float), len(m0)
    b, c = np.zeros(d) if b is None else b, np.zeros(y.shape[1]) if c is None else c
    F, Q, shift = exact(F), exact(Q), column(b)
    mean, covariance, total = column(m0), exact(P0), mpf(0)
    predicted, filtered = [], []
    for t, row in enumerate(y):
        if t > 0:
            mean, covariance = F * mean + shift, F * covariance * F.T + Q
        predicted.append((mean, covariance))
        seen = np.flatnonzero(~np.isnan(row))
        if len(seen) > 0:
            Ht = exact(np.asarray(H)[seen])
            S = Ht * covariance * Ht.T + exact(np.asarray(R)[np.ix_(seen, seen)])
            surprise = column(row[seen]) - column(np.asarray(c)[seen]) - Ht * mean
            gain = covariance * Ht.T * inverse(S)
            total -= (len(seen) * log(2 * pi) + log(det(S)) + (surprise.T * inverse(S) * surprise)[0]) / 2
            mean, covariance = mean + gain * surprise, (mp.eye(d) - gain * Ht) * covariance
            covariance = (covariance + covariance.T) / 2
        filtered.append((mean, covariance))
    means, covariances = [filtered[-1][0]], [filtered[-1][1]]
    for (mean, covariance), (after, spread) in zip(filtered[-2::-1], predicted[:0:-1]):
        try:
            inverted = inverse(spread)
        except ZeroDivisionError:  # A ridge that vanishes in the digits of a double.
            inverted = inverse(spread + mpf(10) ** -50 * mp.eye(d))
        gain = covariance * F.T * inverted
        means.append(mean + gain * (means[-1] - after))
        covariances.append(covariance + gain * (covariances[-1] - spread) * gain.T)
    return float(total), doubles(means[::-1])[..., 0], doubles(covariances[::-1])


def stationary(F, Q, b):
    """The mean and covariance of the states' stationary distribution."""
    d = len(b)
    F, Q = exact(F), exact(Q)
    mean = mp.lu_solve(mp.eye(d) - F, column(b))
    system = matrix(d * d, d * d)
    for i, j, k, l in np.ndindex(d, d, d, d):
        system[i * d + j, k * d + l] = (i == k and j == l) - F[i, k] * F[j, l]
    solution = mp.lu_solve(system, matrix([Q[i, j] for i, j in np.ndindex(d, d)]))
    return np.array([float(v) for v in mean]), np.array([float(v) for v in solution]).reshape(d, d)


def main():
    root = pathlib.Path(__file__).parent.parent
    text = (root / "LatentGraphsTests/StateSpaceModels/StateSpaceReference.swift").read_text()
    values = {
        name: np.array([float(v.replace(".nan", "nan")) for v in re.findall(r"[^\s,]+", numbers)])
        for name, numbers in re.findall(r"static let (\w+): \[Double\] = \[([^\]]*)\]", text)}
    d, p = len(values["initialMean"]), len(values["observationOffset"])
    F, Q = values["transition"].reshape(d, d), values["transitionCovariance"].reshape(d, d)
    H, R = values["observation"].reshape(p, d), values["observationCovariance"].reshape(p, p)
    b, c = values["transitionOffset"], values["observationOffset"]
    known = values["initialMean"], values["initialCovariance"].reshape(d, d)
    worst = 0
    for prefix, series, (m0, P0) in (
            ("complete", "complete", known), ("gaps", "withGaps", known),
            ("stationary", "withGaps", stationary(F, Q, b))):
        results = smooth(m0, P0, F, Q, H, R, values[series].reshape(-1, p), b, c)
        for name, result in zip(("LogLikelihood", "Means", "Covariances"), results):
            error = np.abs(np.ravel(result) - values[prefix + name]).max() / np.abs(result).max()
            print(f"{prefix + name:24} {error:.1e}")
            worst = max(worst, error)
    sys.exit(1 if worst > 1e-12 else 0)


if __name__ == "__main__":
    main()
