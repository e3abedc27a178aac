"""Reference values of the functions and densities in Documentation/accuracy.md.

    python accuracy_reference.py functions      needs mpmath; prints the Swift of
    python accuracy_reference.py densities      Benchmarks/AccuracySweep/{Function,Density}References.swift

A line is a case: its name, the arguments, the value and the slope in each argument. A number is `hi` or
`hi~lo`, two doubles whose sum is the value in 60 digits. If the value is a sum of terms that cancel,
`@s` after it is the size of the terms, and the error is measured relative to this size.
"""
import random
import struct
import sys
from mpmath import mp, mpf, exp, log, log1p, expm1, sqrt, inf, nan, fabs, pi, quad, isnan, isinf

mp.dps = 60
LARGEST = mpf(sys.float_info.max)


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def text(value, size=None):
    value = mpf(value)
    if isnan(value):
        return "nan"
    hi = float(value)
    if isinf(value) or abs(hi) == float("inf"):
        return "inf" if value > 0 else "-inf"
    lo = value - mpf(hi)
    body = repr(hi) + (f"~{float(lo):.3e}" if lo != 0 and hi != 0 else "")
    return body + (f"@{float(size):.4g}" if size is not None else "")


def line(name, arguments, outputs):
    cells = [text(*o) if isinstance(o, tuple) else text(o) for o in outputs]
    print(" ".join([name] + [repr(float(a)) for a in arguments] + cells))


def sigmoid(x):
    return exp(x) / (1 + exp(x)) if x < 0 else 1 / (1 + exp(-x))


def softplus(x):
    return max(x, mpf(0)) + log1p(exp(-fabs(x)))


def bell(x):
    """The slope of the sigmoid."""
    e = exp(-fabs(x))
    return e / (1 + e) ** 2


# MARK: Functions of one argument: value, slope

def within(domain, value, slope):
    return lambda x: (value(x), slope(x)) if domain(x) else (nan, nan)


def everywhere(value, slope):
    return within(lambda x: True, value, slope)


def entropy(x):
    if isinf(x):
        return mpf(0)
    e = exp(-fabs(x))
    return log1p(e) + fabs(x) * e / (1 + e)


sign = lambda x: mpf(0) if x == 0 else mpf(1) if x > 0 else mpf(-1)
functions = {
    "negate": everywhere(lambda x: -x, lambda x: -1),
    "abs": everywhere(fabs, sign),
    "sign": everywhere(sign, lambda x: 0),
    "squared": everywhere(lambda x: x * x, lambda x: 2 * x),
    "reciprocal": within(lambda x: x != 0, lambda x: 1 / x, lambda x: -1 / x**2),
    "squareRoot": within(lambda x: x >= 0, sqrt, lambda x: inf if x == 0 else 1 / (2 * sqrt(x))),
    "exp": everywhere(exp, exp),
    "expm1": everywhere(expm1, exp),
    "log": within(
        lambda x: x >= 0, lambda x: -inf if x == 0 else log(x), lambda x: inf if x == 0 else 1 / x),
    "log1p": within(
        lambda x: x >= -1, lambda x: -inf if x == -1 else log1p(x),
        lambda x: inf if x == -1 else 1 / (1 + x)),
    "sin": within(lambda x: not isinf(x), mp.sin, mp.cos),
    "cos": within(lambda x: not isinf(x), mp.cos, lambda x: -mp.sin(x)),
    "tanh": everywhere(mp.tanh, lambda x: 4 * bell(2 * x)),
    "sigmoid": everywhere(sigmoid, bell),
    "softplus": everywhere(softplus, sigmoid),
    "relu": everywhere(lambda x: max(x, mpf(0)), lambda x: 1 if x > 0 else 0),
    "elu": everywhere(lambda x: x if x > 0 else expm1(x), lambda x: 1 if x > 0 else exp(x)),
    "binaryEntropy": everywhere(entropy, lambda x: 0 if isinf(x) else -x * bell(x)),
    "erf": everywhere(lambda x: sign(x) if fabs(x) > 100 else mp.erf(x), lambda x: 2 * gauss(sqrt(2) * x)),
    "normalCDF": everywhere(lambda x: normal_cdf(x), lambda x: gauss(x) / sqrt(2)),
    "logNormalCDF": everywhere(lambda x: log_normal_cdf(x), lambda x: mills(x)),
    "normalQuantile": within(
        lambda x: 0 <= x <= 1, lambda x: quantile(x),
        lambda x: inf if x == 0 or x == 1 else sqrt(2) / gauss(quantile(x))),
    "logGamma": lambda x: (log_gamma(x), digamma(x)),
    "digamma": lambda x: (digamma(x), trigamma(x)),
}


