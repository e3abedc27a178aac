"""Reference values of KL divergences of nearly equal Gaussians, in 60 digits.

    python divergence_reference.py      needs mpmath; prints the Swift of
                                        Tests/LatentGraphsTests/GaussianGraphicalModels/DivergenceReference.swift

Each graph has two precisions whose elements differ by quarters of 2^-12 or of 2^-30. The elements are
multiples of powers of two that are exact in Float and Double.
"""
from mpmath import mp, matrix, mpf, log, det, inverse

mp.dps = 60


def grid(h, w):
    right = [(r * w + c, r * w + c + 1) for r in range(h) for c in range(w - 1)]
    return right + [(r * w + c, r * w + c + w) for r in range(h - 1) for c in range(w)]


def block_chain(blocks, d):
    k = blocks * d
    return [(i, j) for i in range(k) for j in range(i + 1, k) if j // d - i // d <= 1]


graphs = {
    "diagonal": (6, []),
    "chain": (7, [(i, i + 1) for i in range(6)]),
    "complete": (6, [(i, j) for i in range(6) for j in range(i + 1, 6)]),
    "blockChain": (6, block_chain(3, 2)),
    "grid": (12, grid(3, 4)),
    "tree": (7, [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (5, 6)]),
    "cycle": (6, [(i, i + 1) for i in range(5)] + [(0, 5)]),
    "wideGrid": (30, grid(3, 10)),
    "mesh": (16, sorted({(min(i, j), max(i, j)) for i in range(16) for j in ((i + 1) % 16, (i * 5 + 3) % 16)
                         if i != j})),
}


def precision(k, edges, delta):
    P = matrix(k, k)
    for e, (i, j) in enumerate(sorted(edges)):
        value = -mpf(e * 7 % 11 + 1) / 16
        P[i, i] -= value
        P[j, j] -= value
        P[i, j] = P[j, i] = value + delta * (e * 5 % 7 - 3) / 4
    for i in range(k):
        P[i, i] += 1 + mpf(i % 5) / 8 + delta * (i * 3 % 8 - 3) / 4
    return P


print("/// Values of KL(q ‖ p) by mpmath with Tests/References/divergence_reference.py. The elements differ")
print("/// by quarters of 2⁻¹² or of 2⁻³⁰.")
print("enum DivergenceReference {")
print("  static let values: [String: (coarse: Double, fine: Double)] = [")
for name, (k, edges) in graphs.items():
    q = precision(k, edges, mpf(0))
    values = []
    for power in (12, 30):
        p = precision(k, edges, mpf(2) ** -power)
        values.append(((p * inverse(q)).T, log(det(q)) - log(det(p))))
    kls = [(sum(m[i, i] for i in range(k)) - k + d) / 2 for m, d in values]
    print(f'    "{name}": ({float(kls[0])!r}, {float(kls[1])!r}),')
print("  ]")
print("}")
