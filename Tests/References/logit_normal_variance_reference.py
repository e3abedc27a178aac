"""Variances of logit-normal variables and their slopes, in 130 digits.

Needs mpmath. Prints the table LogitNormalReference.variances in
Tests/LatentGraphsTests/GaussianGraphicalModels/LogitNormalReference.swift: mean and standard deviation of the
log-odds, the variance of the variable, and its slopes in the mean and in the variance of the log-odds.
"""

from mpmath import exp, linspace, mp, mpf, npdf, quad

mp.dps = 130  # The estimated error of an integral is absolute.
cases = [(0, "1e-9"), (0, 1), (0, 30), (12, "1e-3"), (17, 1), (20, "0.1"), (8, "1e-3"), (5, "1e-5"), ("0.5", "1e-5"),
         (40, 1), (20, "1e-7"), (-60, 5), (-40, 4), (-30, 3), (-3, 19), (30, 15), (-200, 12), (-100, 25), (700, 90)]


def sigmoid(y):
    return 1 / (1 + exp(-y)) if y > 0 else exp(y) / (1 + exp(y))


for mean, deviation in cases:
    m, s = mpf(mean), mpf(deviation)
    low = -40 if s < 1 else -40 - 2 * s
    points = sorted(set(linspace(low, -low, 161) + [max(min(-m / s, -low), low)]))
    edge = [p for p in [(-m + d) / s for d in linspace(-40, 40, 41)] if low < p < -low]
    points = sorted(set(points + edge))
    expect = lambda f: quad(lambda e: f(m + s * e, e) * npdf(e), points)
    centre = sigmoid(m)
    shift = expect(lambda y, e: sigmoid(y) - centre)
    variance = expect(lambda y, e: (sigmoid(y) - centre - shift) ** 2)
    slope = lambda y: sigmoid(y) * sigmoid(-y)
    mean_slope = expect(lambda y, e: 2 * (sigmoid(y) - centre - shift) * slope(y))
    variance_slope = expect(lambda y, e: (sigmoid(y) - centre - shift) * slope(y) * e / s)
    values = (variance, mean_slope, variance_slope)
    print("    (%s, %s, %s)," % (mean, deviation, ", ".join(mp.nstr(v, 17) for v in values)))
