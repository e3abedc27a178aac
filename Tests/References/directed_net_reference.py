"""Directed linear-Gaussian nets with standard deviations of very different magnitudes, in 60 digits.

    python directed_net_reference.py > ../LatentGraphsTests/ExactInference/DirectedNetReferences.swift

Needs mpmath. The values are computed with dense matrices: the covariance (I - B)^-1 D (I - B)^-T, and the
formulas for conditioning in terms of covariances. The condition number is that of the precision after
scaling to a unit diagonal.
"""

import random

import mpmath as mp

mp.mp.dps = 60


def condition(precision):
    n = precision.rows
    scale = [1 / mp.sqrt(precision[i, i]) for i in range(n)]
    scaled = mp.matrix(n, n)
    for i in range(n):
        for j in range(n):
            scaled[i, j] = precision[i, j] * scale[i] * scale[j]
    values = mp.eigsy(scaled, eigvals_only=True)
    return max(values) / min(values)


def part(matrix, rows, columns):
    result = mp.matrix(len(rows), len(columns))
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            result[i, j] = matrix[r, c]
    return result


def case(name, deviations, biases, edges, known, values, noise):
    n = len(deviations)
    b = mp.matrix(n, n)
    for child, parent, weight in edges:
        b[child, parent] = mp.mpf(weight)
    # The logarithms of the standard deviations are rounded, as in the library.
    logs = [float(mp.log(mp.mpf(d))) for d in deviations]
    variances = [mp.exp(2 * mp.mpf(x)) for x in logs]
    inverse = (mp.eye(n) - b) ** -1
    mean = inverse * mp.matrix([mp.mpf(x) for x in biases])
    covariance = inverse * mp.diag(variances) * inverse.T
    precision = (mp.eye(n) - b).T * mp.diag([1 / v for v in variances]) * (mp.eye(n) - b)
    rest = [i for i in range(n) if i not in known]
    ee = part(covariance, known, known)
    difference = mp.matrix([mp.mpf(v) - mean[i] for v, i in zip(values, known)])
    gain = part(covariance, rest, known) * ee**-1
    conditioned = part(covariance, rest, rest) - gain * part(covariance, known, rest)
    shift = gain * difference
    quadratic = (difference.T * ee**-1 * difference)[0]
    density = -(len(known) * mp.log(2 * mp.pi) + mp.log(mp.det(ee)) + quadratic) / 2
    noisy = ee + mp.diag([mp.mpf(x) for x in noise])
    everything = list(range(n))
    gain = part(covariance, everything, known) * noisy**-1
    posterior = covariance - gain * part(covariance, known, everything)
    posterior_mean = mean + gain * difference
    quadratic = (difference.T * noisy**-1 * difference)[0]
    noisy_density = -(len(known) * mp.log(2 * mp.pi) + mp.log(mp.det(noisy)) + quadratic) / 2
    change = posterior_mean - mean
    trace = sum((precision * posterior)[i, i] for i in everything)
    ratio = mp.log(mp.det(covariance) / mp.det(posterior))
    divergence = (trace + (change.T * precision * change)[0] - n + ratio) / 2
    posterior_precision = precision.copy()
    for i, x in zip(known, noise):
        posterior_precision[i, i] += 1 / mp.mpf(x)
    number = lambda x: mp.nstr(mp.mpf(x), 17)
    row = lambda xs: "[" + ", ".join(number(x) for x in xs) + "]"
    print("  DirectedNetReference(")
    print(f'    name: "{name}",')
    print(f"    logStandardDeviations: {row(logs)},")
    print(f"    biases: {row(biases)},")
    print("    edges: [" + ", ".join(f"({c}, {p}, {w!r})" for c, p, w in edges) + "],")
    print(f"    known: {known}, values: {row(values)}, noise: {row(noise)},")
    print(f"    mean: {row(mean)},")
    print(f"    variances: {row([covariance[i, i] for i in range(n)])},")
    print(f"    condition: {mp.nstr(condition(precision), 3)},")
    print(f"    conditionedMean: {row([mean[i] + shift[k] for k, i in enumerate(rest)])},")
    print(f"    conditionedVariances: {row([conditioned[k, k] for k in range(len(rest))])},")
    print(f"    conditionedCondition: {mp.nstr(condition(part(precision, rest, rest)), 3)},")
    print(f"    logDensity: {number(density)},")
    print(f"    noisyMean: {row(posterior_mean)},")
    print(f"    noisyVariances: {row([posterior[i, i] for i in range(n)])},")
    print(f"    noisyCondition: {mp.nstr(condition(posterior_precision), 3)},")
    print(f"    noisyLogDensity: {number(noisy_density)},")
    print(f"    noisyDivergence: {number(divergence)}),")


def random_case(seed):
    source = random.Random(seed)
    n = source.randint(4, 12)
    deviations = [10 ** source.uniform(-8, 3) for _ in range(n)]
    biases = [round(source.gauss(0, 1), 3) for _ in range(n)]
    edges = [
        (i, j, source.choice([1.0, -1.0, round(source.gauss(0, 2), 3)]))
        for i in range(n)
        for j in range(i)
        if source.random() < 0.4
    ]
    known = sorted(source.sample(range(n), n // 3))
    values = [round(source.gauss(0, 1), 3) for _ in known]
    noise = [10 ** source.uniform(-8, 2) for _ in known]
    case(f"random net {seed}", deviations, biases, edges, known, values, noise)


print("// Printed by Tests/References/directed_net_reference.py.")
print()
print("// swift-format-ignore")
print("let directedNetReferences: [DirectedNetReference] = [")
total = [(2, 0, 1.0), (2, 1, 1.0)]
for size in [1e-7, 1e-9, 1e-12]:
    case(f"a sum up to {size}", [1, 2, size], [0.5, -1, 0], total, [2], [1.25], [1e-6])
case("a small part of a sum", [1e-7, 1, 1e-7], [0, 0, 0], total, [2], [1.5], [0.01])
case(
    "a difference that gives back a part", [1, 2, 1e-7, 1e-7], [0, 0, 0, 0],
    total + [(3, 2, 1.0), (3, 0, -1.0)], [3], [0.25], [1e-4])
case(
    "levels that are nearly constant", [10] + [1e-6] * 9, [0] * 10,
    [(i, i - 1, 1.0) for i in range(1, 10)], [9], [3.5], [0.5])
case(
    "very different units", [1e-12, 1e12, 1e3, 1e-3], [0, 0, 0, 0],
    [(1, 0, 1e20), (2, 1, 1e-9), (3, 2, 1e-6)], [3], [2e-3], [1e-8])
for seed in range(8):
    random_case(seed)
print("]")
