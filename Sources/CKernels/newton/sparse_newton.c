#include "../include/sparse_newton.h"

#include "../shared/kernel.h"

INLINE double newton_dot(ptrdiff_t n, const double *a, const double *b) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

// y += c x
INLINE void newton_add(ptrdiff_t n, double c, const double *x, double *restrict y) {
#pragma clang fp contract(fast)
  for (ptrdiff_t i = 0; i < n; i++) y[i] += c * x[i];
}

INLINE double magnitude_of(double x) { return x < 0 ? -x : x; }

// The penalty of an element, at most 4. Larger penalties have the same minimum: variances are below
// 2, so that |S_ij - W_ij| < 4, and the element is zero.
INLINE double newton_penalty(double row, double scale) {
  const double alpha = row * scale;
  return alpha < 4 ? alpha : 4;
}

CLONES ptrdiff_t lg_sparse_newton_free(LGNewtonProblem problem, ptrdiff_t *starts,
                                       int32_t *columns) {
  const ptrdiff_t n = problem.n;
  const double *s = problem.s, *w = problem.w, *p = problem.p;
  const double alpha = problem.alpha, *scales = problem.scales;
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double *si = s + i * n, *wi = w + i * n, *pi = p + i * n, row = alpha * scales[i];
    starts[i] = count;
    columns[count++] = (int32_t)i;
    for (ptrdiff_t j = i + 1; j < n; j++) {
      columns[count] = (int32_t)j;
      const double own = newton_penalty(row, scales[j]);
      count += (pi[j] != 0) | (magnitude_of(si[j] - wi[j]) > own);
    }
  }
  starts[n] = count;
  return count;
}

// MARK: - The direction

// (W D W)_ij is the product of row j of W and column i of U. The column is gathered once for each
// row of the pattern and kept up to date while the rows of U change.
CLONES double lg_sparse_newton_sweep(LGNewtonProblem problem, double *d, double *u,
                                     double *column) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *s = problem.s, *w = problem.w, *p = problem.p;
  const double alpha = problem.alpha, *scales = problem.scales;
  double moved = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double *wi = w + i * n, row = alpha * scales[i];
    for (ptrdiff_t k = 0; k < n; k++) column[k] = u[k * n + i];
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t j = columns[e];
      const double *wj = w + j * n;
      const double slope = s[i * n + j] - wi[j] + newton_dot(n, wj, column);
      double change;
      if (i == j) {
        change = -slope / (wi[i] * wi[i]);
      } else {
        // The minimizer of slope·x + ½ curvature·x² + α|element + x|: a soft threshold.
        const double curvature = wi[j] * wi[j] + wi[i] * wj[j];
        const double threshold = newton_penalty(row, scales[j]) / curvature;
        const double element = p[i * n + j] + d[e], x = element - slope / curvature;
        const double shrunk = x > threshold ? x - threshold : x < -threshold ? x + threshold : 0;
        change = shrunk - element;
      }
      if (change == 0) continue;
      moved += magnitude_of(change);
      d[e] += change;
      column[i] += change * wi[j];
      newton_add(n, change, wj, u + i * n);
      if (i != j) {
        column[j] += change * wi[i];
        newton_add(n, change, wi, u + j * n);
      }
    }
  }
  return moved;
}

INLINE void newton_curvature(const LGNewtonProblem *problem, const double *d, double *u,
                             double *column, double *h) {
  const ptrdiff_t n = problem->n, *starts = problem->starts;
  const int32_t *columns = problem->columns;
  const double *w = problem->w;
  memset(u, 0, (size_t)(n * n) * sizeof(double));
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t j = columns[e];
      if (d[e] == 0) continue;
      newton_add(n, d[e], w + j * n, u + i * n);
      if (i != j) newton_add(n, d[e], w + i * n, u + j * n);
    }
  for (ptrdiff_t i = 0; i < n; i++) {
    for (ptrdiff_t k = 0; k < n; k++) column[k] = u[k * n + i];
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++)
      h[e] = newton_dot(n, w + columns[e] * n, column);
  }
}

CLONES void lg_sparse_newton_curvature(LGNewtonProblem problem, const double *d, double *u,
                                       double *column, double *h) {
  newton_curvature(&problem, d, u, column, h);
}

// tr(A B) of symmetric matrices on the pattern; an off-diagonal entry stands for two elements.
INLINE double newton_trace(ptrdiff_t n, const ptrdiff_t *starts, const double *a, const double *b) {
  double sum = 2 * newton_dot(starts[n], a, b);
  for (ptrdiff_t i = 0; i < n; i++) sum -= a[starts[i]] * b[starts[i]];
  return sum;
}

