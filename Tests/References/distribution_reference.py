"""Reference values of distributions, by scipy.

    python distribution_reference.py    prints the Swift of
                                        Tests/LatentGraphsTests/Distributions/DistributionReferences.swift

A line is `law parameters… : mean variance entropy` or `law parameters… = x logDensity cumulative`. The values
are the quantiles of 0.001, 0.1, 0.5, 0.9 and 0.999, rounded to six digits. NaN is printed for an entropy that
the library does not compute. A line of `multivariateReferences` is `law parameters… = x… logDensity entropy` for
three variables. The precision of the Student-t is L Lᵀ for a factor L with the diagonal and the elements below it.
"""
from math import exp, nan
import numpy as np
import scipy.stats as st

logistic = lambda l: 1 / (1 + exp(-l))
laws = {
    "normal": (lambda m, v: st.norm(m, exp(v / 2)), [(0, 0), (2, -1), (-3, 1.5)]),
    "bernoulli": (lambda l: st.bernoulli(logistic(l)), [(0.2,), (-1.5,), (3,)]),
    "uniform": (lambda a, b: st.uniform(a, b - a), [(0, 1), (-1, 2), (3, 10)]),
    "exponential": (lambda r: st.expon(scale=1 / r), [(0.5,), (1,), (4,)]),
    "gamma": (lambda a, b: st.gamma(a, scale=1 / b), [(0.8, 2), (2.5, 0.5), (40, 3)]),
    "beta": (st.beta, [(1.5, 0.9), (2, 5), (30, 40)]),
    "studentT": (lambda v, m, s: st.t(v, m, s), [(4.5, 0, 1), (7, 2, 0.5), (60, -1, 3)]),
    "laplace": (st.laplace, [(0, 1), (2, 0.3), (-5, 4)]),
    "logNormal": (lambda m, s: st.lognorm(s, scale=exp(m)), [(0, 0.5), (1, 0.2), (-1, 0.4)]),
    "halfNormal": (lambda s: st.halfnorm(scale=s), [(0.5,), (1,), (4,)]),
    "halfCauchy": (lambda s: st.halfcauchy(scale=s), [(0.5,), (1,), (4,)]),
    "weibull": (lambda s, k: st.weibull_min(k, scale=s), [(1, 1.5), (2, 0.8), (0.5, 4)]),
    "poisson": (st.poisson, [(0.3,), (4,), (60,)]),
    "negativeBinomial": (lambda r, l: st.nbinom(r, 1 - logistic(l)), [(0.5, 0.3), (3, -1), (20, 1.5)]),
    "binomial": (lambda n, l: st.binom(n, logistic(l)), [(1, 0.2), (10, -1), (200, 0.7)]),
}
discrete = {"bernoulli", "poisson", "negativeBinomial", "binomial"}
without_entropy = {"poisson", "negativeBinomial", "binomial"}

print("// swift-format-ignore-file")
print("/// By scipy: `Tests/References/distribution_reference.py`.")
print('let distributionReferences = """')
for name, (law, sets) in laws.items():
    for parameters in sets:
        d = law(*parameters)
        head = " ".join([name] + [repr(float(p)) for p in parameters])
        entropy = nan if name in without_entropy else float(d.entropy())
        print(head, ":", repr(float(d.mean())), repr(float(d.var())), repr(entropy))
        for p in (0.001, 0.1, 0.5, 0.9, 0.999):
            x = float(d.ppf(p))
            x = x if name in discrete else float(f"{x:.6g}")
            density = d.logpmf(x) if name in discrete else d.logpdf(x)
            print(head, "=", repr(x), repr(float(density)), repr(float(d.cdf(x))))
print('"""')
print()
print("/// By scipy, in the same way.")
print('let multivariateReferences = """')


def row(name, parameters, x, d):
    numbers = [float(v) for v in (*x, d.logpdf(x), d.entropy())]
    print(" ".join([name] + [repr(float(p)) for p in parameters] + ["="] + [repr(v) for v in numbers]))


for a, x in (((0.9, 2.5, 6), (0.125, 0.25, 0.625)), ((40, 0.3, 700), (0.0625, 0.0078125, 0.9296875)),
             ((1, 1, 1), (0.5, 0.25, 0.25))):
    row("dirichlet", a, x, st.dirichlet(a))
for v, m, diagonal, below, x in (
        (6, (0.3, -0.5, 0.2), (1.2, 0.9, 1.5), (0.4, -0.3), (1, -2, 0.5)),
        (1.5, (0, 0, 0), (0.1, 2, 30), (1, -20), (8, 0.25, 0.125)),
        (400, (1, 2, 3), (1, 1, 1), (0.5, 0.5), (1, 2.5, 2))):
    factor = np.diag(diagonal) + np.diag(below, -1)
    law = st.multivariate_t(m, np.linalg.inv(factor @ factor.T), v)
    row("multivariateStudentT", (v, *m, *diagonal, *below), x, law)
print('"""')
