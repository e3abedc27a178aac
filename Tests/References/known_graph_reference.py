"""Maximum likelihood on the cycle of The Elements of Statistical Learning, figure 17.4.

    python known_graph_reference.py

Uses algorithm 17.1 of the book, which is independent of Newton's method. Needs numpy; prints the
covariance and the precision with which the tests compare.
"""

import numpy as np

S = np.array([[10.0, 1, 5, 4], [1, 10, 2, 6], [5, 2, 10, 3], [4, 6, 3, 10]])
NEIGHBOURS = [[1, 3], [0, 2], [1, 3], [0, 2]]

w = S.copy()
for _ in range(1000):
    for j, near in enumerate(NEIGHBOURS):
        rest = [i for i in range(4) if i != j]
        beta = np.linalg.solve(w[np.ix_(near, near)], S[near, j])
        w[rest, j] = w[j, rest] = w[np.ix_(rest, near)] @ beta

np.set_printoptions(precision=6, suppress=True)
print(w)
print(np.linalg.inv(w))
