"""Times samples of a sparse Gaussian N(0, P⁻¹) by other libraries, noise included.

Prints a line of JSON for each structure and number of variables k: the median time of a batch of samples
in milliseconds (ms) and for each element in nanoseconds (ns_per_element). The time includes the
factorization where the library starts from the precision ("from": "P"), and not where it starts from its
Cholesky factor ("from": "L").

    python sampling.py jax --max-k 4096

  scipy    chain by a dense and by a banded factorization; grid by a banded one
  torch    chain by MultivariateNormal
  jax      chain by a scan and an associative scan, with the gradient of the scan; separate parameters for
           each sample, as an encoder network gives them
  cholmod  regular grid, in double precision; the symbolic analysis is not timed

One library is measured in a process, so that the idle threads of one do not disturb another.

Tables: "Sampling" of Benchmarks/RESULTS.md (jax, scipy), and the grids of "Exact inference" (cholmod).
Our side: benchmark-sampling. Scripts/compare-inference runs cholmod and our grids alternately.
"""
import argparse

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp

from timing import emit, median_seconds

DENSE_SIZES = (16, 64, 256, 1024, 4096)


def report(structure, peer, k, batch, source, work):
    seconds = median_seconds(work)
    emit(structure=structure, peer=peer, k=k, batch=batch, **{"from": source},
         ns_per_element=round(seconds * 1e9 / (k * batch), 3), ms=round(seconds * 1e3, 3))


def chain_precision(k):
    """2.5 on the diagonal, −1 beside it."""
    eye = lambda offset: np.eye(k, k=offset, dtype=np.float32)
    return 2.5 * eye(0) - eye(1) - eye(-1)


def grid_precision(width):
    """The four-neighbour grid of width × width variables: 4.5 on the diagonal, −1 between neighbours."""
    one = sp.diags([-np.ones(width - 1), -np.ones(width - 1)], [-1, 1])
    eye = sp.eye(width)
    return (sp.kron(eye, one) + sp.kron(one, eye) + 4.5 * sp.eye(width * width)).tocsc()


def sixteenfold(first, last):
    """first, 16·first, … up to last, each with a batch of 64, or of 1 above 65,536 variables."""
    k = first
    while k <= last:
        yield k, 64 if k <= 65536 else 1
        k *= 16


def run_scipy(max_k):
    rng = np.random.default_rng(0)

    def banded_sample(upper, bandwidth, k, batch):
        factor = sl.cholesky_banded(upper, check_finite=False)
        noise = rng.standard_normal((k, batch), dtype=np.float32)
        return sl.solve_banded((0, bandwidth), factor, noise, check_finite=False)

    for k in (k for k in DENSE_SIZES if k <= max_k):
        precision = chain_precision(k)

        def dense_sample():
            factor = sl.cholesky(precision, lower=True, check_finite=False)
            noise = rng.standard_normal((k, 64), dtype=np.float32)
            return sl.solve_triangular(factor, noise, lower=True, trans=1, check_finite=False)

        report("chain", "scipy dense", k, 64, "P", dense_sample)

    for k, batch in sixteenfold(64, max_k):
        upper = np.zeros((2, k), np.float32)
        upper[1], upper[0, 1:] = 2.5, -1
        report("chain", "scipy banded", k, batch, "P", lambda: banded_sample(upper, 1, k, batch))

    for width in (w for w in (4, 16, 64, 128) if w * w <= max_k):
        k = width * width
        upper = np.zeros((width + 1, k), np.float32)
        diagonals = grid_precision(width).todia()
        for offset, row in zip(diagonals.offsets, diagonals.data):
            if offset >= 0:
                upper[width - offset, :] = row
        report("grid", "scipy banded", k, 64, "P", lambda: banded_sample(upper, width, k, 64))


def run_torch(max_k):
    import torch

    torch.set_num_threads(2)
    for k in (k for k in DENSE_SIZES if k <= max_k):
        mean, precision = torch.zeros(k), torch.tensor(chain_precision(k))

        def sample():
            normal = torch.distributions.MultivariateNormal(
                mean, precision_matrix=precision, validate_args=False)
            return normal.rsample((64,))

        report("chain", "torch MultivariateNormal", k, 64, "P", sample)


def run_jax(max_k):
    import jax
    import jax.numpy as jnp

    @jax.jit
    def scan(key, diagonal, link):
        def body(z, row):
            d, s, e = row
            z = (e - s * z) / d
            return z, z

        noise = jax.random.normal(key, diagonal.shape)
        start = jnp.zeros(diagonal.shape[1])
        return jax.lax.scan(body, start, (diagonal, link, noise), reverse=True)[1]

    @jax.jit
    def associative_scan(key, diagonal, link):
        def compose(f, g):
            return f[0] * g[0], g[0] * f[1] + g[1]

        noise = jax.random.normal(key, diagonal.shape)
        maps = (-link / diagonal, noise / diagonal)
        return jax.lax.associative_scan(compose, maps, reverse=True)[1]

    @jax.jit
    def gradient(key, diagonal, link):
        return jax.grad(lambda d, s: (scan(key, d, s) ** 2).sum(), argnums=(0, 1))(diagonal, link)

    key = jax.random.key(0)
    for k, batch in sixteenfold(16, max_k):
        diagonal, link = jnp.full((k, batch), 1.5), jnp.full((k, batch), -0.5)
        for structure, peer, sample in (
                ("chain per-row", "jax scan", scan),
                ("chain per-row", "jax associative_scan", associative_scan),
                ("chain per-row gradient", "jax scan", gradient)):
            report(structure, peer, k, batch, "L",
                   lambda: jax.block_until_ready(sample(key, diagonal, link)))


def run_cholmod(max_k):
    from sksparse.cholmod import analyze

    rng = np.random.default_rng(0)
    for width in (w for w in (4, 16, 64, 128, 256, 512) if w * w <= max_k):
        k = width * width
        batch = 64 if k <= 16384 else 1
        precision = grid_precision(width)
        analysis = analyze(precision)

        def sample():
            factor = analysis.cholesky(precision)
            noise = rng.standard_normal((k, batch))
            return factor.apply_Pt(factor.solve_Lt(noise, use_LDLt_decomposition=False))

        report("grid", "CHOLMOD (float64)", k, batch, "P", sample)


def main():
    peers = {"scipy": run_scipy, "torch": run_torch, "jax": run_jax, "cholmod": run_cholmod}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=list(peers), help="the library to measure")
    parser.add_argument("--max-k", type=int, default=1 << 20, metavar="N",
                        help="the largest number of variables (default: %(default)s)")
    arguments = parser.parse_args()
    peers[arguments.peer](arguments.max_k)


if __name__ == "__main__":
    main()
