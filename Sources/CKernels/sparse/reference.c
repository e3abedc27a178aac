#include <math.h>

#include "../include/reference.h"

// MARK: - Elements

void lg_reference_symmetric(LGEdges edges, const int32_t *order, const double *diagonal,
                            const double *off, double *P) {
  const ptrdiff_t n = edges.dimension;
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      P[i * n + j] = i == j ? diagonal[order[i]] : 0;
      for (ptrdiff_t e = 0; e < edges.count; e++) {
        const int32_t a = edges.ends[2 * e], b = edges.ends[2 * e + 1];
        if ((order[i] == a && order[j] == b) || (order[i] == b && order[j] == a))
          P[i * n + j] = off[e];
      }
    }
}

void lg_reference_sparse_panels(const LGSparsePattern *p, const double *M, double *panels) {
  for (ptrdiff_t s = 0; s < p->count; s++) {
    const LGSupernode *node = p->supernodes + s;
    const ptrdiff_t first = node->first, columns = node->columns, height = columns + node->rows;
    for (ptrdiff_t j = 0; j < columns; j++)
      for (ptrdiff_t i = 0; i < height; i++) {
        const ptrdiff_t row = i < columns ? first + i : p->rows[node->row + i - columns];
        panels[node->panel + j * height + i] = M[row * p->dimension + first + j];
      }
  }
}

void lg_reference_forest_panels(LGForest forest, const double *M, double *panels) {
  const ptrdiff_t n = forest.end;
  for (ptrdiff_t i = 0; i < n; i++) {
    const ptrdiff_t up = forest.parent[i];
    panels[2 * i] = M[i * n + i];
    panels[2 * i + 1] = up >= 0 ? M[up * n + i] : 0;
  }
}

// MARK: - The factor

// L_ij = (P_ij - Σ_{k < j} L_ik L_jk) / L_jj, column by column.
ptrdiff_t lg_reference_cholesky(ptrdiff_t n, const double *P, double *L) {
  for (ptrdiff_t i = 0; i < n * n; i++) L[i] = 0;
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = j; i < n; i++) {
      double sum = P[i * n + j];
      for (ptrdiff_t k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (i == j && !(sum > 0)) return j;
      L[i * n + j] = i == j ? sqrt(sum) : sum / L[j * n + j];
    }
  return -1;
}

// The statements of the factorization in reverse order; dL is used up.
void lg_reference_cholesky_adjoint(ptrdiff_t n, const double *L, double *dL, double *dP) {
  for (ptrdiff_t i = 0; i < n * n; i++) dP[i] = 0;
  for (ptrdiff_t j = n - 1; j >= 0; j--)
    for (ptrdiff_t i = n - 1; i >= j; i--) {
      const double root = L[j * n + j], own = dL[i * n + j];
      const double dsum = i == j ? own / (2 * root) : own / root;
      if (i > j) dL[j * n + j] -= dsum * L[i * n + j];
      for (ptrdiff_t k = 0; k < j; k++) {
        dL[i * n + k] -= dsum * L[j * n + k];
        dL[j * n + k] -= dsum * L[i * n + k];
      }
      dP[i * n + j] = dsum;
    }
}

void lg_reference_factor_apply(ptrdiff_t n, const int32_t *order, LGFactorOperation operation,
                               const double *L, const double *x, double *y) {
  const bool transposes = operation == LG_FACTOR_WHITEN || operation == LG_FACTOR_UNWHITEN;
  const bool solves = operation == LG_FACTOR_UNWHITEN || operation == LG_FACTOR_SOLVE;
  for (ptrdiff_t step = 0; step < n; step++) {
    // L is solved from the first element to the last, its transpose from the last to the first.
    const ptrdiff_t i = transposes ? n - 1 - step : step;
    const double diagonal = L[i * n + i];
    double sum = solves ? x[order[i]] : diagonal * x[order[i]];
    for (ptrdiff_t j = 0; j < n; j++) {
      if (transposes ? j <= i : j >= i) continue;
      const double own = transposes ? L[j * n + i] : L[i * n + j];
      sum += solves ? -own * y[order[j]] : own * x[order[j]];
    }
    y[order[i]] = solves ? sum / diagonal : sum;
  }
}

void lg_reference_factor_outer(ptrdiff_t n, const int32_t *order, LGSparseVectors vectors,
                               const double *a, const double *b, double *dL) {
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      dL[i * n + j] = 0;
      for (ptrdiff_t r = 0; r < vectors.count && j <= i; r++)
        dL[i * n + j] += a[r * vectors.step + order[i]] * b[r * vectors.step + order[j]];
    }
}

// MARK: - The covariance