def gauss(x):
    """exp(−x²/2)/√π"""
    return mpf(0) if fabs(x) > 1000 else exp(-x * x / 2) / sqrt(pi)


def normal_cdf(x):
    return mpf(1 if x > 0 else 0) if fabs(x) > 1000 else mp.erfc(-x / sqrt(2)) / 2


def mills_tail(x):
    """−x·Φ(x)/φ(x) for x < −1000"""
    return sum((-1) ** k * mp.fac2(2 * k - 1) / x ** (2 * k) for k in range(12))


def log_normal_cdf(x):
    if isinf(x) or x > 1000:
        return mpf(0) if x > 0 else -inf
    if x < -1000:
        return -x * x / 2 - log(2 * pi) / 2 - log(-x) + log(mills_tail(x))
    return log1p(-normal_cdf(-x)) if x > 0 else log(normal_cdf(x))


def mills(x):
    if isinf(x):
        return mpf(0) if x > 0 else inf
    return -x / mills_tail(x) if x < -1000 else gauss(x) / sqrt(2) / normal_cdf(x)


def quantile(p):
    if p == 0 or p == 1:
        return -inf if p == 0 else inf
    tail, side = (p, -1) if p < 0.5 else (1 - p, 1)
    x = -sqrt(max(-2 * log(2 * tail), mpf(0)))
    for _ in range(200):  # Newton's method for log Φ, which is concave
        step = (log_normal_cdf(x) - log(tail)) / mills(x)
        x -= step
        if fabs(step) <= mpf(10) ** -50:
            break
    return -side * x


def is_pole(x):
    return not isinf(x) and x <= 0 and x == mp.floor(x)


def log_gamma(x):
    if isinf(x) or is_pole(x):
        return inf
    return mp.re(mp.loggamma(x))


def digamma(x):
    if isinf(x) or is_pole(x):
        return inf if isinf(x) and x > 0 else -inf if x == 0 else nan
    if x > 0:
        return mp.digamma(x)
    # The size of the terms of the reflection formula.
    return mp.digamma(x), fabs(mp.digamma(1 - x)) + fabs(pi / mp.tan(pi * x))


def trigamma(x):
    if isinf(x) or is_pole(x):
        return inf if is_pole(x) else mpf(0) if x > 0 else nan
    # Above 10¹⁵ by the first terms of the asymptotic series.
    return mp.polygamma(1, x) if x < 1e15 else 1 / x + 1 / (2 * x * x) + 1 / (6 * x**3)


def points():
    sizes = [2.0**k * f for k in range(-149, 128, 12) for f in (1, 1.375)]
    sizes += [0.1 * k for k in range(1, 30, 3)] + [float(k) for k in range(3, 110, 4)]
    sizes += [17.33, 87.33654, 88.72283, 88.72284, 88.9, 89.5, 103.27, 103.97, 104.5]
    sizes = [single(s) for s in sizes]
    sizes += [1e-320, 2.5e-300, 1e-155, 3e-17, 0.1, 1 / 3, 36.7, 37.5, 708.3, 709.7, 710.5, 744.4, 746.0]
    sizes += [1e20, 1e155, 1.5e300, sys.float_info.max]
    sizes = sorted(set(sizes))
    return [-s for s in reversed(sizes)] + sizes


def print_functions():
    for name, f in functions.items():
        for x in points():
            line(name, [x], f(mpf(x)))
        for x in (float("-inf"), float("inf")):
            line(name, [x], f(mpf(x)))
        line(name, [float("nan")], (nan, -1 if name == "negate" else nan))
    for name in functions:
        if name != "reciprocal":
            line(name, [0.0], functions[name](mpf(0)))
    for name in ("normalQuantile", "logGamma", "digamma"):
        for x in (1 - 2.0**-24, 1 - 2.0**-11, 0.9990234375, 0.9375, 0.5 + 2.0**-20, 0.5 - 2.0**-20, 1.4616321325302124,
                  1.4375, 1.5, 2.0, 3.0, 9.75, 10.25, 14.5, 15.5, 0.0009765625):
            line(name, [x], functions[name](mpf(x)))


