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

// Runs `call` with the padded size of d as D, a compile-time constant for small sizes.
#define WITH_PADDED_SIZE(d, call)                    \
  switch (padded_size(d)) {                          \
    case 2: {                                        \
      const ptrdiff_t D = 2;                         \
      call;                                          \
      break;                                         \
    }                                                \
    case 4: {                                        \
      const ptrdiff_t D = 4;                         \
      call;                                          \
      break;                                         \
    }                                                \
    case 8: {                                        \
      const ptrdiff_t D = 8;                         \
      call;                                          \
      break;                                         \
    }                                                \
    default: {                                       \
      const ptrdiff_t D = padded_size(d);            \
      __builtin_assume(D > PANEL && D % PANEL == 0); \
      call;                                          \
    }                                                \
  }

// Runs `call` with d as `size`, a compile-time constant for small d; `whole`: rows are whole
// vectors.
#define WITH_SIZE(d, call)      \
  switch (d) {                  \
    case 2: {                   \
      const ptrdiff_t size = 2; \
      const bool whole = true;  \
      call;                     \
      break;                    \
    }                           \
    case 4: {                   \
      const ptrdiff_t size = 4; \
      const bool whole = true;  \
      call;                     \
      break;                    \
    }                           \
    case 8: {                   \
      const ptrdiff_t size = 8; \
      const bool whole = true;  \
      call;                     \
      break;                    \
    }                           \
    default: {                  \
      const ptrdiff_t size = d; \
      const bool whole = false; \
      call;                     \
    }                           \
  }