// Σ_ij = (δ_ij / L_jj - Σ_{k > j} Σ_ik L_kj) / L_jj for i ≥ j, from the last column to the first
// and from the last row to the first.
void lg_reference_covariance(ptrdiff_t n, const double *L, double *S) {
  for (ptrdiff_t j = n - 1; j >= 0; j--)
    for (ptrdiff_t i = n - 1; i >= j; i--) {
      double sum = i == j ? 1 / L[j * n + j] : 0;
      for (ptrdiff_t k = j + 1; k < n; k++) sum -= S[i * n + k] * L[k * n + j];
      S[i * n + j] = S[j * n + i] = sum / L[j * n + j];
    }
}

// From dΣ = -Σ (dL Lᵀ + L dLᵀ) Σ: L̄ = -2 Σ G Σ L, its lower triangle, column by column.
void lg_reference_covariance_adjoint(ptrdiff_t n, const double *L, const double *S, const double *G,
                                     double *dL) {
  double column[n + 1], product[n + 1];
  for (ptrdiff_t j = 0; j < n; j++) {
    for (ptrdiff_t i = 0; i < n; i++) {
      column[i] = 0;
      for (ptrdiff_t k = j; k < n; k++) column[i] += S[i * n + k] * L[k * n + j];
    }
    for (ptrdiff_t i = 0; i < n; i++) {
      product[i] = 0;
      for (ptrdiff_t k = 0; k < n; k++) product[i] += G[i * n + k] * column[k];
    }
    for (ptrdiff_t i = 0; i < n; i++) {
      dL[i * n + j] = 0;
      for (ptrdiff_t k = 0; k < n && i >= j; k++) dL[i * n + j] -= 2 * S[i * n + k] * product[k];
    }
  }
}

// MARK: - Differences of two factors

// Column j of E and, below the rows before `end`, of G: the rows i ≥ j of
//   E_ij = (L'_ij - L_ij - Σ_{j ≤ q < i} L_iq E_qj) / L_ii,  i < end,
//   G_ij = L'_ij - L_ij - Σ_{j ≤ q < end} L_iq E_qj,  i ≥ end.
static void difference(ptrdiff_t n, ptrdiff_t j, ptrdiff_t end, const double *L,
                       const double *changed, double *D) {
  for (ptrdiff_t i = j; i < n; i++) {
    double sum = changed[i * n + j] - L[i * n + j];
    for (ptrdiff_t q = j; q < i && q < end; q++) sum -= L[i * n + q] * D[q * n + j];
    D[i * n + j] = i < end ? sum / L[i * n + i] : sum;
  }
}

void lg_reference_difference(const LGSparsePattern *p, const double *L, const double *changed,
                             double *D) {
  const ptrdiff_t n = p->dimension;
  for (ptrdiff_t i = 0; i < n * n; i++) D[i] = 0;
  for (ptrdiff_t j = 0; j < n; j++) {
    const LGSupernode *node = p->supernodes + p->supernode[j];
    difference(n, j, node->first + node->columns, L, changed, D);
  }
}

void lg_reference_difference_squares(const LGSparsePattern *p, const double *L,
                                     const double *changed, double *D, double *squares) {
  const ptrdiff_t n = p->dimension;
  for (ptrdiff_t s = 0; s < p->count; s++) squares[s] = 0;
  for (ptrdiff_t j = 0; j < n; j++) {
    difference(n, j, n, L, changed, D);
    for (ptrdiff_t i = j + 1; i < n; i++) squares[p->supernode[j]] += D[i * n + j] * D[i * n + j];
  }
}

// MARK: - Square roots

void lg_reference_rows_matrix(const LGRows *a, const double *values, double *A) {
  for (ptrdiff_t i = 0; i < a->count * a->dimension; i++) A[i] = 0;
  for (ptrdiff_t r = 0; r < a->count; r++)
    for (int64_t e = a->starts[r]; e < a->starts[r + 1]; e++)
      A[a->ids[r] * a->dimension + a->columns[e]] = values[e];
}

// A Givens rotation of rows j and i annihilates element (i, j).
void lg_reference_triangularize(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width, double *M) {
  for (ptrdiff_t j = 0; j < columns && j < rows; j++) {
    double *top = M + j * width;
    for (ptrdiff_t i = j + 1; i < rows; i++) {
      double *row = M + i * width;
      const double norm = hypot(top[j], row[j]);
      if (norm == 0) continue;
      const double cosine = top[j] / norm, sine = row[j] / norm;
      for (ptrdiff_t q = 0; q < width; q++) {
        const double x = top[q], y = row[q];
        top[q] = cosine * x + sine * y;
        row[q] = cosine * y - sine * x;
      }
    }
    if (top[j] < 0)
      for (ptrdiff_t q = 0; q < width; q++) top[q] = -top[q];
  }
}
