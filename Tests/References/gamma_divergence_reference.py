"""Reference values of KL divergences between gamma, beta and Dirichlet distributions, by mpmath in 80 digits.

    python gamma_divergence_reference.py    prints the Swift of
                                            Tests/LatentGraphsTests/Distributions/GammaDivergenceReferences.swift

A line is `law parameters… = divergence derivatives…`. The parameters are those of the first distribution and then
those of the other one, in the shortest text that gives the same number.
"""
import random
import mpmath as mp

mp.mp.dps = 80


def gamma(a, b, c, d):
    return a * (d / b - 1) - c * mp.log(d / b) + mp.loggamma(c) - mp.loggamma(a) - (c - a) * mp.digamma(a)


def dirichlet(*p):
    k = len(p) // 2
    a, c = p[:k], p[k:]
    n, m = mp.fsum(a), mp.fsum(c)
    terms = [mp.loggamma(y) - mp.loggamma(x) - (y - x) * mp.digamma(x) for x, y in zip(a, c)]
    return mp.fsum(terms) - (mp.loggamma(m) - mp.loggamma(n) - (m - n) * mp.digamma(n))


def gamma_slopes(a, b, c, d):
    return [
        d / b - 1 - (c - a) * mp.psi(1, a), (c - a * d / b) / b,
        -mp.log(d / b) + mp.digamma(c) - mp.digamma(a), a / b - c / d,
    ]


def dirichlet_slopes(*p):
    k = len(p) // 2
    a, c = p[:k], p[k:]
    n, m = mp.fsum(a), mp.fsum(c)
    own = [-(y - x) * mp.psi(1, x) + (m - n) * mp.psi(1, n) for x, y in zip(a, c)]
    other = [mp.digamma(y) - mp.digamma(x) - mp.digamma(m) + mp.digamma(n) for x, y in zip(a, c)]
    return own + other


random.seed(1)


def size(low=-6, high=9):
    return 10 ** random.uniform(low, high)


def near(x, step):
    return x * (1 + random.choice([-1, 1]) * random.uniform(0.3, 1) * step)


rows = []
for step in (1e-13, 1e-10, 1e-7, 1e-4, 1e-2, 0.4, 3):
    for _ in range(6):
        for law, count in (("gamma", 2), ("beta", 2), ("dirichlet", 4)):
            first = [size() for _ in range(count)]
            if step < 1:
                other = [near(x, step) for x in first]
                if law == "gamma" and _ % 2:  # nearly equal means
                    other[1] = near(other[0] / (first[0] / first[1]), 1e-3 * step)
                if law != "gamma" and _ % 2:  # nearly equal totals
                    other[1] = max(first[1] - (other[0] - first[0]), 0.5 * first[1])
            else:
                other = [size() for _ in range(count)]
            rows.append((law, first + other))

print("// swift-format-ignore-file")
print("/// By mpmath: `Tests/References/gamma_divergence_reference.py`.")
print('let gammaDivergenceReferences = """')
for law, p in rows:
    value, slopes = (gamma, gamma_slopes) if law == "gamma" else (dirichlet, dirichlet_slopes)
    exact = [mp.mpf(x) for x in p]
    numbers = [value(*exact)] + slopes(*exact)
    print(law, *(repr(float(x)) for x in p), "=", *(mp.nstr(x, 17) for x in numbers))
print('"""')
