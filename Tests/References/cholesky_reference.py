"""Reference values of sparse precisions, computed by scipy's banded and dense Cholesky factorizations.

    python cholesky_reference.py        needs numpy and scipy; prints the Swift of
                                        Tests/LatentGraphsTests/GaussianGraphicalModels/ScipyReference.swift

The cases are a regular grid of 4x5 with a diagonally dominant P (banded), and a graph of 9 variables with
fill-in (dense).
"""
import numpy as np
import scipy.linalg as sl


def swift(name, values):
    rows = [values[i : i + 4] for i in range(0, len(values), 4)]
    body = ",\n".join("    " + ", ".join(repr(float(v)) for v in row) for row in rows)
    print(f"  static let {name}: [Double] = [\n{body},\n  ]")


def report(name, P, edges, solve, log_determinant):
    k = len(P)
    x = np.cos(1.0 + np.arange(k))
    covariance = np.linalg.inv(P)
    swift(f"{name}Diagonal", np.diag(P))
    swift(f"{name}Edges", [P[i, j] for i, j in edges])
    print(f"  static let {name}LogDeterminant = {log_determinant!r}")
    swift(f"{name}Solution", solve(x))
    swift(f"{name}Variances", np.diag(covariance))
    swift(f"{name}Covariances", [covariance[i, j] for i, j in edges])


def dominant(k, edges, values):
    P = np.zeros((k, k))
    for (i, j), v in zip(edges, values):
        P[i, j] = P[j, i] = v
    return P + np.diag(np.abs(P).sum(1) + 0.3 + 0.1 * np.arange(k))


print("/// Reference values by scipy with Tests/References/cholesky_reference.py. The right-hand side of")
print("/// the solution is `cos(1 + i)`.")
print("enum ScipyReference {")
h, w = 4, 5
edges = sorted(
    [(r * w + c, r * w + c + 1) for r in range(h) for c in range(w - 1)]
    + [(r * w + c, r * w + c + w) for r in range(h - 1) for c in range(w)]
)
P = dominant(h * w, edges, np.round(np.sin(1.7 * np.arange(len(edges)) + 0.4), 3))
bands = np.array([np.append(np.diag(P, -o), np.zeros(o)) for o in range(w + 1)])
factor = sl.cholesky_banded(bands, lower=True)
report("grid", P, edges, lambda x: sl.cho_solve_banded((factor, True), x), float(2 * np.log(factor[0]).sum()))
edges = sorted([(0, 3), (0, 7), (1, 2), (1, 8), (2, 6), (3, 5), (4, 8), (5, 7), (6, 8), (2, 4), (0, 1), (3, 8)])
P = dominant(9, edges, np.round(np.cos(2.3 * np.arange(len(edges))), 3))
dense = sl.cholesky(P, lower=True)
report("graph", P, edges, lambda x: sl.cho_solve((dense, True), x), float(2 * np.log(np.diag(dense)).sum()))
print("  static let graphPairs = [" + ", ".join(f"({i}, {j})" for i, j in edges) + "]")
print("}")
