"""Times block chains, Kalman smoothers and the graphical lasso of other libraries.

Prints a line of JSON for each: the median time in milliseconds (ms).

    python block_chain.py --blocks 4096

  jax           block-tridiagonal precisions of T blocks of d×d, d = 2, 8, 32, by scans: factor and one
                sample; factor and the covariance of each block
  statsmodels   a smoother of T times with states of d = 2, 8 variables, and its likelihood, in double
  scikit-learn  the graphical lasso of 50 and 200 variables, in double

Table: "Exact inference" of Benchmarks/RESULTS.md. Our side: benchmark-inference --structure block-chain
and --peer-work. Scripts/compare-inference runs both sides alternately.
"""
import argparse

import numpy as np

from timing import emit, median_seconds


def report(peer, work, blocks, block_dim, run, budget=2.0):
    seconds = median_seconds(run, budget, least=3, most=50)
    emit(peer=peer, work=work, blocks=blocks, block_dim=block_dim, ms=round(seconds * 1e3, 3))


def jax_block_chain(blocks, d):
    import jax
    import jax.numpy as jnp
    from jax.scipy.linalg import solve_triangular

    diagonal = jnp.broadcast_to(3 * jnp.eye(d), (blocks, d, d))
    lower = jnp.broadcast_to(-0.5 * jnp.eye(d) + 0.1 / d, (blocks - 1, d, d))

    def solve(factor, x, transposed=False):
        return solve_triangular(factor, x, lower=True, trans=int(transposed))

    def factored(diagonal, lower):
        """The diagonal blocks of the factor, and those below them."""
        def step(before, row):
            own, link = row
            below = solve(before, link.T).T
            factor = jnp.linalg.cholesky(own - below @ below.T)
            return factor, (factor, below)

        first = jnp.linalg.cholesky(diagonal[0])
        _, (rest, below) = jax.lax.scan(step, first, (diagonal[1:], lower))
        return jnp.concatenate([first[None], rest]), below

    @jax.jit
    def sample(diagonal, lower, key):
        factors, below = factored(diagonal, lower)
        noise = jax.random.normal(key, (blocks, d))

        def step(after, row):
            factor, link, e = row
            z = solve(factor, e - link.T @ after, transposed=True)
            return z, z

        last = solve(factors[-1], noise[-1], transposed=True)
        return jax.lax.scan(step, last, (factors[:-1], below, noise[:-1]), reverse=True)[1]

    @jax.jit
    def marginals(diagonal, lower):
        factors, below = factored(diagonal, lower)

        def inverse(factor):
            return solve(factor, jnp.eye(d))

        def step(after, row):
            factor, link = row
            root = inverse(factor)
            covariance = root.T @ (jnp.eye(d) + link.T @ after @ link) @ root
            return covariance, covariance

        last = inverse(factors[-1]).T @ inverse(factors[-1])
        return jax.lax.scan(step, last, (factors[:-1], below), reverse=True)[1]

    key = jax.random.key(0)
    report("jax scan", "factor and sample", blocks, d,
           lambda: sample(diagonal, lower, key).block_until_ready())
    report("jax scan", "factor and marginals", blocks, d,
           lambda: marginals(diagonal, lower).block_until_ready())


def statsmodels_smoother(times, d):
    """x′ = 0.9 x + N(0, I), y = x + N(0, ½ I), from the stationary distribution."""
    from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

    eye = np.eye(d)
    smoother = KalmanSmoother(
        k_endog=d, k_states=d, design=eye, transition=0.9 * eye, selection=eye, obs_cov=0.5 * eye,
        state_cov=eye, initialization="stationary")
    smoother.bind(np.random.default_rng(0).normal(size=(times, d)))
    report("statsmodels", "smoother and likelihood", times, d, smoother.smooth)


def graphical_lasso(variables):
    """A penalty of 0.05 for 2,000 samples in which each variable is correlated with the next."""
    from sklearn.covariance import graphical_lasso

    x = np.random.default_rng(0).normal(size=(2000, variables))
    x[:, 1:] += 0.6 * x[:, :-1]
    covariance = np.cov(x.T)
    report("scikit-learn", "graphical lasso", variables, 1,
           lambda: graphical_lasso(covariance, alpha=0.05), budget=1.0)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=4096, metavar="T",
                        help="the number of blocks, or of times (default: %(default)s)")
    blocks = parser.parse_args().blocks
    for d in (2, 8, 32):
        jax_block_chain(blocks, d)
    for d in (2, 8):
        statsmodels_smoother(blocks, d)
    for variables in (50, 200):
        graphical_lasso(variables)


if __name__ == "__main__":
    main()