CLONES bool lg_sparse_newton_conjugate(LGNewtonProblem problem, double tolerance, ptrdiff_t most,
                                       double *d, double *u, double *work) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *s = problem.s, *w = problem.w, *p = problem.p;
  const double alpha = problem.alpha, *scales = problem.scales;
  const ptrdiff_t count = starts[n];
  // The scale is the inverse curvature of a single entry (diagonal preconditioning), or zero for a
  // fixed entry.
  double *column = work, *scale = work + n, *sign = scale + count, *residual = sign + count;
  double *search = residual + count, *h = search + count;
  newton_curvature(&problem, d, u, column, h);
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t j = columns[e], ij = i * n + j;
      const double element = p[ij] + d[e];
      const double own = w[i * n + i] * w[j * n + j] + (i == j ? 0 : w[ij] * w[ij]);
      sign[e] = i == j ? 0 : (element > 0) - (element < 0);
      scale[e] = i != j && alpha > 0 && sign[e] == 0 ? 0 : 1 / own;
      residual[e] = w[ij] - s[ij] - h[e] - newton_penalty(alpha * scales[i], scales[j]) * sign[e];
      search[e] = scale[e] * residual[e];
    }
  double energy = newton_trace(n, starts, residual, search);
  const double goal = tolerance * tolerance * energy;
  for (ptrdiff_t step = 0; step < most && energy > goal; step++) {
    newton_curvature(&problem, search, u, column, h);
    const double length = energy / newton_trace(n, starts, search, h);
    newton_add(count, length, search, d);
    newton_add(count, -length, h, residual);
    for (ptrdiff_t e = 0; e < count; e++) h[e] = scale[e] * residual[e];
    const double next = newton_trace(n, starts, residual, h);
    const double keep = next / energy;
    for (ptrdiff_t e = 0; e < count; e++) search[e] = h[e] + keep * search[e];
    energy = next;
  }
  return energy <= goal;
}

CLONES void lg_sparse_newton_blend(LGNewtonProblem problem, const double *from, const double *to,
                                   double part, double *restrict d) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *p = problem.p;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const double element = p[i * n + columns[e]], change = from[e] + part * (to[e] - from[e]);
      d[e] = (element + from[e]) * (element + change) < 0 ? -element : change;
    }
}

CLONES double lg_sparse_newton_change(LGNewtonProblem problem, const double *d, const double *h) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *s = problem.s, *w = problem.w, *p = problem.p;
  const double alpha = problem.alpha, *scales = problem.scales;
  double change = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t ij = i * n + columns[e];
      const double slope = s[ij] - w[ij] + (h ? h[e] / 2 : 0);
      const double smooth = slope * d[e];
      if (e == starts[i]) {
        change += smooth;
        continue;
      }
      const double grown = magnitude_of(p[ij] + d[e]) - magnitude_of(p[ij]);
      const double own = newton_penalty(alpha * scales[i], scales[columns[e]]);
      change += 2 * (smooth + own * grown);
    }
  return change;
}

CLONES void lg_sparse_newton_hessian(LGNewtonProblem problem, ptrdiff_t count, const int32_t *rows,
                                     const int32_t *columns, double *h) {
  const ptrdiff_t n = problem.n;
  const double *w = problem.w;
  for (ptrdiff_t a = 0; a < count; a++) {
    const double *wi = w + rows[a] * n, *wj = w + columns[a] * n;
    const double own = rows[a] == columns[a] ? 0.5 : 1;
    for (ptrdiff_t b = 0; b <= a; b++) {
      const ptrdiff_t k = rows[b], l = columns[b];
      h[a * count + b] = (wi[k] * wj[l] + wi[l] * wj[k]) * own * (k == l ? 1 : 2);
    }
  }
}

// MARK: - The step and its measure

CLONES void lg_sparse_newton_step(LGNewtonProblem problem, double step, const double *d,
                                  double *q) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *p = problem.p;
  memcpy(q, p, (size_t)(n * n) * sizeof(double));
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t j = columns[e];
      q[i * n + j] = q[j * n + i] = p[i * n + j] + step * d[e];
    }
}

CLONES double lg_sparse_newton_terms(LGNewtonProblem problem) {
  const ptrdiff_t n = problem.n;
  const double *s = problem.s, *p = problem.p;
  const double alpha = problem.alpha, *scales = problem.scales;
  double trace = 0, penalty = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
#pragma clang fp reassociate(on) contract(fast)
    const double *si = s + i * n, *pi = p + i * n, own = alpha * scales[i];
    double row = 0, magnitude = 0;
    for (ptrdiff_t j = 0; j < n; j++) row += si[j] * pi[j];
    for (ptrdiff_t j = 0; j < i; j++)
      magnitude += newton_penalty(own, scales[j]) * magnitude_of(pi[j]);
    for (ptrdiff_t j = i + 1; j < n; j++)
      magnitude += newton_penalty(own, scales[j]) * magnitude_of(pi[j]);
    trace += row;
    penalty += magnitude;
  }
  return trace + penalty;
}

CLONES void lg_sparse_newton_dual(LGNewtonProblem problem, double *restrict dual) {
  const ptrdiff_t n = problem.n;
  const double *s = problem.s, *w = problem.w;
  const double alpha = problem.alpha, *scales = problem.scales;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double *si = s + i * n, *wi = w + i * n, row = alpha * scales[i];
    for (ptrdiff_t j = 0; j < n; j++) {
      const double own = newton_penalty(row, scales[j]);
      const double low = si[j] - own, high = si[j] + own;
      const double x = wi[j] < low ? low : wi[j];
      dual[i * n + j] = x > high ? high : x;
    }
    dual[i * n + i] = si[i];
  }
}

CLONES void lg_sparse_newton_pattern_dual(LGNewtonProblem problem, double *dual) {
  const ptrdiff_t n = problem.n;
  const ptrdiff_t *starts = problem.starts;
  const int32_t *columns = problem.columns;
  const double *s = problem.s, *w = problem.w;
  memcpy(dual, w, (size_t)(n * n) * sizeof(double));
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = starts[i]; e < starts[i + 1]; e++) {
      const ptrdiff_t j = columns[e];
      dual[i * n + j] = dual[j * n + i] = s[i * n + j];
    }
}

CLONES void lg_sparse_newton_mirror(ptrdiff_t n, double *a) {
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
}