# MARK: Densities and divergences: value, slope in each argument

def bernoulli(l, x):
    d = x - (0 if l < 0 else 1)
    q = sigmoid(-fabs(l))
    terms = (d * l, -log1p(exp(-fabs(l))))
    slope = x - sigmoid(l)
    return sum(terms), (slope, fabs(d) + q), l


def entropy_of(l):
    return entropy(l), -l * bell(l)


def normal(m, v, x):
    z = (x - m) * exp(-v / 2)
    terms = (log(2 * pi), v, z * z)
    half = lambda *t: (sum(t) / 2, sum(map(fabs, t)) / 2)
    slope = z * exp(-v / 2)
    return half(*(-t for t in terms)), slope, half(z * z, mpf(-1)), -slope


def normal_divergence(mq, vq, mp_, vp):
    d, z = vq - vp, (mq - mp_) * exp(-vp / 2)
    a, b = expm1(d) - d, z * z
    slope = z * exp(-vp / 2)
    # If the variances differ much, the rounding of their difference d matters.
    rounded = fabs(expm1(d)) * (1 + (fabs(d) if fabs(d) > 1 else 0))
    size = a if fabs(d) <= 1 else rounded + fabs(d)
    return (
        ((a + b) / 2, (size + b) / 2), slope, (expm1(d) / 2, rounded / 2), -slope,
        (-(expm1(d) + b) / 2, (rounded + b) / 2))


def fused_mean(ma, va, mb, vb):
    s, c = sigmoid(vb - va), sigmoid(va - vb)
    mean = ma * s + mb * c
    slope = (ma - mb) * s * c
    rounded = 1 + fabs(va - vb)  # The difference is rounded.
    size = (fabs(ma * s) + fabs(mb * c)) * rounded
    with_size = lambda x: (x, fabs(x) * rounded)
    return (mean, size), with_size(s), with_size(-slope), with_size(c), with_size(slope)


def fused_log_variance(ma, va, mb, vb):
    s, c = sigmoid(vb - va), sigmoid(va - vb)
    value = min(va, vb) - log1p(exp(-fabs(va - vb)))
    rounded = 1 + fabs(va - vb)
    return (
        (value, fabs(min(va, vb)) + log1p(exp(-fabs(va - vb)))), 0, (s, s * rounded), 0,
        (c, c * rounded))


def relaxed_logits(t):
    def f(l, y):
        d = l - t * y
        terms = (log(t), -fabs(d), -2 * log1p(exp(-fabs(d))))
        slope = -mp.tanh(d / 2)
        size = 1 + fabs(l) + fabs(t * y)  # The difference d is rounded.
        return (sum(terms), sum(map(fabs, terms)) + size), (slope, size), (-t * slope, t * size)
    return f


def relaxed(t):
    def f(l, x):
        y = log(x) - log1p(-x)
        d = l - t * y
        terms = (log(t), -fabs(d), -2 * log1p(exp(-fabs(d))), -log(x), -log1p(-x))
        size = 1 + fabs(l) + fabs(t * y)
        slope = -mp.tanh(d / 2)
        dx = 1 / (x * (1 - x))
        value = (-t * slope) * dx - (1 - 2 * x) * dx
        return (sum(terms), sum(map(fabs, terms)) + size), (slope, size), (value, (t * size + 1) * dx)
    return f


def binary_divergence(l, p):
    # More digits are needed, because the terms cancel to the square of the difference.
    with mp.workdps(200):
        value = softplus(p) - softplus(l) - sigmoid(l) * (p - l)
        slope = sigmoid(p) - sigmoid(l)
    return value, bell(l) * (l - p), slope


def logit_normal(m, s, x):
    y = log(x) - log1p(-x)
    z = (y - m) * exp(-s)
    terms = (-log(2 * pi) / 2, -s, -z * z / 2, -log(x), -log1p(-x))
    size = (fabs(y) + fabs(m)) * exp(-s)
    dx = 1 / (x * (1 - x))
    g = z * exp(-s)
    return (
        (sum(terms), sum(map(fabs, terms)) + size * fabs(z)), (g, size * exp(-s)),
        (z * z - 1, 1 + size * fabs(z)),
        (-g * dx - (1 - 2 * x) * dx, (size * exp(-s) + 1) * dx))


