// What the templates of this folder have in common.
#pragma once

#include "../include/block_chain.h"
#include "../shared/kernel.h"
#include "../shared/vectors.h"

enum {
  // The number of rows and columns of a panel, the unit in which triangular matrices are processed.
  PANEL = 8,
  // Vectors are processed side by side if there are at least FEW_ROWS and d is at most WIDEST, with
  // HEIGHT elements of each at a time.
  FEW_ROWS = 3,
  WIDEST = 64,
  HEIGHT = 64,
};

typedef struct {
  ptrdiff_t low, high;
} BlockRange;

// How a product is stored in its destination.
enum { SET, SET_NEGATIVE, SUBTRACT };

// The size to which blocks of d×d are padded: 2, 4 or a multiple of PANEL.
INLINE ptrdiff_t padded_size(ptrdiff_t d) {
  if (d <= 2) return 2;
  if (d <= 4) return 4;
  return (d + PANEL - 1) / PANEL * PANEL;
}

// The largest numbers of workspace matrices and workspace rows that a function needs.
enum { workspace_matrices = 14, workspace_rows = 4 };

// The length of a workspace row.
INLINE ptrdiff_t row_size(ptrdiff_t D) { return D < PANEL ? PANEL : D; }
