"""Means of logit-normal variables and their slopes, in 40 digits.

Needs mpmath. The integral E sigma(mu + s e) = E Phi((mu - t)/s) over a logistic variable t is computed
by mpmath's quadrature. Prints the table of LogitNormalReference in
Tests/LatentGraphsTests/GaussianGraphicalModels/LogitNormalReference.swift: mean and log-variance of the log-odds,
and the mean of the variable with its slopes in the mean and in the logarithm of the standard deviation.
"""

from mpmath import exp, inf, linspace, mp, mpf, ncdf, npdf, quad, sqrt

mp.dps = 40
edges = [-inf] + linspace(-100, 100, 41) + [inf]


def slope(t):
    tail = exp(-abs(t))
    return tail / (1 + tail) ** 2


for mean, log_variance in [(0, 0), (3, 4), (-2, 6.7), (-2, 6.9), (50, 10), (50, 14), (-200, 20), (7, 80)]:
    mu, s = mpf(mean), exp(mpf(log_variance) / 2)
    if s < 20:
        f = [lambda e: 1 / (1 + exp(-mu - s * e)), lambda e: slope(mu + s * e), lambda e: slope(mu + s * e) * s * e]
        values = [quad(lambda e: g(e) * npdf(e), linspace(-15, 15, 61)) for g in f]
    else:
        u = lambda t: (mu - t) / s
        f = [lambda t: ncdf(u(t)), lambda t: npdf(u(t)) / s, lambda t: -npdf(u(t)) * u(t)]
        values = [quad(lambda t: slope(t) * g(t), edges) for g in f]
    print("    (%s, %s, %s)," % (mean, log_variance, ", ".join(mp.nstr(v, 17) for v in values)))