def logit_normal_mean(m, s):
    d = exp(s)
    weight = lambda e: exp(-e * e / 2) / sqrt(2 * pi)
    nodes = [-9, -6, -3, -1, 0, 1, 3, 6, 9]
    with mp.workdps(25):
        value = quad(lambda e: weight(e) * sigmoid(m + d * e), nodes)
        dm = quad(lambda e: weight(e) * bell(m + d * e), nodes)
        ds = quad(lambda e: weight(e) * bell(m + d * e) * d * e, nodes)
    return (value, 1), (dm, 1), (ds, 1)  # The library's error is absolute.


def log_sum_exp(*x):
    m = max(x)
    total = sum(exp(a - m) for a in x)
    weights = [exp(a - m) / total for a in x]
    return ((m + log(total), fabs(m) + log(total)),) + tuple(
        (w, w * (1 + fabs(a - m))) for w, a in zip(weights, x))


def power(x, p):
    slope = p * x ** (p - 1) if p != 0 else mpf(0)
    return x**p, slope


def quotient(a, b):
    return a / b, 1 / b, -a / b**2


# MARK: Densities with gamma functions. The size of a log-density is that of the terms that remain after those
# of Stirling's formula are subtracted, for arguments from 10.

def sized(value, *terms):
    return value, 1 + fabs(value) + sum(map(fabs, terms))


def stirling(a, *terms):
    """Textbook terms of an argument below 10, and its logarithm above."""
    return terms if a < 10 else (log(a) / 2,)


def sized_positive(rng):
    return single(10 ** rng.uniform(-3, 3))


def gamma_density(x, a, b):
    value = a * log(b) + (a - 1) * log(x) - b * x - mp.loggamma(a)
    da = log(b * x) - mp.digamma(a)
    return (
        sized(value, log(x), *stirling(a, a * log(b * x), mp.loggamma(a))),
        ((a - 1) / x - b, fabs((a - 1) / x) + b), sized(da, *stirling(a, log(b * x))),
        (a / b - x, a / b + x))


def beta_density(x, a, b):
    n = a + b
    value = (a - 1) * log(x) + (b - 1) * log1p(-x) + mp.loggamma(n) - mp.loggamma(a) - mp.loggamma(b)
    da = log(x) - mp.digamma(a) + mp.digamma(n)
    db = log1p(-x) - mp.digamma(b) + mp.digamma(n)
    return (
        sized(value, log(x), log1p(-x), *stirling(a, a * log(x), mp.loggamma(a)),
              *stirling(b, b * log1p(-x), mp.loggamma(b)), log(n)),
        ((a - 1) / x - (b - 1) / (1 - x), fabs((a - 1) / x) + fabs((b - 1) / (1 - x))),
        sized(da, log(x), mp.digamma(a)), sized(db, log1p(-x), mp.digamma(b)))


def student_density(x, v, m, s):
    z = (x - m) / s
    w = z * z / v
    value = (mp.loggamma((v + 1) / 2) - mp.loggamma(v / 2) - log(pi * v) / 2 - log(s)
             - (v + 1) / 2 * log1p(w))
    share = w / (1 + w)
    slope = -(v + 1) * z / v / (1 + w) / s
    dv = (mp.digamma((v + 1) / 2) - mp.digamma(v / 2) - 1 / v - log1p(w) + (v + 1) / v * share) / 2
    return (
        sized(value, log(s), *stirling(v / 2, mp.loggamma(v / 2), log(v))),
        (slope, fabs(slope) * (1 + fabs(m / (x - m)) if x != m else 1)),
        (dv, fabs(dv) + log1p(w) * share + share / v + 1 / v**2 + (fabs(mp.digamma(v / 2)) + 1 / v if v < 20 else 0)),
        (-slope, fabs(slope) * (1 + fabs(m / (x - m)) if x != m else 1)),
        (((v + 1) * share - 1) / s, ((v + 1) * share + 1) / s))


def poisson_probability(x, rate):
    value = x * log(rate) - rate - mp.loggamma(x + 1)
    return sized(value, log(x + 1)), mpf(0), (x / rate - 1, x / rate + 1)


def binomial_probability(x, n, l):
    p, q = sigmoid(l), sigmoid(-l)
    choose = mp.loggamma(n + 1) - mp.loggamma(x + 1) - mp.loggamma(n - x + 1)
    return (
        sized(choose + x * log(p) + (n - x) * log(q), log(n + 1)), mpf(0), mpf(0),
        (x * q - (n - x) * p, x * q + (n - x) * p))


