// Newton's method for a sparse precision P of a Gaussian, given its empirical covariance S. It
// minimizes -log|P| + tr(S P) + Σ α_ij |P_ij| over i ≠ j (the graphical lasso) or, with α = 0, the
// likelihood over all P with a given pattern. α_ij = α scales[i] scales[j]: the variables are
// rescaled so that their variances are below 2, and the penalties are those of the original units.
//
// S, P and W = P⁻¹ are symmetric n×n matrices, stored in full. A pattern is the upper triangle, row
// by row: row i has the entries starts[i]..<starts[i + 1] in increasing columns, starting with the
// diagonal. A direction D is symmetric, with one element for each entry. U = D W is n×n and
// row-major. Around P, the smooth part of the objective changes by about tr((S - W) D) + ½ tr(W D W
// D), the quadratic model. All of this is in double.
#pragma once

#include "scalar.h"

// The problem at P. `starts` and `columns` are its pattern.
typedef struct {
  ptrdiff_t n;
  const ptrdiff_t *starts;
  const int32_t *columns;
  const double *s, *w, *p;
  double alpha;
  const double *scales;
} LGNewtonProblem;

// The pattern of the free entries: the diagonal, and the entries where P is not zero or its
// gradient exceeds α_ij. Returns the number of entries; `columns` must have room for n(n + 1)/2.
// The pattern of the problem is not read, and may be the one that is written.
ptrdiff_t lg_sparse_newton_free(LGNewtonProblem problem, ptrdiff_t *starts, int32_t *columns);

// MARK: - The direction

// One sweep of coordinate descent: minimizes the model in each entry of D in turn and updates U =
// D W. Returns the sum of the absolute changes. `column` is a workspace of n.
double lg_sparse_newton_sweep(LGNewtonProblem problem, double *d, double *u, double *column);

// Minimizes the model by conjugate gradients over the entries where P + D is not zero (all entries
// if α = 0), assuming that their signs do not change. It stops when the residual has decreased by
// the factor `tolerance` (returns true) or after `most` steps (returns false). U is a workspace;
// `work` is a workspace of n + 5 times the number of entries.
bool lg_sparse_newton_conjugate(LGNewtonProblem problem, double tolerance, ptrdiff_t most,
                                double *d, double *u, double *work);

// D = from + part·(to - from), with P + D set to zero where its sign would differ from that of P +
// from.
void lg_sparse_newton_blend(LGNewtonProblem problem, const double *from, const double *to,
                            double part, double *d);

// U = D W, and h = W D W on the pattern. `column` is a workspace of n.
void lg_sparse_newton_curvature(LGNewtonProblem problem, const double *d, double *u, double *column,
                                double *h);

// The Hessian of the model tr((S - W) D) + ½ tr(W D W D) in `count` entries: the lower triangle of
// a count×count matrix. An off-diagonal entry stands for two elements.
void lg_sparse_newton_hessian(LGNewtonProblem problem, ptrdiff_t count, const int32_t *rows,
                              const int32_t *columns, double *h);

// The change of the objective along D that the model predicts: its linear part and the change of
// the penalty and, if h is not null, the curvature ½ tr(D h).
double lg_sparse_newton_change(LGNewtonProblem problem, const double *d, const double *h);

// MARK: - The step and its measure

// q = P + step·D.
void lg_sparse_newton_step(LGNewtonProblem problem, double step, const double *d, double *q);

// tr(S P) + Σ α_ij |P_ij| over i ≠ j.
double lg_sparse_newton_terms(LGNewtonProblem problem);

// The point of the dual problem's domain nearest to W: S on the diagonal, and within α_ij of S
// elsewhere.
void lg_sparse_newton_dual(LGNewtonProblem problem, double *dual);

// The same for a given pattern: S on the pattern, W elsewhere.
void lg_sparse_newton_pattern_dual(LGNewtonProblem problem, double *dual);

// Copies the lower triangle to the upper one.
void lg_sparse_newton_mirror(ptrdiff_t n, double *a);
