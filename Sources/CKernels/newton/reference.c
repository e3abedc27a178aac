#include <math.h>

#include "../include/reference.h"

// α_ij, at most 4 (sparse_newton.h).
static double penalty(const LGNewtonProblem *problem, ptrdiff_t i, ptrdiff_t j) {
  return fmin(problem->alpha * problem->scales[i] * problem->scales[j], 4);
}

// (W D W)_ij
static double curved(const LGNewtonProblem *problem, const double *d, ptrdiff_t i, ptrdiff_t j) {
  const ptrdiff_t n = problem->n;
  const double *wi = problem->w + i * n, *wj = problem->w + j * n;
  double sum = 0;
  for (ptrdiff_t k = 0; k < n; k++)
    for (ptrdiff_t e = problem->starts[k]; e < problem->starts[k + 1]; e++) {
      const ptrdiff_t l = problem->columns[e];
      sum += d[e] * (wi[k] * wj[l] + (k == l ? 0 : wi[l] * wj[k]));
    }
  return sum;
}

ptrdiff_t lg_reference_newton_free(LGNewtonProblem problem, ptrdiff_t *starts, int32_t *columns) {
  const ptrdiff_t n = problem.n;
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    starts[i] = count;
    for (ptrdiff_t j = i; j < n; j++) {
      const double slope = problem.s[i * n + j] - problem.w[i * n + j];
      if (i == j || problem.p[i * n + j] != 0 || fabs(slope) > penalty(&problem, i, j))
        columns[count++] = (int32_t)j;
    }
  }
  starts[n] = count;
  return count;
}

double lg_reference_newton_sweep(LGNewtonProblem problem, double *d) {
  const ptrdiff_t n = problem.n;
  const double *w = problem.w;
  double moved = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = problem.starts[i]; e < problem.starts[i + 1]; e++) {
      const ptrdiff_t j = problem.columns[e], ij = i * n + j;
      const double slope = problem.s[ij] - w[ij] + curved(&problem, d, i, j);
      const double curvature = w[i * n + i] * w[j * n + j] + (i == j ? 0 : w[ij] * w[ij]);
      // The element of P + D moves to x, and is shrunk towards zero if it is off the diagonal.
      const double element = problem.p[ij] + d[e], x = element - slope / curvature;
      const double threshold = i == j ? 0 : penalty(&problem, i, j) / curvature;
      const double change = copysign(fmax(fabs(x) - threshold, 0), x) - element;
      d[e] += change;
      moved += fabs(change);
    }
  return moved;
}

void lg_reference_newton_curvature(LGNewtonProblem problem, const double *d, double *h) {
  for (ptrdiff_t i = 0; i < problem.n; i++)
    for (ptrdiff_t e = problem.starts[i]; e < problem.starts[i + 1]; e++)
      h[e] = curved(&problem, d, i, problem.columns[e]);
}

// tr(W E_a W E_b), where E is 1 at the element and at its mirror image.
void lg_reference_newton_hessian(LGNewtonProblem problem, ptrdiff_t count, const int32_t *rows,
                                 const int32_t *columns, double *h) {
  const ptrdiff_t n = problem.n;
  const double *w = problem.w;
  for (ptrdiff_t a = 0; a < count; a++)
    for (ptrdiff_t b = 0; b <= a; b++) {
      const ptrdiff_t i = rows[a], j = columns[a], k = rows[b], l = columns[b];
      double sum = w[l * n + i] * w[j * n + k];
      if (i != j) sum += w[l * n + j] * w[i * n + k];
      if (k != l) sum += w[k * n + i] * w[j * n + l];
      if (i != j && k != l) sum += w[k * n + j] * w[i * n + l];
      h[a * count + b] = sum;
    }
}

double lg_reference_newton_change(LGNewtonProblem problem, const double *d, bool is_curved) {
  const ptrdiff_t n = problem.n;
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t e = problem.starts[i]; e < problem.starts[i + 1]; e++) {
      const ptrdiff_t j = problem.columns[e], ij = i * n + j;
      double own = (problem.s[ij] - problem.w[ij]) * d[e];
      if (is_curved) own += curved(&problem, d, i, j) * d[e] / 2;
      if (i != j)
        own += penalty(&problem, i, j) * (fabs(problem.p[ij] + d[e]) - fabs(problem.p[ij]));
      sum += i == j ? own : 2 * own;
    }
  return sum;
}

double lg_reference_newton_terms(LGNewtonProblem problem) {
  const ptrdiff_t n = problem.n;
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      sum += problem.s[i * n + j] * problem.p[i * n + j];
      if (i != j) sum += penalty(&problem, i, j) * fabs(problem.p[i * n + j]);
    }
  return sum;
}

void lg_reference_newton_dual(LGNewtonProblem problem, double *dual) {
  const ptrdiff_t n = problem.n;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      const double center = problem.s[i * n + j], own = i == j ? 0 : penalty(&problem, i, j);
      dual[i * n + j] = fmin(fmax(problem.w[i * n + j], center - own), center + own);
    }
}