def negative_binomial_probability(x, r, l):
    p, q = sigmoid(l), sigmoid(-l)
    choose = mp.loggamma(r + x) - mp.loggamma(x + 1) - mp.loggamma(r)
    dr = mp.digamma(r + x) - mp.digamma(r) + log(q)
    small = (mp.loggamma(r), mp.digamma(r)) if r < 10 else (log(r), mpf(0))
    return (
        sized(choose + r * log(q) + x * log(p), log(x + 1), small[0]), mpf(0),
        (dr, fabs(log(q)) + fabs(dr - log(q)) + fabs(small[1])), (x * q - r * p, x * q + r * p))


def gamma_cumulative(x, a, b):
    """The value is relative to P times the size of its logarithm; P of at least 1e-30."""
    y = b * x
    value = mp.gammainc(a, 0, y, regularized=True)
    density = exp(a * log(b) + (a - 1) * log(x) - y - mp.loggamma(a))
    with mp.workdps(90):
        h = mpf(10) ** -30
        if y < a:
            slope = (mp.gammainc(a + h, 0, y, regularized=True) - mp.gammainc(a - h, 0, y, regularized=True)) / (2 * h)
        else:
            slope = -(mp.gammainc(a + h, y, inf, regularized=True) - mp.gammainc(a - h, y, inf, regularized=True)) / (2 * h)
    size = 1 + fabs(log(x * density)) + fabs(a * log(y)) * (a < 10) + y * (a < 10)
    return (value, value * size), (density, density * size), (slope, fabs(slope) * (size + 10 * sqrt(a))), (
        x * density / b, x * density / b * size)


