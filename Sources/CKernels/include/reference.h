// Readable references of the kernels: plain loops in double, one element after another. Tests
// compare the kernels with them. The library does not call them.
#pragma once

#include "block_chain.h"
#include "grid.h"
#include "networks.h"
#include "normals.h"
#include "products.h"
#include "reductions.h"
#include "sparse.h"

// The operation of a chain's or a grid's factor, applied to the rows begin..<end.
void lg_reference_grid_apply(LGGridRows rows, LGGridFactor factor, LGFactorOperation operation,
                             const double *x, double *y);

// dL[i, j] = Σ a[i] b[j] on the pattern of a chain's or a grid's factor.
void lg_reference_grid_outer(LGGridRows rows, const double *a, const double *b,
                             LGGridGradient gradient);

// The operation of a block chain's factor, applied to the rows begin..<end.
void lg_reference_block_apply(LGBlockRows rows, LGBlocks factor, LGFactorOperation operation,
                              const double *x, double *y);

// The factor of a block-tridiagonal precision; returns the first index row·k + pivot whose pivot is
// not positive, or -1.
ptrdiff_t lg_reference_block_factor(LGBlockRows rows, LGBlocks precision, LGBlockResult factor);

// y[o, i] = the reduction of x[o, :, i].
void lg_reference_reduce(LGReduction f, LGAxis axis, const double *x, double *y);

// C (+)= op(A) op(B), of float matrices, with sums in double.
void lg_reference_product(LGProductShape shape, const float *a, const float *b, double *c);

// Batch normalization, with its statistics.
void lg_reference_batch_norm(LGLayerColumns part, LGBatchNorm norm, const double *x, double *y);

// A step of Adam.
void lg_reference_adam(LGAdam step, ptrdiff_t n, const double *g, double *p, double *m, double *v);

// Log-densities, divergences and fusions of rows of independent normals.
void lg_reference_normal_density(LGNormalRows rows, const double *a, const double *b,
                                 double *density);
void lg_reference_normal_divergence(LGNormalRows rows, const double *a, const double *b,
                                    double *divergence);
void lg_reference_normal_fusion(LGNormalRows rows, const double *a, const double *b,
                                double *moments);
