"""Ill-conditioned data for undirected structures, and the objectives that other programs reach.

    python ill_conditioned_structure_reference.py \
        > ../InferenceTests/UndirectedStructures/IllConditionedReferences.swift

Needs numpy, mpmath and scikit-learn. The two rows are example 1 of R. Mazumder and T. Hastie (The
graphical lasso: new insights and alternatives, 2012), which is also in scikit-learn's bug tracker. Their
objectives are those of scikit-learn's graphical lasso with LARS, with a tolerance of 1e-9. The
correlations are those of the breast-cancer data (569 x 30). The objectives on graphs are computed by a
dense Newton method with the second derivatives in all elements of the precision. The objectives at small
penalties have 60 digits; their precisions satisfy the conditions of a minimum to 1e-40.
"""

import mpmath as mp
import numpy as np
from sklearn.covariance import graphical_lasso
from sklearn.datasets import load_breast_cancer

ROWS = np.array(
    [
        [1.39590782, -0.29633772, 0.32335144, 0.34210203, 0.17925835],
        [0.37687905, 0.32703238, -0.46592894, 0.05935433, -0.08898228],
    ]
)


def dense_newton(s, edges):
    n = len(s)
    entries = sorted([(i, i) for i in range(n)] + edges)
    rows, columns = np.array(entries).T
    count = np.where(rows == columns, 1.0, 2.0)
    p = np.diag(1 / np.diag(s))

    def objective(p):
        try:
            factor = np.linalg.cholesky(p)
        except np.linalg.LinAlgError:
            return np.inf
        return -2 * np.log(np.diag(factor)).sum() + (s * p).sum()

    value = objective(p)
    for step in range(200):
        w = np.linalg.inv(p)
        slope = count * (s - w)[rows, columns]
        curvature = (
            w[np.ix_(rows, rows)] * w[np.ix_(columns, columns)]
            + w[np.ix_(rows, columns)] * w[np.ix_(columns, rows)]
        ) * np.outer(count, count) / 2
        d = np.linalg.solve(curvature, -slope)
        direction = np.zeros((n, n))
        direction[rows, columns] = direction[columns, rows] = d
        if -slope @ d < 1e-13:
            return value
        length = 1.0
        while objective(p + length * direction) > value + 1e-3 * length * (slope @ d):
            length /= 2
            if length < 1e-12:
                return value
        p = p + length * direction
        value = objective(p)
    raise RuntimeError("no minimum")


def lars(s, penalty):
    _, p = graphical_lasso(s, alpha=penalty, mode="lars", tol=1e-9, max_iter=1000)
    p = (p + p.T) / 2
    magnitude = np.abs(p).sum() - np.abs(np.diag(p)).sum()
    return -np.linalg.slogdet(p)[1] + (s * p).sum() + penalty * magnitude