def print_densities():
    rng = random.Random(7)
    u = lambda a, b: single(rng.uniform(a, b))
    sized = lambda low, high: single(rng.choice([-1, 1]) * 10 ** rng.uniform(low, high))

    def emit(name, f, cases):
        for case in cases:
            line(name, case, f(*map(mpf, case)))

    odds = [0.0, -0.0, 1e-30, 1e-6, 0.3, 0.9, 1, 3, 8, 15, 17.5, 30, 36.5, 40, 60, 88, 100]
    odds = [single(s * o) for o in odds for s in (1, -1)] + [500.0, -500.0, 700.0, -700.0]
    emit("bernoulliOfOne", lambda l: (lambda b: (b[0], sigmoid(-l)))(bernoulli(l, 1)), [(l,) for l in odds])
    emit("bernoulliOfZero", lambda l: (lambda b: (b[0], -sigmoid(l)))(bernoulli(l, 0)), [(l,) for l in odds])
    emit("bernoulli", bernoulli, [(l, single(x)) for l in odds for x in (0.1, 0.5, 0.7)])
    emit("bernoulliEntropy", entropy_of, [(l,) for l in odds])
    emit("binaryDivergence", binary_divergence,
         [(l, single(l + d)) for l in odds if abs(l) < 50
          for d in (-2, -1e-3, 1e-5, 0.4, 1.2, 30)])
    emit("normal", normal,
         [(sized(-3, 3), u(-60, 60), sized(-3, 3)) for _ in range(60)]
         + [(m, v, m) for m in (0.0, 1.5) for v in (-200.0, -80.0, 0.0, 80.0)])
    emit("normalDivergence", normal_divergence,
         [(sized(-2, 2), u(-20, 20), sized(-2, 2), u(-20, 20)) for _ in range(40)]
         + [(m, v, single(m + sized(-6, -2)), single(v + sized(-6, 0)))
            for _ in range(40) for m in (u(-2, 2),) for v in (u(-3, 3),)]
         + [(m, v, m, single(v * (1 + 2.0**-20))) for m in (0.5, -3.0) for v in (-8.0, -1.0, 1.0, 7.0)])
    fusions = [(sized(-2, 2), u(-20, 20), sized(-2, 2), u(-20, 20)) for _ in range(30)]
    fusions += [(1.0, -30.0, 1e6, 10.0), (1e6, 40.0, 1.0, -20.0), (2.0, 1.0, 3.0, 1.0)]
    emit("fusedMean", fused_mean, fusions)
    emit("fusedLogVariance", fused_log_variance, fusions)
    for name, t in (("0.1", 0.1), ("0.5", 0.5), ("2", 2.0)):
        # The temperature is rounded to Float, so that it is the same for all types.
        t = mpf(single(t))
        emit("relaxedLogits" + name, relaxed_logits(t), [(l, sized(-2, 2.3)) for l in odds if abs(l) < 50])
        emit("relaxed" + name, relaxed(t),
             [(u(-8, 8), x) for x in [single(10 ** rng.uniform(-30, -1)) for _ in range(12)]
              + [u(0.1, 0.9) for _ in range(12)] + [1 - 2.0**-k for k in (1, 5, 11, 18, 24)]])
    emit("logitNormal", logit_normal,
         [(u(-5, 5), u(-2, 2), x) for x in [u(0.01, 0.99) for _ in range(25)]
          + [2.0**-k for k in range(3, 25, 3)] + [1 - 2.0**-k for k in range(3, 25, 3)]])
    emit("logitNormalMean", logit_normal_mean,
         [(m, s) for m in (-40.0, -8.0, -0.75, 0.0, 2.0, 20.0) for s in (-3.0, -0.5, 0.5, 2.0)])
    emit("logSumExp", log_sum_exp,
         [tuple(u(-20, 20) for _ in range(3)) for _ in range(20)]
         + [(-3e7, -3e7, -3e7), (3e7, 3e7, 0.0), (1e30, -1e30, 1e30), (-1e-3, 1e-3, 2e-3)])
    emit("power0.1", lambda x: power(x, mpf(single(0.1))), [(single(10 ** rng.uniform(-37, 37)),) for _ in range(30)])
    emit("power2.5", lambda x: power(x, mpf(2.5)), [(single(10 ** rng.uniform(-14, 14)),) for _ in range(30)])
    emit("powerMinus3", lambda x: power(x, mpf(-3)), [(sized(-9, 9),) for _ in range(30)])
    emit("quotient", quotient,
         [(sized(-9, 9), sized(-9, 9)) for _ in range(30)] + [(0.0, single(1e-40)), (0.0, 3.0)])
    shapes = [single(10 ** rng.uniform(-4, 7)) for _ in range(40)]
    near = lambda a: single(a * max(1e-3, 1 + rng.gauss(0, 2) / float(a) ** 0.5))
    emit("gammaDensity", gamma_density,
         [(near(a), a, 1.0) for a in shapes] + [(single(near(a) / 3), a, 3.0) for a in shapes]
         + [(single(10 ** rng.uniform(-30, 3)), single(10 ** rng.uniform(-3, 1.5)), sized_positive(rng)) for _ in range(30)])
    emit("betaDensity", beta_density,
         [(u(0.02, 0.98), a, b) for a in shapes[:20] for b in (0.3, 4.0, 5000.0)]
         + [(single(a / (a + b)), a, b) for a in shapes[:15] for b in shapes[15:19] if 1e-6 < a / (a + b) < 0.999])
    emit("studentTDensity", student_density,
         [(sized(-3, 3), v, u(-2, 2), sized_positive(rng)) for v in shapes]
         + [(sized(10, 18), v, 0.0, 1.0) for v in shapes[:8]])
    emit("poissonProbability", poisson_probability,
         [(float(k), single(max(k, 0.5) * rng.uniform(0.7, 1.4))) for k in (0, 1, 2, 5, 9, 10, 11, 40, 1000, 10**5, 10**7)
          for _ in range(4)])
    emit("binomialProbability", binomial_probability,
         [(float(int(n * f)), float(n), u(-6, 6)) for n in (1, 2, 10, 50, 1000, 10**6) for f in (0, 0.1, 0.5, 0.8, 1)])
    emit("negativeBinomialProbability", negative_binomial_probability,
         [(float(k), r, u(-5, 5)) for k in (0, 1, 3, 20, 500, 10**5) for r in shapes[:8]])
    emit("gammaCumulative", gamma_cumulative,
         [(near(a), a, 1.0) for a in shapes if 1e-3 < a < 1e5])


print("// swift-format-ignore-file")
print("/// By mpmath in 60 digits: `Tests/References/accuracy_reference.py " + sys.argv[1] + "`.")
print("let " + sys.argv[1][:-1].replace("densitie", "density") + 'References = """')
{"functions": print_functions, "densities": print_densities}[sys.argv[1]]()
print('"""')
