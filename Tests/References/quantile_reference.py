"""Reference values of quantiles of gamma, beta and Student-t variables, by mpmath in 40 digits.

    python quantile_reference.py    prints the Swift of
                                    Tests/LatentGraphsTests/Distributions/QuantileReferences.swift

A line is `law parameters… probability = value`. The value is log x for a gamma variable x of rate 1, the log-odds
for a beta variable, and log |t| for a Student-t variable t.
"""
import mpmath as mp
import numpy

mp.mp.dps = 40
HALF = mp.mpf(1) / 2


def rule(n=30):
    """The nodes and weights of the Gauss-Legendre rule on [0, 1]."""
    nodes = []
    for start in numpy.polynomial.legendre.leggauss(n)[0]:
        x = mp.findroot(lambda t: mp.legendre(n, t), mp.mpf(float(start)))
        slope = n * (x * mp.legendre(n, x) - mp.legendre(n - 1, x)) / (x * x - 1)
        nodes.append(((x + 1) / 2, 1 / ((1 - x * x) * slope * slope)))
    return nodes


RULE = rule()


def integral(h, y):
    """The integral of exp(h(t) − h(y)) over t < y, for a concave h. The pieces grow outwards."""
    step = mp.mpf(10) ** -15 * max(1, abs(y))
    slope = abs(h(y + step) - h(y - step)) / (2 * step)
    bend = mp.sqrt(abs(h(y + step) - 2 * h(y) + h(y - step))) / step
    width, start, total = 1 / max(slope, bend, 1), mp.mpf(0), mp.mpf(0)
    while True:
        part = width * mp.fsum(w * mp.exp(h(y - start - width * x) - h(y)) for x, w in RULE)
        total, start = total + part, start + width
        if part < total * mp.mpf(10) ** -25:
            return total
        width *= 2 if start > 2 * width and width < 0.4 else 1


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def beta_kernel(a, b):
    """The log-density of the log-odds."""
    c = log_beta(a, b)
    return lambda y: -a * mp.log1p(mp.exp(-y)) - b * mp.log1p(mp.exp(y)) - c


def series_beta(a, b, y):
    x, rest = 1 / (1 + mp.exp(-y)), 1 / (1 + mp.exp(y))
    series = mp.hyp2f1(a + b, 1, a + 1, x)
    return a * mp.log(x) + b * mp.log(rest) - mp.log(a) - log_beta(a, b) + mp.log(series)


def log_lower_beta(a, b, y):
    if b < 50 and y > max(0, mp.log(a / b)):
        return mp.log(-mp.expm1(series_beta(b, a, -y)))
    if a <= 100:
        return series_beta(a, b, y)
    h = beta_kernel(a, b)
    return mp.log(integral(h, y)) + h(y)


def log_lower_gamma(a, y):
    if a > 100:
        c = mp.loggamma(a)
        h = lambda t: a * t - mp.exp(t) - c
        return mp.log(integral(h, y)) + h(y)
    return a * y - mp.loggamma(a + 1) + mp.log(mp.hyp1f1(a, a + 1, -mp.exp(y)))


def log_upper_gamma(a, y):
    """The logarithm of the upper tail at e^−y."""
    if a > 100:
        c = mp.loggamma(a)
        h = lambda t: -a * t - mp.exp(-t) - c
        return mp.log(integral(h, y)) + h(y)
    return mp.log(mp.gammainc(a, mp.exp(-y), mp.inf, regularized=True))


def root(tail, slope, p, bottom, centre):
    """Newton's method for log p, from below: the logarithm of a tail is concave."""
    y, target = max(bottom, centre), mp.log(p)
    for _ in range(200):
        value = tail(y)
        step = (target - value) / mp.exp(slope(y) - value)
        y = max(bottom, y + step)
        if abs(step) < mp.mpf(10) ** -18 * max(1, abs(y)):
            return y
    raise ValueError("no convergence")


def normal_quantile(p):
    return -mp.sqrt(2) * mp.erfinv(1 - 2 * p) if p > 1e-10 else -mp.sqrt(-2 * mp.log(p))


def lower_beta(p, a, b):
    bottom = (mp.log(p) + mp.log(a) + log_beta(a, b)) / a
    if bottom < -500:
        return bottom
    if min(a, b) >= 10:
        centre = mp.log(a / b) + normal_quantile(p) * mp.sqrt(1 / a + 1 / b)
    else:
        # 1 − x is nearly a gamma variable, which is at most b + √(2bt) + t, divided by a.
        t = -mp.log(p)
        centre = mp.log(a / (b + mp.sqrt(2 * b * t) + t)) if a > 10 else bottom
    return root(lambda y: log_lower_beta(a, b, y), beta_kernel(a, b), p, bottom, centre)


def beta(p, a, b):
    top = -(mp.log(1 - p) + mp.log(b) + log_beta(a, b)) / b
    if p <= HALF:
        return top if top > 500 else lower_beta(p, a, b)
    bottom = (mp.log(p) + mp.log(a) + log_beta(a, b)) / a
    return bottom if bottom < -500 else -lower_beta(1 - p, b, a)


def gamma(p, a):
    bottom = (mp.log(p) + mp.loggamma(a + 1)) / a
    if bottom < -500:
        return bottom
    kernel = lambda y: a * y - mp.exp(y) - mp.loggamma(a)
    if p <= HALF:
        centre = mp.log(a) + normal_quantile(p) / mp.sqrt(a) if a >= 10 else bottom
        return root(lambda y: log_lower_gamma(a, y), kernel, p, bottom, centre)
    q = 1 - p
    t = -mp.log(q)
    lowest = -mp.log(a + mp.sqrt(2 * a * t) + t)
    centre = -mp.log(a) + normal_quantile(q) / mp.sqrt(a) if a >= 10 else lowest
    return -root(lambda y: log_upper_gamma(a, y), lambda y: kernel(-y), q, lowest, centre)


def student(p, v):
    tail = min(p, 1 - p)
    return (mp.log(v) - beta(2 * tail, v / 2, HALF)) / 2


def line(law, function, p, *parameters):
    value = function(mp.mpf(p), *map(mp.mpf, parameters))
    print(law, *(repr(float(x)) for x in parameters), repr(p), "=", mp.nstr(value, 17), flush=True)


PROBABILITIES = (1e-300, 1e-100, 1e-16, 1e-3, 0.3, 0.9, 1 - 2.0**-53)

if __name__ == "__main__":
    print("// swift-format-ignore-file")
    print("/// By mpmath: `Tests/References/quantile_reference.py`.")
    print('let quantileReferences = """')
    for a in (1e-3, 0.1, 1.0, 9.0, 30.0, 1e3, 1e8, 1e11):
        for p in PROBABILITIES:
            line("gamma", gamma, p, a)
    sizes = (1e-3, 0.5, 60.0, 1e4, 1e8, 1e11)
    for a in sizes:
        for b in sizes:
            for p in PROBABILITIES[::2]:
                line("beta", beta, p, a, b)
    for v in (1e-3, 0.1, 1.0, 30.0, 1e3, 10**7.25, 10**8.5, 1e11):
        for p in PROBABILITIES:
            line("student", student, p, v)
    print('"""')
