// The Cholesky factor of a matrix P on a forest: P = W Wᵀ, W = Πᵀ L Π. The permutation Π sorts the
// variables in postorder, in which every subtree is a contiguous range that ends with its root. L
// then has at most one element below the diagonal in each column.
//
// Positions are indices in that order. For each position, `order` is its variable, `parent` is the
// position of the element below the diagonal (-1 for a root), and `edge` is the index of that
// element among the off-diagonal elements of P (-1 if it is zero). L is stored as two numbers for
// each position, the diagonal and the element below it (0 for a root): `panels`, [2·dimension].
//
// The caller's order of variables may be arbitrary. Each element in that order is read or written
// once, at an address that is known in advance and can be prefetched. Elements that depend on each
// other, those of a child and its parent, are mostly in the cache.
#pragma once

#include "sparse.h"

// Some positions of a forest.
typedef struct {
  const int32_t *order, *parent, *edge;  // one element for each position
  ptrdiff_t begin, end;                  // the positions that a call computes
} LGForest;

// MARK: - Elements: conversion between panels and the elements of a symmetric matrix

void lg_forest_scatter_f32(LGForest forest, const float *diagonal, const float *off, float *panels);
void lg_forest_scatter_f64(LGForest forest, const double *diagonal, const double *off,
                           double *panels);
void lg_forest_gather_f32(LGForest forest, const float *panels, float *diagonal, float *off);
void lg_forest_gather_f64(LGForest forest, const double *panels, double *diagonal, double *off);

// MARK: - The factor

// Computes L for a matrix that has all edges. The panels must be zero initially. Returns the first
// position whose pivot is not positive and finite, with the pivot in place of its diagonal element,
// or -1. With `continues` it goes on past such pivots and returns -1.
ptrdiff_t lg_forest_factor_f32(LGForest forest, const float *diagonal, const float *off,
                               bool continues, float *panels);
ptrdiff_t lg_forest_factor_f64(LGForest forest, const double *diagonal, const double *off,
                               bool continues, double *panels);

// The adjoint of the factor, from the last position to the first. `workspace`: dimension elements.
void lg_forest_factor_adjoint_f32(LGForest forest, const float *panels, const float *dpanels,
                                  float *workspace, float *ddiagonal, float *doff);
void lg_forest_factor_adjoint_f64(LGForest forest, const double *panels, const double *dpanels,
                                  double *workspace, double *ddiagonal, double *doff);

// MARK: - The covariance

// Σ = P⁻¹ on the pattern of L, in panels, and on the graph, in `diagonal` and `off`; from the last
// position to the first.
void lg_forest_covariance_f32(LGForest forest, const float *panels, float *covariance,
                              float *diagonal, float *off);
void lg_forest_covariance_f64(LGForest forest, const double *panels, double *covariance,
                              double *diagonal, double *off);

// The adjoint of the covariance: the gradient of L, in panels that must be zero initially.
void lg_forest_covariance_adjoint_f32(LGForest forest, const float *panels, const float *covariance,
                                      const float *dvariance, const float *dcovariance,
                                      float *dpanels);
void lg_forest_covariance_adjoint_f64(LGForest forest, const double *panels,
                                      const double *covariance, const double *dvariance,
                                      const double *dcovariance, double *dpanels);

// MARK: - Vectors

// y = the operation applied to each vector x; begin..<end must be all positions.
void lg_forest_apply_f32(LGForest forest, LGFactorOperation operation, const float *panels,
                         LGSparseVectors vectors, const float *x, float *y);
void lg_forest_apply_f64(LGForest forest, LGFactorOperation operation, const double *panels,
                         LGSparseVectors vectors, const double *x, double *y);

// dpanels[i, j] = ±Σ a[i] b[j] over all vectors.
void lg_forest_outer_f32(LGForest forest, LGSparseVectors vectors, const float *a, const float *b,
                         bool negate, float *dpanels);
void lg_forest_outer_f64(LGForest forest, LGSparseVectors vectors, const double *a, const double *b,
                         bool negate, double *dpanels);