def path_objectives(rows, wanted):
    """The lasso's objectives for decreasing penalties, by Newton's method on an active set in 60 digits."""
    mp.mp.dps = 60
    x = [[mp.mpf(repr(float(v))) for v in row] for row in rows]
    count, n = len(x), len(x[0])
    mean = [sum(row[i] for row in x) / count for i in range(n)]
    s = mp.matrix(n, n)
    for i in range(n):
        for j in range(n):
            s[i, j] = sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in x) / count
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    p = mp.diag([1 / s[i, i] for i in range(n)])
    signs = {}

    def solve(penalty):
        """Newton's method on the active entries. An entry whose sign would change is removed from them."""
        nonlocal p
        for _ in range(500):
            entries = [(i, i) for i in range(n)] + sorted(signs)
            w = p**-1
            slope = mp.matrix(len(entries), 1)
            hessian = mp.matrix(len(entries), len(entries))
            for a, (i, j) in enumerate(entries):
                weight = 1 if i == j else 2
                slope[a] = weight * (s[i, j] - w[i, j] + signs.get((i, j), 0) * penalty)
                for b, (k, l) in enumerate(entries):
                    other = 1 if k == l else 2
                    hessian[a, b] = (w[i, k] * w[j, l] + w[i, l] * w[j, k]) * weight * other / 2
            step = mp.lu_solve(hessian, -slope)
            length = mp.mpf(1)
            while True:
                next = p.copy()
                for a, (i, j) in enumerate(entries):
                    next[i, j] = next[j, i] = p[i, j] + length * step[a]
                flipped = [e for e in signs if next[e] * signs[e] < 0]
                try:
                    mp.cholesky(next)
                    if length < 1 or not flipped or all(p[e] == 0 for e in flipped):
                        break
                    # The step ends at the first entry that becomes zero.
                    a = min(flipped, key=lambda e: p[e] / (p[e] - next[e]))
                    length *= p[a] / (p[a] - next[a])
                    continue
                except ValueError:
                    length /= 2
            p = next
            for e in list(signs):
                if abs(p[e]) < mp.mpf(10) ** -45 * abs(p[0, 0]) or p[e] * signs[e] < 0:
                    del signs[e]
                    p[e] = p[e[1], e[0]] = mp.mpf(0)
                    break
            else:
                if mp.norm(slope) < penalty * mp.mpf(10) ** -40:
                    return w

    objectives, penalty = {}, mp.mpf(1)
    stages = sorted({mp.mpf(2) ** -k for k in range(0, 40)} | {mp.mpf(w) for w in wanted})
    for penalty in reversed(stages):
        if penalty < min(mp.mpf(w) for w in wanted):
            break
        while True:
            w = solve(penalty)
            excess = {e: abs(s[e] - w[e]) - penalty for e in pairs if e not in signs}
            worst = max(excess, key=excess.get, default=None)
            if worst is None or excess[worst] <= penalty * mp.mpf(10) ** -38:
                break
            signs[worst] = 1 if w[worst] > s[worst] else -1
        magnitude = sum(2 * abs(p[e]) for e in pairs)
        trace = sum(s[i, j] * p[i, j] for i in range(n) for j in range(n))
        objectives[penalty] = -mp.log(mp.det(p)) + trace + penalty * magnitude
    return [(w, objectives[mp.mpf(w)]) for w in wanted]


print("// Printed by Tests/References/ill_conditioned_structure_reference.py.")
print()
print("// swift-format-ignore")
print("enum IllConditionedReferences {")
print("  /// Two rows of five variables.")
print("  static let twoRows: [Double] = [" + ", ".join(map(repr, ROWS.ravel().tolist())) + "]")
print("  /// Penalties and the minima of the objective `−log|P| + tr(S P) + α Σ |P_ij|`.")
print("  static let twoRowObjectives: [(penalty: Double, objective: Double)] = [")
s = np.cov(ROWS.T, bias=True)
for penalty in [0.1, 0.01, 0.001, 1e-4, 2e-5]:
    print(f"    ({penalty!r}, {lars(s, penalty):.7f}),")
print("  ]")
print("  /// Penalties and the minima of the same objective, computed with 60 digits.")
print("  static let smallPenaltyObjectives: [(penalty: Double, objective: Double)] = [")
for penalty, objective in path_objectives(ROWS, ["1e-6", "1e-7", "1e-8"]):
    print(f"    ({penalty}, {mp.nstr(objective, 17)}),")
print("  ]")
x = load_breast_cancer().data
correlation = np.corrcoef(((x - x.mean(0)) / x.std(0)).T)
print("  /// The lower triangle of the correlations, row by row, without the diagonal.")
print("  static let correlations: [Double] = [")
for i in range(1, 30):
    print("    " + ", ".join(f"{correlation[i, j]:.12g}" for j in range(i)) + ",")
print("  ]")
rounded = np.eye(30)
for i in range(30):
    for j in range(i):
        rounded[i, j] = rounded[j, i] = float(f"{correlation[i, j]:.12g}")
graphs = {
    "chain": [(i, i + 1) for i in range(29)],
    "ring": [(i, i + 1) for i in range(29)] + [(0, 29)],
    "grid": [(i, i + 1) for i in range(30) if (i + 1) % 6] + [(i, i + 6) for i in range(24)],
    "band": [(i, j) for i in range(30) for j in range(i + 1, min(30, i + 6))],
}
generator = np.random.default_rng(1)
for probability in [0.1, 0.3, 0.6, 0.9]:
    graphs[f"random {probability}"] = [
        (i, j) for i in range(30) for j in range(i + 1, 30) if generator.random() < probability
    ]
print("  static let graphs: [(name: String, objective: Double, edges: [Int])] = [")
for name, edges in graphs.items():
    flat = ", ".join(f"{30 * i + j}" for i, j in sorted(edges))
    print(f'    ("{name}", {dense_newton(rounded, edges):.9f}, [{flat}]),')
print("  ]")
print("}")
