"""Reference values for the tests of the graphical lasso, computed by scikit-learn.

    python graphical_lasso_reference.py > GraphicalLassoReferences.swift

Prints the table of the tests in Swift. Needs numpy and scikit-learn; the stored values were computed with
scikit-learn 1.9.1. Each case has the precision at a tight tolerance, and the objective that scikit-learn
reaches at its default tolerance.
"""

import warnings

import numpy as np
from sklearn.covariance import graphical_lasso

warnings.simplefilter("error")


def chain(variables, observations, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(observations, variables))
    x[:, 1:] += 0.6 * x[:, :-1]
    return np.cov(x.T, bias=True).round(4)


def two_components():
    s = np.zeros((7, 7))
    s[:4, :4] = chain(4, 100, 3)
    s[4:, 4:] = chain(3, 100, 4)
    order = [4, 0, 5, 1, 2, 6, 3]
    return s[np.ix_(order, order)]


CASES = [
    ("chain of 6, 200 observations", chain(6, 200, 0), 0.1),
    ("chain of 6, little penalty", chain(6, 200, 0), 0.005),
    ("7 variables, 5 observations", chain(7, 5, 1), 0.4),
    ("7 variables in two components", two_components(), 0.08),
    ("2 variables", np.array([[1.0, -0.6], [-0.6, 2.0]]), 0.15),
]


def objective(s, p, alpha):
    penalty = np.abs(p).sum() - np.abs(np.diag(p)).sum()
    return -np.linalg.slogdet(p)[1] + np.sum(s * p) + alpha * penalty


def numbers(matrix, form, indent=6):
    return "\n".join(" " * indent + ", ".join(format(x, form) for x in row) + "," for row in matrix)


print("// Printed by Tests/References/graphical_lasso_reference.py.\n")
# A covariance that several cases share is printed once, before the cases.
shared = {}
for _, s, _ in CASES:
    if sum(t.shape == s.shape and (t == s).all() for _, t, _ in CASES) > 1:
        if s.tobytes() not in shared:
            shared[s.tobytes()] = f"covariance{len(shared) + 1}"
            print(f"private let {shared[s.tobytes()]} = [\n{numbers(s, '.4f', 2)}\n]\n")
print("let graphicalLassoReferences = [")
for name, s, alpha in CASES:
    default = graphical_lasso(s, alpha)[1]
    _, p = graphical_lasso(s, alpha, tol=1e-12, enet_tol=1e-14, max_iter=10000)
    print(f'  GraphicalLassoReference(\n    name: "{name}", penalty: {alpha},')
    print(f"    defaultObjective: {objective(s, default, alpha):.12f},")
    name = shared.get(s.tobytes())
    print(f"    covariance: {name}," if name else f"    covariance: [\n{numbers(s, '.4f')}\n    ],")
    print(f"    precision: [\n{numbers(p + 0.0, '.8f')}\n    ]),")
print("]")
